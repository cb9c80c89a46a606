internal import CTreeSitter
public import Grammar

/// The concrete syntax tree of a text.
///
/// The tree belongs to one task: the runtime does not promise that several threads may read one.
public final class SyntaxTree {
  /// The text, unchanged.
  public let source: [UInt8]
  public let grammar: Grammar
  private let tree: OpaquePointer

  init(_ tree: OpaquePointer, source: [UInt8], grammar: Grammar) {
    self.tree = tree
    self.source = source
    self.grammar = grammar
  }

  deinit { ts_tree_delete(tree) }

  public var root: SyntaxNode { SyntaxNode(ts_tree_root_node(tree), of: self) }

  /// Whether the tree has no ERROR and no MISSING node. O(1).
  public var isClean: Bool { !ts_node_has_error(ts_tree_root_node(tree)) }

  /// The outermost ERROR nodes and the MISSING nodes outside them, in the order of the text. Linear in the nodes on the
  /// paths to them.
  public func errors() -> [SyntaxNode] {
    var found: [SyntaxNode] = []
    var cursor = root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.isError || node.isMissing {
        found.append(node)
        return false
      }
      return node.hasError
    }
    return found
  }
}
