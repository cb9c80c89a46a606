import Grammar

/// Stacks without branches, each node once: two stacks are the same if their tops are the same number.
///
/// Owned by one class, which calls `deallocate` when it goes.
struct LinearStacks {
  struct Node: Equatable, BitwiseCopyable {
    var state: UInt16
    /// How many brackets are open between which lines are joined.
    var brackets: UInt8
    /// The column of the innermost block.
    var column: Int32
    /// -1 at the bottom.
    var parent: Int32

    fileprivate var hash: UInt64 {
      IndexTable.hash(
        UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: column)) << 16 ^ UInt64(state)
          ^ UInt64(brackets) << 56)
    }
  }
  private(set) var nodes = Pool<Node>(capacity: 1024)
  private var table = IndexTable(capacity: 4096)

  func deallocate() {
    nodes.deallocate()
    table.deallocate()
  }

  /// O(1) on average.
  mutating func push(_ state: UInt16, column: Int32, brackets: UInt8, over parent: Int32) -> Int32 {
    let node = Node(state: state, brackets: brackets, column: column, parent: parent)
    let known = nodes
    let (index, slot) = table.find(node.hash) { known[$0] == node }
    if index >= 0 { return index }
    let new = nodes.append(node)
    let grown = nodes
    table.insert(new, at: slot) { grown[$0].hash }
    return new
  }

  /// The node `depth` below `node`; -1 if there is none. O(depth).
  @inline(__always)
  func ancestor(of node: Int32, _ depth: Int) -> Int32 {
    var node = node
    var depth = depth
    while depth > 0, node >= 0 {
      node = nodes[node].parent
      depth -= 1
    }
    return node
  }

  /// The column of the block around the innermost one. O(depth of the stack).
  func outerColumn(of node: Int32) -> Int32 { outerColumn(nodes[node].column, from: node) }

  /// The column of the block around the one of `column`, which is open at `node`. O(depth of the stack).
  func outerColumn(_ column: Int32, from node: Int32) -> Int32 {
    var node = node
    while node >= 0 {
      if nodes[node].column < column { return nodes[node].column }
      node = nodes[node].parent
    }
    return 0
  }

  /// The columns of all open blocks, the innermost first. O(depth of the stack).
  func columns(of node: Int32) -> [Int32] {
    var columns = [nodes[node].column]
    var node = nodes[node].parent
    while node >= 0 {
      if nodes[node].column < columns[columns.count - 1] { columns.append(nodes[node].column) }
      node = nodes[node].parent
    }
    return columns
  }

  /// The stacks at a node of an arena, no more than `limit` of them. O(their depth).
  mutating func copies(of node: Int32, in arena: StackArena, limit: Int) -> [Int32] {
    var states: [StackArena.Node] = []
    var paths: [[StackArena.Node]] = []
    func descend(_ node: Int32) {
      if paths.count == limit { return }
      var node = node
      let count = states.count
      defer { states.removeSubrange(count...) }
      while node >= 0 {
        let own = arena.nodes[Int(node)]
        states.append(own)
        var link = own.more
        while link >= 0 {
          descend(arena.links[Int(link)].parent)
          link = arena.links[Int(link)].next
        }
        node = own.parent
      }
      if paths.count < limit { paths.append(states) }
    }
    descend(node)
    return paths.map { path in
      path.reversed().reduce(-1) {
        push($1.state, column: $1.open.column, brackets: $1.open.brackets, over: $0)
      }
    }
  }
}
