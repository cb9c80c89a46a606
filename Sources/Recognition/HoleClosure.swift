import Foundation
import Grammar

/// What a grammar makes of a hole, whatever stands around it: the summary of a hole that no text follows.
///
/// Its keys are all states at all places in the hole; its exits are those that stay in the hole. A `RightSummary` refers to
/// it for every hole of a text: keys and positions by their distance to the first one of the hole, exits by a number that
/// names the hole as well. Constant, so threads may share it.
///
///     exit    0 | own                1 | hole, in `SuffixText.blocks` | exit of the closure
///             bit 30                 bit 30
final class HoleClosure: @unchecked Sendable {
  /// A place in the hole, and the one before anything is reduced there.
  struct Place: BitwiseCopyable {
    var line: LinePlace
    var free: Int32
  }

  /// Of a `RightSummary.Key`, what is the same for every hole.
  struct Key: BitwiseCopyable {
    var state: UInt16
    var position: Int32
    var firstExit: Int32
    var firstSubscriber: Int32
  }

  /// A `RightSummary.Settled` in less room.
  struct Exit: BitwiseCopyable {
    var count: UInt8
    var symbol: UInt16
    var position: Int32
    var cost: Int16
    /// In `effects`.
    var effect: Int32
    var key: Int32
    var via: Int32
    var childExit: Int32
    var next: Int32
  }

  /// A `RightSummary.Subscription` in less room: there are hundreds of thousands.
  struct Subscription: BitwiseCopyable {
    var parent: Int32
    var child: Int32
    /// In `effects`, and in the lowest bit whether the child stands over the parent's state.
    var effect: Int32
    var originVia: Int32
    var originExit: Int32
    var next: Int32
    var cost: Int16
    var terminal: SymbolID
  }

  /// What exits and subscriptions do to blocks: under a layout rule one of a few, else always the same.
  struct Effect: BitwiseCopyable {
    var change: BlockChange
    var blocks: BlockEffect
  }

  let keys: Column<Key>
  let exits: Column<Exit>
  /// Those of one parent stand together.
  let subscriptions: Column<Subscription>
  let places: Pool<Place>
  private let effects: Column<Effect>
  /// See `StackProof`.
  private let doubts: Column<StackProof.Doubt>
  /// Shape (states + 1): where the doubtful pairs of a state over others start.
  private let firstDoubts: [Int32]
  /// Keys by state and place; places by what they are.
  private let keyTable: IndexTable
  private var placeTable = IndexTable()
  /// Shape (keys + 1): where the subscriptions of a key start.
  private let firstChildren: Column<Int32>
  private let exitBits: Int32
  /// What the columns lie in.
  private let memory: MappedBytes
  /// How far holes are from the text behind them.
  let distances = GapDistances.Cache()

  static let sharedBit: Int32 = 1 << 30

  /// Reads what `encoded` wrote.
  init(_ memory: MappedBytes, _ language: Language) throws(ArrayReader.Mismatch) {
    self.memory = memory
    var reader = ArrayReader(bytes: memory.bytes)
    keys = try reader.elements(Key.self)
    let slots = try reader.elements(Int32.self)
    exits = try reader.elements(Exit.self)
    subscriptions = try reader.elements(Subscription.self)
    firstChildren = try reader.elements(Int32.self)
    effects = try reader.elements(Effect.self)
    let stored = try reader.elements(StoredPlace.self)
    let words = try reader.elements(UInt64.self)
    doubts = try reader.elements(StackProof.Doubt.self)
    firstDoubts = Self.starts(of: doubts, language.stateCount)
    if slots.isEmpty || firstChildren.count != keys.count + 1 {
      throw ArrayReader.Mismatch(expected: "the closure of a grammar", found: "an empty one")
    }
    keyTable = IndexTable(borrowing: slots)
    exitBits = Int32(Int32.bitWidth - Int32(max(exits.count - 1, 1)).leadingZeroBitCount)
    var places = Pool<Place>(capacity: max(stored.count, 1))
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
    self.places = places
    for index in 0..<Int32(places.count) {
      let line = places[index].line
      let slot = placeTable.find(IndexTable.hash(line.hashKey)) { _ in false }.slot
      placeTable.insert(index, at: slot) { IndexTable.hash(places[$0].line.hashKey) }
    }
  }

