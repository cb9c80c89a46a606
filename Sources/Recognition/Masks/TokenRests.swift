import Synchronization

/// What is left of tokens whose beginnings the lexer has read, and what it does with that.
final class TokenRests: Sendable {
  /// The rest of a token: from bytes on that the lexer has still to read, which lead to a node of the trie.
  struct Item: Hashable {
    var backlog: [UInt8]
    var node: Int32
    /// With all tokens below the node, else with those at the node alone.
    var isSubtree: Bool
  }

  let items: [Item]
  /// All begin with text in which a line ends.
  let startsWithLines: Bool
  let use = LastUse()
  /// The points from the starts that were met.
  private let points = Mutex<[LexicalStart: LexicalPoint]>([:])

  init(_ items: [Item]) {
    self.items = items
    startsWithLines = items.allSatisfy { $0.backlog.contains(where: \.isLineBreak) }
  }

  /// Bytes of memory, about; backlogs are shared.
  var byteCount: Int { 200 + items.count * MemoryLayout<Item>.stride }

  /// The point from `start`, if it was made. O(1).
  func point(_ start: LexicalStart) -> LexicalPoint? { points.withLock { $0[start] } }

  func keep(_ point: LexicalPoint, from start: LexicalStart) { points.withLock { $0[start] = point } }

  var allPoints: [LexicalPoint] { points.withLock { Array($0.values) } }

  /// Forgets points that were not used since `generation` began.
  func forget(before generation: Int) {
    points.withLock { points in points = points.filter { $0.value.use.generation >= generation } }
  }

  /// Items as a key: long lists are told apart by few of them and their number, mostly.
  struct Key: Hashable {
    var items: [Item]

    func hash(into hasher: inout Hasher) {
      hasher.combine(items.count)
      hasher.combine(items.first)
      hasher.combine(items.reduce(0) { $0 &* 31 &+ $1.node })
    }
  }
}

extension UInt8 {
  var isLineBreak: Bool { self == 0x0A || self == 0x0D }
}
