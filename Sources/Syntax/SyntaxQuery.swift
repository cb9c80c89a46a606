internal import CTreeSitter
public import Grammar

/// A compiled tree-sitter query with its text predicates.
///
/// The runtime matches shapes and only stores predicates; `QueryPredicate` evaluates them here. A query belongs to one
/// task at a time, as its regular expressions do.
public final class SyntaxQuery {
  /// The names of the captures, without `@`, by capture number.
  public let captureNames: [String]
  public let patternCount: Int
  /// Shape (patternCount).
  private let predicates: [[QueryPredicate]]
  private let query: OpaquePointer
  private let cursor: OpaquePointer

  /// Compiles `source` for `grammar`; throws `query` at the line and column of the first mistake, be it in the pattern,
  /// in a predicate's name or arguments, or in a regular expression.
  public init(_ source: String, grammar: Grammar) throws(SyntaxError) {
    RuntimeAllocator.install
    var offset: UInt32 = 0
    var kind = TSQueryErrorNone
    // Empty text has no address, but the runtime wants one.
    var text = source.isEmpty ? " " : source
    let query = text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        ts_query_new(
          OpaquePointer(grammar.library.runtimeLanguage), $0.baseAddress, UInt32(clamping: $0.count), &offset,
          &kind)
      }
    }
    guard let query else { throw Self.error(kind, at: Int(offset), in: source, grammar: grammar) }
    let captureNames = (0..<ts_query_capture_count(query)).map { id in
      var length: UInt32 = 0
      return String(cString: ts_query_capture_name_for_id(query, id, &length))
    }
    do {
      var predicates: [[QueryPredicate]] = []
      for pattern in 0..<ts_query_pattern_count(query) {
        predicates.append(try QueryPredicate.read(from: query, pattern: pattern, source: source))
      }
      self.predicates = predicates
    } catch {
      ts_query_delete(query)
      throw error
    }
    self.captureNames = captureNames
    self.patternCount = predicates.count
    self.query = query
    self.cursor = ts_query_cursor_new()
  }

  deinit {
    ts_query_cursor_delete(cursor)
    ts_query_delete(query)
  }

  /// All matches within `node` whose predicates hold, in the order in which they begin.
  public func matches(in node: SyntaxNode) -> [QueryMatch] {
    var found: [QueryMatch] = []
    var raw = TSQueryMatch()
    ts_query_cursor_exec(cursor, query, node.raw)
    while ts_query_cursor_next_match(cursor, &raw) {
      let captures = UnsafeBufferPointer(start: raw.captures, count: Int(raw.capture_count)).map {
        QueryMatch.Capture(id: Int($0.index), node: SyntaxNode($0.node, of: node.tree))
      }
      let match = QueryMatch(pattern: Int(raw.pattern_index), captures: captures)
      if predicates[match.pattern].allSatisfy({ $0.holds(for: match) }) { found.append(match) }
    }
    return found
  }

  /// The number of the capture `name`, or nil.
  public func captureID(_ name: String) -> Int? { captureNames.firstIndex(of: name) }

  private static func error(_ kind: TSQueryError, at offset: Int, in source: String, grammar: Grammar) -> SyntaxError {
    let bytes = Array(source.utf8)
    let position = TextPosition(offset: offset, in: bytes)
    let word = bytes.dropFirst(offset).prefix {
      $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0.isLetterOrDigit
    }
    let name = "'" + String(decoding: word, as: UTF8.self) + "'"
    let rest = bytes.dropFirst(offset).prefix { $0 != UInt8(ascii: "\n") }
    let shown = rest.isEmpty ? "the end of the line" : "'" + String(decoding: rest.prefix(40), as: UTF8.self) + "'"
    let (expected, found): (String, String) =
      switch kind {
      case TSQueryErrorNodeType: ("a node kind of the grammar \(grammar.name)", name)
      case TSQueryErrorField: ("a field of the grammar \(grammar.name)", name)
      case TSQueryErrorCapture: ("a capture of the same pattern", name)
      case TSQueryErrorStructure: ("a pattern that the grammar \(grammar.name) can produce", shown)
      default: ("a tree-sitter query pattern", shown)
      }
    return .query(line: position.line, column: position.column + 1, expected: expected, found: found)
  }
}

/// One match of a query.
public struct QueryMatch {
  /// The number of the pattern in the query, from 0.
  public let pattern: Int
  /// The captured nodes in the order of the text.
  public let captures: [Capture]

  public struct Capture {
    /// Index into `SyntaxQuery.captureNames`.
    public let id: Int
    public let node: SyntaxNode
  }

  /// The nodes of one capture.
  public func nodes(_ id: Int) -> some Sequence<SyntaxNode> {
    captures.lazy.filter { $0.id == id }.map(\.node)
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
