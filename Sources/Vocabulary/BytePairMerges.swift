/// Joins the bytes of a piece into tokens, best-ranked pair first, leftmost first among equals.
///
/// Source: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016), on bytes.
struct BytePairMerges: Sendable {
  private struct Merge: Sendable {
    let rank: Int32
    let token: TokenID
  }

  private let merges: [UInt64: Merge]

  /// Makes the table from pairs in order of their rank; a pair that comes twice keeps its last rank.
  init(_ pairs: [(left: TokenID, right: TokenID, joined: TokenID)]) {
    var merges = [UInt64: Merge](minimumCapacity: pairs.count)
    for (rank, pair) in pairs.enumerated() {
      merges[Self.key(pair.left, pair.right)] = Merge(rank: Int32(rank), token: pair.joined)
    }
    self.merges = merges
  }

  private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left.rawValue)) << 32 | UInt64(UInt32(bitPattern: right.rawValue))
  }

  /// Working storage of `join`, kept from piece to piece.
  struct Scratch {
    fileprivate var tokens: [TokenID] = []
    /// Neighbours of each token by index, -1 at the ends; `previous` is -2 for a token that was joined away.
    fileprivate var next: [Int32] = []
    fileprivate var previous: [Int32] = []
    /// A binary heap of rank and index of the left token of a pair that may be joined.
    fileprivate var heap: [UInt64] = []
  }

  /// Appends the tokens of a piece given the tokens of its bytes. O(n log n) in the length of the piece.
  func join(_ piece: some Collection<TokenID>, into output: inout [TokenID], _ scratch: inout Scratch) {
    let count = Int32(piece.count)
    guard count > 1 else { return output.append(contentsOf: piece) }
    scratch.tokens.replaceSubrange(scratch.tokens.startIndex..., with: piece)
    scratch.next.removeAll(keepingCapacity: true)
    scratch.previous.removeAll(keepingCapacity: true)
    for index in 0..<count {
      scratch.next.append(index + 1 < count ? index + 1 : -1)
      scratch.previous.append(index - 1)
    }
    for index in 0..<count - 1 { consider(index, &scratch) }
    while let entry = Self.pop(&scratch.heap) {
      let index = Int32(truncatingIfNeeded: entry & 0xFFFF_FFFF)
      guard let merge = merge(at: index, scratch), merge.rank == Int32(truncatingIfNeeded: entry >> 32) else {
        continue
      }
      let right = Int(scratch.next[Int(index)])
      scratch.tokens[Int(index)] = merge.token
      scratch.next[Int(index)] = scratch.next[right]
      if scratch.next[right] >= 0 { scratch.previous[Int(scratch.next[right])] = index }
      scratch.previous[right] = -2
      consider(index, &scratch)
      if scratch.previous[Int(index)] >= 0 { consider(scratch.previous[Int(index)], &scratch) }
    }
    var index: Int32 = 0
    while index >= 0 {
      output.append(scratch.tokens[Int(index)])
      index = scratch.next[Int(index)]
    }
  }

  private func merge(at index: Int32, _ scratch: Scratch) -> Merge? {
    let right = scratch.next[Int(index)]
    guard scratch.previous[Int(index)] != -2, right >= 0 else { return nil }
    return merges[Self.key(scratch.tokens[Int(index)], scratch.tokens[Int(right)])]
  }

  private func consider(_ index: Int32, _ scratch: inout Scratch) {
    guard let merge = merge(at: index, scratch) else { return }
    Self.push(UInt64(UInt32(bitPattern: merge.rank)) << 32 | UInt64(UInt32(bitPattern: index)), &scratch.heap)
  }

  // MARK: Heap

  private static func push(_ entry: UInt64, _ heap: inout [UInt64]) {
    var child = heap.count
    heap.append(entry)
    while child > 0, heap[(child - 1) / 2] > heap[child] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private static func pop(_ heap: inout [UInt64]) -> UInt64? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in 2 * parent + 1...2 * parent + 2 where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
