/// Pairs of numbers that were seen.
///
/// Owned by one class, which calls `deallocate` when it goes.
struct PairSet {
  private var pairs = Pool<UInt64>(capacity: 1024)
  private var table = IndexTable(capacity: 4096)

  func deallocate() {
    pairs.deallocate()
    table.deallocate()
  }

  @inline(__always)
  private static func pair(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  func contains(_ first: Int32, _ second: Int32) -> Bool {
    let pair = Self.pair(first, second)
    let known = pairs
    return table.find(IndexTable.hash(pair)) { known[$0] == pair }.index >= 0
  }

  /// Whether the pair is new. O(1) on average.
  mutating func insert(_ first: Int32, _ second: Int32) -> Bool {
    let pair = Self.pair(first, second)
    let known = pairs
    let (index, slot) = table.find(IndexTable.hash(pair)) { known[$0] == pair }
    if index >= 0 { return false }
    let new = pairs.append(pair)
    let grown = pairs
    table.insert(new, at: slot) { IndexTable.hash(grown[$0]) }
    return true
  }
}
