internal import CTreeSitter
public import Grammar

/// A position in a tree that moves: the cheap way to visit many nodes, without recursion.
public struct SyntaxCursor: ~Copyable {
  private let tree: SyntaxTree
  private var raw: TSTreeCursor

  init(_ node: SyntaxNode) {
    tree = node.tree
    raw = ts_tree_cursor_new(node.raw)
  }

  deinit {
    var raw = raw
    ts_tree_cursor_delete(&raw)
  }

  private var rawNode: TSNode {
    var raw = raw
    return ts_tree_cursor_current_node(&raw)
  }

  public var node: SyntaxNode { SyntaxNode(rawNode, of: tree) }

  /// The current node's kind as a number. Cheaper than asking `node`.
  public var symbol: SymbolID { SymbolID(rawValue: ts_node_symbol(rawNode)) }

  /// The field of its parent that the current node stands in.
  public var fieldName: String? {
    var raw = raw
    return ts_tree_cursor_current_field_name(&raw).map { String(cString: $0) }
  }

  public mutating func goToFirstChild() -> Bool { ts_tree_cursor_goto_first_child(&raw) }
  public mutating func goToNextSibling() -> Bool { ts_tree_cursor_goto_next_sibling(&raw) }
  public mutating func goToParent() -> Bool { ts_tree_cursor_goto_parent(&raw) }

  /// Visits the current node and all below it, parents first; `visit` says whether to go below a node.
  public mutating func walk(_ visit: (borrowing SyntaxCursor) -> Bool) {
    var depth = 0
    while true {
      if visit(self), goToFirstChild() {
        depth += 1
        continue
      }
      while depth > 0, !goToNextSibling() {
        _ = goToParent()
        depth -= 1
      }
      if depth == 0 { return }
    }
  }
}
