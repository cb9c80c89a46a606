import Grammar

/// The stacks of a search through gaps, as one graph: those that are alike at the top are followed once.
///
/// A node is a state where a parser can be; its edges lead to what lies below. What takes several nodes off a stack waits
/// at each of them for the edges that are there and those still to come.
struct GapStacks {
  struct Node: BitwiseCopyable {
    var key: Key
    /// What is written up to here at least, and the edge of that way; -1 as long as there is none.
    var cost: Int32 = .max
    var bestEdge: Int32 = -1
    var firstEdge: Int32 = -1
    var firstWait: Int32 = -1
    /// The exit of the closure that is next.
    var nextExit: Int32 = -1
    /// Of a stack that the search starts with, its number.
    var linear: Int32 = -1
  }

  struct Key: Equatable, BitwiseCopyable {
    var state: UInt16
    var brackets: UInt8
    var role: Role
    /// The gap starts within a string, and so may end in it.
    var startsEnclosed = false
    /// In the text; of a stack that the search starts with, -2 less its number.
    var position: Int32
    /// The columns of the blocks that are open.
    var columns: Int32

    fileprivate var hash: UInt64 {
      let top = UInt64(state) << 16 | UInt64(brackets) << 8 | UInt64(role.rawValue) << 1 | (startsEnclosed ? 1 : 0)
      return IndexTable.hash(
        IndexTable.hash(top) ^ UInt64(UInt32(bitPattern: position)) << 32 ^ UInt64(UInt32(bitPattern: columns)))
    }
  }

  enum Role: UInt8 {
    /// At the start of a gap, in one after exits, in one after ways that push, and in fixed text.
    case starts, rises, falls, reads
  }

  /// That `node` stands on `below`.
  struct Edge: BitwiseCopyable {
    var node: Int32
    var below: Int32
    /// What is written from `below` on.
    var cost: Int32
    /// A subscription of the closure that leads there, -1 for none; of an indent, the column of the block.
    var move: Int32 = -1
    var column: Int32 = -1
    /// What has waited for `over`, the lowest edge of its way; -1 for none.
    var wait: Int32 = -1
    var over: Int32 = -1
    var next: Int32 = -1

    fileprivate var hash: UInt64 {
      IndexTable.hash(UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: below)))
    }
  }

  /// What takes `count` more nodes off the stacks at a node, this one included.
  struct Wait: BitwiseCopyable {
    var node: Int32
    var count: Int32
    var action: Action
    /// A symbol, a state, or a stack.
    var operand: Int32
    /// Where the parser is then, but for its state.
    var target: Key
    /// What is written from `node` on.
    var cost: Int32
    /// The exit of the closure with which it begins, -1 for none.
    var exit: Int32 = -1
    /// The one that has waited above, and the edge that it was given.
    var previous: Int32 = -1
    var edge: Int32 = -1
    var next: Int32 = -1

    enum Action: UInt8 {
      /// A reduction to a symbol; one that ends an extra; the same state elsewhere; the comparison with a stack.
      case reduces, endsExtra, moves, compares
    }

    fileprivate var hash: UInt64 {
      let what = UInt64(UInt32(bitPattern: operand)) << 32 | UInt64(action.rawValue) << 24 | UInt64(count) << 8
      return IndexTable.hash(what ^ UInt64(UInt32(bitPattern: node)) &* 0x9E37_79B9_7F4A_7C15) ^ target.hash
    }

    fileprivate func isLike(_ other: Wait) -> Bool {
      node == other.node && count == other.count && action == other.action && operand == other.operand
        && target == other.target
    }
  }

  private(set) var nodes = Pool<Node>(capacity: 1024)
  private(set) var edges = Pool<Edge>(capacity: 1024)
  private(set) var waits = Pool<Wait>(capacity: 1024)
  private var nodeTable = IndexTable(capacity: 4096)
  private var edgeTable = IndexTable(capacity: 4096)
  private var waitTable = IndexTable(capacity: 4096)
  /// What lies under all stacks.
  let root: Int32

  init() {
    root = nodes.append(Node(key: Key(state: 0, brackets: 0, role: .reads, position: -1, columns: -1), cost: 0))
  }

  func deallocate() {
    nodes.deallocate()
    edges.deallocate()
    waits.deallocate()
    nodeTable.deallocate()
    edgeTable.deallocate()
    waitTable.deallocate()
  }

  /// The number of a node, which may be new. O(1) on average.
  mutating func node(_ key: Key) -> Int32 {
    let known = nodes
    let (index, slot) = nodeTable.find(key.hash) { known[$0].key == key }
    if index >= 0 { return index }
    let new = nodes.append(Node(key: key))
    let grown = nodes
    nodeTable.insert(new, at: slot) { grown[$0].key.hash }
    return new
  }

  /// An edge that is not yet there.
  mutating func propose(_ edge: Edge) -> Int32 { edges.append(edge) }

  /// Puts an edge there; false if there is one between the same nodes. O(1) on average.
  mutating func enter(_ edge: Int32) -> Bool {
    let new = edges[edge]
    let known = edges
    let (index, slot) = edgeTable.find(new.hash) { known[$0].node == new.node && known[$0].below == new.below }
    if index >= 0 { return false }
    edgeTable.insert(edge, at: slot) { known[$0].hash }
    edges[edge].next = nodes[new.node].firstEdge
    nodes[new.node].firstEdge = edge
    if nodes[new.node].bestEdge < 0 {
      nodes[new.node].bestEdge = edge
      nodes[new.node].cost = nodes[new.below].cost + new.cost
    }
    return true
  }

  /// The number of what waits; nil if the like does already. O(1) on average.
  mutating func add(_ wait: Wait) -> Int32? {
    let known = waits
    let (index, slot) = waitTable.find(wait.hash) { known[$0].isLike(wait) }
    if index >= 0 { return nil }
    var wait = wait
    wait.next = nodes[wait.node].firstWait
    let new = waits.append(wait)
    let grown = waits
    waitTable.insert(new, at: slot) { grown[$0].hash }
    nodes[wait.node].firstWait = new
    return new
  }

  /// The edges that what waits was given one after the other, `edge` as the last, from the top of the stack, and what it began
  /// with.
  func trace(_ wait: Int32, _ edge: Int32) -> (first: Wait, edges: [Int32]) {
    var edges = [edge]
    var wait = waits[wait]
    while wait.previous >= 0 {
      edges.append(wait.edge)
      wait = waits[wait.previous]
    }
    return (wait, edges.reversed())
  }

  mutating func takeExit(_ node: Int32, next: Int32) { nodes[node].nextExit = next }
  mutating func name(_ node: Int32, _ linear: Int32) { nodes[node].linear = linear }
}