  deinit {
    places.deallocate()
    placeTable.deallocate()
  }

  /// How many holes of a text can refer to it.
  var maximalBlocks: Int { 1 << Int(30 - exitBits) }

  /// The number of a place, -1 if the closure does not have it. O(1).
  @inline(__always)
  func place(_ line: LinePlace) -> Int32 {
    let places = places
    return placeTable.find(IndexTable.hash(line.hashKey)) { places[$0].line == line }.index
  }

  /// The key of a state at a place, -1 if the closure does not have it. O(1).
  @inline(__always)
  func key(_ state: UInt16, _ place: Int32) -> Int32 {
    let keys = keys
    return keyTable.find(RightSummary.hash(state, place)) {
      keys[Int($0)].position == place && keys[Int($0)].state == state
    }.index
  }

  /// The proofs, as bits, which leave stacks out that have `state` over `base`. O(1), nearly always.
  @inline(__always)
  func doubts(_ state: UInt16, over base: UInt16) -> UInt32 {
    for index in firstDoubts[Int(state)]..<firstDoubts[Int(state) + 1] {
      let doubt = doubts[Int(index)]
      if UInt16(truncatingIfNeeded: doubt.pair) == base { return doubt.proofs }
    }
    return 0
  }

  /// Whether there is any state that `state` is doubtful over.
  @inline(__always)
  func hasDoubts(_ state: UInt16) -> Bool { firstDoubts[Int(state)] < firstDoubts[Int(state) + 1] }

  private static func starts(of doubts: Column<StackProof.Doubt>, _ stateCount: Int) -> [Int32] {
    var starts = [Int32](repeating: 0, count: stateCount + 1)
    for index in 0..<doubts.count { starts[min(Int(doubts[index].pair >> 16) + 1, stateCount)] += 1 }
    for state in 0..<stateCount { starts[state + 1] += starts[state] }
    return starts
  }

  /// The subscriptions of a key.
  @inline(__always)
  func children(of key: Int32) -> Range<Int32> { firstChildren[Int(key)]..<firstChildren[Int(key) + 1] }

  @inline(__always)
  func exit(_ index: Int32) -> RightSummary.Exit {
    let exit = exits[Int(index)]
    return RightSummary.Exit(
      count: exit.count, symbol: exit.symbol, position: exit.position, blocks: effects[Int(exit.effect)].blocks)
  }

  func settled(_ index: Int32) -> RightSummary.Settled {
    let stored = exits[Int(index)]
    return RightSummary.Settled(
      exit: exit(index), cost: Int32(stored.cost), key: stored.key, via: stored.via, childExit: stored.childExit,
      next: stored.next)
  }

  func subscription(_ index: Int32) -> RightSummary.Subscription {
    let stored = subscriptions[Int(index)]
    let effect = effects[Int(stored.effect >> 1)]
    return RightSummary.Subscription(
      parent: stored.parent, child: stored.child, isOver: stored.effect & 1 != 0, block: effect.change,
      blocks: effect.blocks, cost: Int32(stored.cost), terminal: stored.terminal, originVia: stored.originVia,
      originExit: stored.originExit, next: stored.next)
  }

  /// What the exits of a block are numbered from.
  @inline(__always)
  func exitBase(_ block: Int32) -> Int32 { Self.sharedBit | block << exitBits }

  @inline(__always)
  func block(_ exit: Int32) -> Int32 { (exit & ~Self.sharedBit) >> exitBits }

  @inline(__always)
  func index(_ exit: Int32) -> Int32 { exit & (1 << exitBits - 1) }
}

extension RightSummary {
  /// Computes the closure of a language's holes, as `HoleClosure` reads it. O(keys × exits of each).
  static func closure(_ language: Language, allowsOtherContexts: Bool) -> Data {
    let suffix = SuffixText(
      TerminalLexer(language), segments: [], closure: nil, allowsOtherContexts: allowsOtherContexts)
    let summary = RightSummary(suffix)
    let start = suffix.identifier(.gap(0, 0, .any))
    for state in 0..<language.stateCount { _ = summary.firstExit(UInt16(state), start) }
    return summary.encodedClosure()
  }
}
