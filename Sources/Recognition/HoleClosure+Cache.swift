import Foundation
import Grammar

extension HoleClosure {
  /// The closure of a language's holes, from the file beside the grammar if there is one, which else is written.
  static func cached(_ language: Language, allowsOtherContexts: Bool) -> HoleClosure {
    let kind = (language.appliesDialect ? "" : "-plain") + (allowsOtherContexts ? "-wide" : "")
    let name = "holes\(kind).bin"
    let signature = signature(language)
    if let file = language.grammar.cache?.read(name, signature: signature),
      let known = try? HoleClosure(file, language)
    {
      return known
    }
    let body = RightSummary.closure(language, allowsOtherContexts: allowsOtherContexts)
    language.grammar.cache?.write(name, signature: signature, body: body)
    guard let closure = try? HoleClosure(MappedBytes(copying: body), language) else {
      preconditionFailure("the closure of a language that was just written cannot be read")
    }
    return closure
  }

  /// Raised with every change of what is stored or of the rules that it follows from.
  private static let format = 5

  /// Of the layout in memory, which is that in the file, and of all of the language that the rules look at.
  ///
  /// O(tables), half a millisecond for large grammars.
  private static func signature(_ language: Language) -> UInt64 {
    let sizes = [
      format, MemoryLayout<Key>.stride, MemoryLayout<Exit>.stride, MemoryLayout<Subscription>.stride,
      MemoryLayout<Effect>.stride, MemoryLayout<StoredPlace>.stride, MemoryLayout<StackProof.Doubt>.stride,
      language.stateCount, language.symbolCount,
      language.wordTerminal.index, language.layout?.indent.index ?? 0, language.layout?.dedent.index ?? 0,
      language.layout?.newline.index ?? 0,
    ]
    var signature = CacheSignature()
    signature.add(sizes)
    signature.add(language.tables.cellOffsets)
    signature.add(language.tables.cellBlocks)
    signature.add(language.tables.listStarts)
    signature.add(language.tables.actions)
    signature.add(language.lexStates)
    signature.add(language.samples.costs)
    signature.add(language.bracketChange)
    signature.add(language.contextChange)
    signature.add(language.isEnclosed)
    signature.add(language.startsExtra)
    signature.add(language.isReservedEverywhere.map { UInt8($0 ? 1 : 0) })
    language.reserved?.add(to: &signature)
    return signature.value
  }

  /// A place without its set, which languages number as they come up.
  struct StoredPlace: BitwiseCopyable {
    var line: LinePlace
    var free: Int32
    /// In the words of all sets.
    var firstWord: Int32
    var wordCount: Int32
  }

  /// Numbers what blocks have done to them, each once.
  private struct EffectNumbers {
    private(set) var effects: [Effect] = []

    /// O(different effects), of which there are few.
    mutating func number(_ change: BlockChange, _ blocks: BlockEffect) -> Int32 {
      if let known = effects.firstIndex(where: { $0.change == change && $0.blocks == blocks }) { return Int32(known) }
      effects.append(Effect(change: change, blocks: blocks))
      return Int32(effects.count - 1)
    }
  }

  /// The arrays of a closure, from a summary of a hole that no text follows.
  ///
  /// - Parameter doubts: called at last, since it finds more keys.
  static func encoded(
    _ keys: Pool<RightSummary.Key>, _ keyTable: IndexTable, _ exits: Pool<RightSummary.Settled>,
    _ subscriptions: Pool<RightSummary.Subscription>, _ places: [Place], _ language: Language,
    doubts: () -> [StackProof.Doubt]
  ) -> Data {
    var effects = EffectNumbers()
    // Subscriptions are numbered by their parents, in the order in which they were.
    var firstChildren = [Int32](repeating: 0, count: keys.count + 1)
    for index in 0..<subscriptions.count { firstChildren[Int(subscriptions[index].parent) + 1] += 1 }
    for key in 0..<keys.count { firstChildren[key + 1] += firstChildren[key] }
    var next = firstChildren
    let numbers = (0..<subscriptions.count).map { index in
      let parent = Int(subscriptions[index].parent)
      next[parent] += 1
      return next[parent] - 1
    }
    func number(_ subscription: Int32) -> Int32 { subscription < 0 ? subscription : numbers[Int(subscription)] }

    var body = ArrayWriter()
    body.append(
      keys.elements.map {
        Key(
          state: $0.state, position: $0.position, firstExit: $0.firstExit, firstSubscriber: number($0.firstSubscriber))
      })
    body.append(keyTable.allSlots)
    body.append(
      exits.elements.map {
        Exit(
          count: $0.exit.count, symbol: $0.exit.symbol, position: $0.exit.position, cost: Int16($0.cost),
          effect: effects.number(.same, $0.exit.blocks), key: $0.key, via: number($0.via), childExit: $0.childExit,
          next: $0.next)
      })
    let empty = Subscription(
      parent: -1, child: -1, effect: 0, originVia: -1, originExit: -1, next: -1, cost: 0, terminal: .end)
    var stored = [Subscription](repeating: empty, count: subscriptions.count)
    for index in 0..<subscriptions.count {
      let subscription = subscriptions[index]
      stored[Int(numbers[index])] = Subscription(
        parent: subscription.parent, child: subscription.child,
        effect: effects.number(subscription.block, subscription.blocks) << 1 | (subscription.isOver ? 1 : 0),
        originVia: number(subscription.originVia), originExit: subscription.originExit,
        next: number(subscription.next), cost: Int16(subscription.cost), terminal: subscription.terminal)
    }
    body.append(stored)
    body.append(firstChildren)
    body.append(effects.effects)
    appendPlaces(places, language, to: &body)
    body.append(doubts())
    return body.data
  }

  private static func appendPlaces(_ places: [Place], _ language: Language, to body: inout ArrayWriter) {
    var stored: [StoredPlace] = []
    var words: [UInt64] = []
    for place in places {
      let bits = language.lookaheads.bits(of: place.line.lookaheads)
      var line = place.line
      line.lookaheads = .any
      stored.append(
        StoredPlace(line: line, free: place.free, firstWord: Int32(words.count), wordCount: Int32(bits.count)))
      words += bits
    }
    body.append(stored)
    body.append(words)
  }
}
