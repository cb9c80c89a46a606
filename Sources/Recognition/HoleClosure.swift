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

  let keys: Pool<RightSummary.Key>
  let exits: Pool<RightSummary.Settled>
  let subscriptions: Pool<RightSummary.Subscription>
  let places: Pool<Place>
  /// Keys by state and place; places by what they are.
  let keyTable: IndexTable
  private var placeTable = IndexTable()
  /// Shape (keys + 1): where the subscriptions of a key start in `children`.
  private let firstChildren: [Int32]
  private let children: [Int32]
  private let exitBits: Int32
  /// What the pools borrow from.
  private let owner: MappedBytes?
  /// How far holes are from the text behind them.
  let distances = GapDistances.Cache()

  static let sharedBit: Int32 = 1 << 30

  init(
    keys: Pool<RightSummary.Key>, keyTable: IndexTable, exits: Pool<RightSummary.Settled>,
    subscriptions: Pool<RightSummary.Subscription>, places: Pool<Place>,
    owner: MappedBytes? = nil
  ) {
    self.owner = owner
    self.keys = keys
    self.keyTable = keyTable
    self.exits = exits
    self.subscriptions = subscriptions
    self.places = places
    exitBits = Int32(Int32.bitWidth - Int32(max(exits.count - 1, 1)).leadingZeroBitCount)
    var counts = [Int32](repeating: 0, count: keys.count + 1)
    for index in 0..<subscriptions.count { counts[Int(subscriptions[index].parent) + 1] += 1 }
    for key in 0..<keys.count { counts[key + 1] += counts[key] }
    firstChildren = counts
    var children = [Int32](repeating: 0, count: subscriptions.count)
    for index in 0..<Int32(subscriptions.count) {
      let parent = Int(subscriptions[index].parent)
      children[Int(counts[parent])] = index
      counts[parent] += 1
    }
    self.children = children
    for index in 0..<Int32(places.count) {
      let line = places[index].line
      let slot = placeTable.find(IndexTable.hash(line.hashKey)) { _ in false }.slot
      placeTable.insert(index, at: slot) { IndexTable.hash(places[$0].line.hashKey) }
    }
  }

  deinit {
    keys.deallocate()
    exits.deallocate()
    subscriptions.deallocate()
    places.deallocate()
    keyTable.deallocate()
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
    return keyTable.find(RightSummary.hash(state, place)) { keys[$0].position == place && keys[$0].state == state }
      .index
  }

  /// The subscriptions of a key.
  func children(of key: Int32) -> ArraySlice<Int32> {
    children[Int(firstChildren[Int(key)])..<Int(firstChildren[Int(key) + 1])]
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
  /// Computes the closure of a language's holes. O(keys × exits of each).
  static func closure(_ language: Language, allowsOtherContexts: Bool) -> HoleClosure {
    let suffix = SuffixText(
      TerminalLexer(language), segments: [], closure: nil, allowsOtherContexts: allowsOtherContexts)
    let summary = RightSummary(suffix)
    let start = suffix.identifier(.gap(0, 0, .any))
    for state in 0..<language.stateCount { _ = summary.firstExit(UInt16(state), start) }
    return summary.intoClosure()
  }
}
