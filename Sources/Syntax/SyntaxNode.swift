internal import CTreeSitter
public import Grammar

/// A node of a syntax tree. Keeps its tree alive.
public struct SyntaxNode: Equatable {
  public let tree: SyntaxTree
  let raw: TSNode

  init(_ raw: TSNode, of tree: SyntaxTree) {
    self.raw = raw
    self.tree = tree
  }

  private func wrap(_ other: TSNode) -> SyntaxNode? {
    ts_node_is_null(other) ? nil : SyntaxNode(other, of: tree)
  }

  public static func == (a: SyntaxNode, b: SyntaxNode) -> Bool { ts_node_eq(a.raw, b.raw) }

  /// The node's kind as queries spell it.
  public var kind: String { String(cString: ts_node_type(raw)) }

  /// The node's kind as a number, `SyntaxNode.errorSymbol` for an ERROR node. Symbols of the same name share one number.
  public var symbol: SymbolID { SymbolID(rawValue: ts_node_symbol(raw)) }
  public static let errorSymbol = SymbolID(rawValue: .max)

  public var isNamed: Bool { ts_node_is_named(raw) }
  public var isExtra: Bool { ts_node_is_extra(raw) }
  /// Whether the runtime found text here that no rule takes.
  public var isError: Bool { symbol == Self.errorSymbol }
  /// Whether the runtime made the node up to go on.
  public var isMissing: Bool { ts_node_is_missing(raw) }
  /// Whether the node is, or contains, an ERROR or a MISSING node.
  public var hasError: Bool { ts_node_has_error(raw) }

  /// The bytes of the source that the node covers.
  public var byteRange: Range<Int> {
    let start = Int(ts_node_start_byte(raw))
    return start..<max(start, Int(ts_node_end_byte(raw)))
  }
  public var start: TextPosition { TextPosition(ts_node_start_point(raw)) }
  public var end: TextPosition { TextPosition(ts_node_end_point(raw)) }
  /// The node's text.
  public var bytes: ArraySlice<UInt8> { tree.source[byteRange.clamped(to: 0..<tree.source.count)] }
  /// The node's text, with U+FFFD where it is not UTF-8.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public var parent: SyntaxNode? { wrap(ts_node_parent(raw)) }
  public var nextSibling: SyntaxNode? { wrap(ts_node_next_sibling(raw)) }
  public var previousSibling: SyntaxNode? { wrap(ts_node_prev_sibling(raw)) }

  /// The number of children, anonymous ones included.
  public var childCount: Int { Int(ts_node_child_count(raw)) }

  /// All children in order, anonymous ones included. Linear in their number.
  public var children: [SyntaxNode] {
    var cursor = cursor()
    guard cursor.goToFirstChild() else { return [] }
    var children = [cursor.node]
    while cursor.goToNextSibling() { children.append(cursor.node) }
    return children
  }

  /// The named children in order.
  public var namedChildren: [SyntaxNode] { children.filter(\.isNamed) }

  /// The first child in `field`, or nil: also if the grammar has no such field.
  public func child(field: String) -> SyntaxNode? {
    wrap(ts_node_child_by_field_name(raw, field, UInt32(clamping: field.utf8.count)))
  }

  /// The smallest node within this one that covers `range`; nil if none does.
  public func descendant(for range: Range<Int>) -> SyntaxNode? {
    guard range.lowerBound >= byteRange.lowerBound, range.upperBound <= byteRange.upperBound else { return nil }
    return wrap(ts_node_descendant_for_byte_range(raw, UInt32(range.lowerBound), UInt32(range.upperBound)))
  }

  /// A cursor that starts at this node and stays within it.
  public func cursor() -> SyntaxCursor { SyntaxCursor(self) }
}

extension TextPosition {
  init(_ point: TSPoint) {
    self.init(row: Int(point.row), column: Int(point.column))
  }
}
