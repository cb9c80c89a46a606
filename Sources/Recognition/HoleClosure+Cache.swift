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
    let closure = RightSummary.closure(language, allowsOtherContexts: allowsOtherContexts)
    language.grammar.cache?.write(name, signature: signature, body: closure.encoded(language))
    return closure
  }

  /// Raised with every change of what is stored or of the rules that it follows from.
  private static let format = 2

  /// Of the layout in memory, which is that in the file, and of all of the language that the rules look at.
  ///
  /// O(tables), two milliseconds for large grammars.
  private static func signature(_ language: Language) -> UInt64 {
    let sizes = [
      format, MemoryLayout<RightSummary.Key>.stride, MemoryLayout<RightSummary.Settled>.stride,
      MemoryLayout<RightSummary.Subscription>.stride, MemoryLayout<RightSummary.Exit>.size,
      MemoryLayout<BlockEffect>.size, MemoryLayout<BlockChange>.size, language.stateCount, language.symbolCount,
      language.wordTerminal.index, language.layout?.indent.index ?? 0, language.layout?.dedent.index ?? 0,
      language.layout?.newline.index ?? 0,
    ]
    var signature = CacheSignature()
    signature.add(sizes)
    signature.add(UnsafeBufferPointer(start: language.cells, count: language.stateCount * language.symbolCount))
    signature.add(language.listStarts)
    let actions = UnsafeBufferPointer(start: language.actions, count: Int(language.listStarts.last ?? 0))
    signature.add(actions.map { UInt64($0.kind.rawValue) << 32 | UInt64($0.childCount) << 16 | UInt64($0.operand) })
    signature.add(language.lexStates)
    signature.add(language.samples.costs)
    signature.add(language.bracketChange)
    signature.add(language.contextChange)
    signature.add(language.isEnclosed.map { UInt8($0 ? 1 : 0) })
    signature.add(language.startsExtra.map { UInt8($0 ? 1 : 0) })
    signature.add(language.isReservedEverywhere.map { UInt8($0 ? 1 : 0) })
    if let reserved = language.reserved {
      let words = language.keywords?.reachable[0] ?? []
      signature.add((0..<UInt16(language.stateCount)).flatMap { state in words.map { reserved.contains(state, $0) } })
    }
    return signature.value
  }

  /// A place without its set, which languages number as they come up.
  private struct StoredPlace: BitwiseCopyable {
    var line: LinePlace
    var free: Int32
    /// In the words of all sets.
    var firstWord: Int32
    var wordCount: Int32
  }

  private func encoded(_ language: Language) -> Data {
    var stored: [StoredPlace] = []
    var words: [UInt64] = []
    for place in places.elements {
      let bits = language.lookaheads.bits(of: place.line.lookaheads)
      var line = place.line
      line.lookaheads = .any
      stored.append(
        StoredPlace(line: line, free: place.free, firstWord: Int32(words.count), wordCount: Int32(bits.count)))
      words += bits
    }
    var body = ArrayWriter()
    body.append(keys.elements)
    body.append(keyTable.allSlots)
    body.append(exits.elements)
    body.append(subscriptions.elements)
    body.append(stored)
    body.append(words)
    return body.data
  }

  private convenience init(_ file: MappedBytes, _ language: Language) throws(ArrayReader.Mismatch) {
    var reader = ArrayReader(bytes: file.bytes)
    let keys = try reader.elements(RightSummary.Key.self)
    let slots = try reader.elements(Int32.self)
    let exits = try reader.elements(RightSummary.Settled.self)
    let subscriptions = try reader.elements(RightSummary.Subscription.self)
    let stored = try reader.elements(StoredPlace.self)
    let words = try reader.elements(UInt64.self)
    if [keys.count, slots.count, exits.count, subscriptions.count].contains(0) {
      throw ArrayReader.Mismatch(expected: "the closure of a grammar", found: "an empty one")
    }
    var places = Pool<Place>(capacity: stored.count)
    for place in stored {
      let bits = words[Int(place.firstWord)..<Int(place.firstWord + place.wordCount)]
      guard let lookaheads = language.lookaheads.set(bits: Array(bits)) else {
        places.deallocate()
        throw ArrayReader.Mismatch(expected: "sets of the grammar's terminals", found: "others")
      }
      var line = place.line
      line.lookaheads = lookaheads
      _ = places.append(Place(line: line, free: place.free))
    }
    self.init(
      keys: Pool(borrowing: keys), keyTable: IndexTable(borrowing: slots), exits: Pool(borrowing: exits),
      subscriptions: Pool(borrowing: subscriptions), places: places, owner: file)
  }
}
