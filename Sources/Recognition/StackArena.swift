import Grammar

/// A node of the graph-structured stack, an index into the arena.
public struct StackNodeID: Hashable, Sendable {
  @usableFromInline var rawValue: Int32
  var index: Int { Int(rawValue) }
}

/// What is open at a place in a text.
struct Surroundings: Equatable, BitwiseCopyable {
  /// The column of the innermost block.
  var column: Int32 = 0
  /// How many brackets are open between which lines are joined.
  var brackets: UInt8 = 0
  /// How many contexts of the external scanner are open, as strings are.
  var contexts: Int8 = 0

  /// Behind `terminal`, but for the column, which the block that opens or closes decides.
  func behind(_ terminal: SymbolID, _ language: Language) -> Surroundings {
    var next = self
    next.brackets = UInt8(clamping: Int(brackets) + Int(language.bracketChange[terminal.index]))
    next.contexts = Int8(clamping: Int(contexts) + Int(language.contextChange[terminal.index]))
    return next
  }
}

/// The graph-structured stack: nodes are never changed once a step is over, so a set of heads is a snapshot.
///
///     node:   open | state | parent | more            open: blocks, brackets and strings behind the node
///                                 |       |
///                                 v       v
///                             a node   a list of further parents (ambiguous parses)
///
/// Speculation takes a mark, pushes nodes and releases them; committed nodes stay for the life of the arena.
final class StackArena {
  struct Node {
    var open: Surroundings
    var state: UInt16
    var parent: Int32
    var more: Int32
  }
  struct Link {
    var parent: Int32
    var next: Int32
  }
  struct Mark {
    var nodes: Int
    var links: Int
  }

  private(set) var nodes: UnsafeMutablePointer<Node>
  private(set) var links: UnsafeMutablePointer<Link>
  private var nodeCapacity = 1024
  private var linkCapacity = 64
  private(set) var nodeCount = 0
  private var linkCount = 0
  /// The lowest node whose content a step or a walk has looked at since this was last set to `Int32.max`.
  ///
  /// On a stack without branches it tells how deep a verdict has looked, so that the verdict holds for every stack that
  /// is the same down to there.
  var lowestRead = Int32.max
  /// Whether the columns of all open blocks have been looked at, and whether that of the innermost one has.
  var hasReadColumns = false
  var hasReadColumn = false

  init() {
    nodes = .allocate(capacity: nodeCapacity)
    links = .allocate(capacity: linkCapacity)
  }

  deinit {
    nodes.deallocate()
    links.deallocate()
  }

  var mark: Mark { Mark(nodes: nodeCount, links: linkCount) }

  /// Drops everything pushed since `mark`.
  func release(_ mark: Mark) {
    nodeCount = mark.nodes
    linkCount = mark.links
  }

  @inline(__always)
  func push(state: UInt16, _ open: Surroundings, parent: Int32) -> Int32 {
    if nodeCount == nodeCapacity {
      let grown = UnsafeMutablePointer<Node>.allocate(capacity: nodeCapacity * 2)
      grown.moveInitialize(from: nodes, count: nodeCount)
      nodes.deallocate()
      nodes = grown
      nodeCapacity *= 2
    }
    (nodes + nodeCount).initialize(to: Node(open: open, state: state, parent: parent, more: -1))
    nodeCount += 1
    return Int32(nodeCount - 1)
  }

  func hasParent(_ node: Int32, _ parent: Int32) -> Bool {
    if nodes[Int(node)].parent == parent { return true }
    var link = nodes[Int(node)].more
    while link >= 0 {
      if links[Int(link)].parent == parent { return true }
      link = links[Int(link)].next
    }
    return false
  }

  /// Whether two nodes have the same state and surroundings, and so have those below, down to nodes that both share.
  ///
  /// O(nodes above those) on stacks without branches.
  func isSame(_ first: Int32, _ second: Int32) -> Bool {
    var (first, second) = (first, second)
    while first != second {
      let (one, other) = (nodes[Int(first)], nodes[Int(second)])
      guard one.state == other.state, one.open == other.open else { return false }
      if one.more >= 0 || other.more >= 0 { return haveSameParents(first, second) }
      guard one.parent >= 0, other.parent >= 0 else { return one.parent == other.parent }
      (first, second) = (one.parent, other.parent)
    }
    return true
  }

  /// In any order.
  private func haveSameParents(_ first: Int32, _ second: Int32) -> Bool {
    let (one, other) = (parents(of: first), parents(of: second))
    return one.count == other.count && one.allSatisfy { parent in other.contains { isSame(parent, $0) } }
  }

  private func parents(of node: Int32) -> [Int32] {
    var parents = [nodes[Int(node)].parent]
    var link = nodes[Int(node)].more
    while link >= 0 {
      parents.append(links[Int(link)].parent)
      link = links[Int(link)].next
    }
    return parents
  }

  /// Adds a parent to a node of the step under way.
  func addParent(_ node: Int32, _ parent: Int32) {
    if linkCount == linkCapacity {
      let grown = UnsafeMutablePointer<Link>.allocate(capacity: linkCapacity * 2)
      grown.moveInitialize(from: links, count: linkCount)
      links.deallocate()
      links = grown
      linkCapacity *= 2
    }
    (links + linkCount).initialize(to: Link(parent: parent, next: nodes[Int(node)].more))
    nodes[Int(node)].more = Int32(linkCount)
    linkCount += 1
  }

  /// The column of the block around the one of `column`, which is open at `node`. O(depth of the stack).
  func outerColumn(_ column: Int32, from node: Int32) -> Int32 {
    hasReadColumn = true
    var node = node
    while node >= 0 {
      // Columns grow inwards. Parses that share a node differ in their blocks only where the text is ambiguous.
      if nodes[Int(node)].open.column < column {
        lowestRead = min(lowestRead, node)
        return nodes[Int(node)].open.column
      }
      node = nodes[Int(node)].parent
    }
    lowestRead = min(lowestRead, 0)
    return 0
  }

  /// The columns of the blocks that are open at `node`, the innermost first and 0 last. O(depth of the stack).
  func openColumns(of node: Int32) -> [Int] {
    hasReadColumns = true
    hasReadColumn = true
    var columns: [Int] = []
    var node = node
    while node >= 0 {
      // Indents of blocks that are closed may still stand on the stack, beside the block around them.
      let column = Int(nodes[Int(node)].open.column)
      if columns.last.map({ column < $0 }) ?? true { columns.append(column) }
      node = nodes[Int(node)].parent
    }
    if columns.last != 0 { columns.append(0) }
    return columns
  }

  /// Calls `body` with every node `depth` below `node`; duplicates are possible. O(paths).
  func forEachAncestor(of node: Int32, depth: Int, _ body: (Int32) -> Void) {
    var node = node
    var depth = depth
    // Stacks are mostly linear: walk without a work list while they are.
    while depth > 0, nodes[Int(node)].more < 0 {
      node = nodes[Int(node)].parent
      if node < 0 {
        lowestRead = 0
        return
      }
      depth -= 1
    }
    if depth == 0 {
      lowestRead = min(lowestRead, node)
      body(node)
    } else {
      forEachBranch(of: node, depth: depth, body)
    }
  }

  private func forEachBranch(of node: Int32, depth: Int, _ body: (Int32) -> Void) {
    if nodes[Int(node)].parent >= 0 { forEachAncestor(of: nodes[Int(node)].parent, depth: depth - 1, body) }
    var link = nodes[Int(node)].more
    while link >= 0 {
      forEachAncestor(of: links[Int(link)].parent, depth: depth - 1, body)
      link = links[Int(link)].next
    }
  }
}
