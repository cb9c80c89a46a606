internal import CTreeSitter
public import Grammar

/// The tree-sitter runtime with one grammar: parses, and judges whether a text is clean.
///
/// A parser keeps its buffers from one text to the next; it belongs to one task at a time.
public final class SyntaxParser {
  public let grammar: Grammar
  private let parser: OpaquePointer
  /// Parsing gives up behind this moment; nil where only a text decides that it takes too long.
  public var deadline: ContinuousClock.Instant?

  /// The most bytes that a text may have: half of what the runtime's 32-bit offsets address, so that its own sums of
  /// sizes cannot wrap.
  public static let byteLimit = Int(Int32.max)

  /// Throws `incompatibleGrammar` if the runtime does not know the grammar's ABI.
  public init(_ grammar: Grammar) throws(SyntaxError) {
    RuntimeAllocator.install
    let language = OpaquePointer(grammar.library.runtimeLanguage)
    let parser: OpaquePointer = ts_parser_new()
    guard ts_parser_set_language(parser, language) else {
      ts_parser_delete(parser)
      throw .incompatibleGrammar(
        name: grammar.name, found: Int(ts_language_version(language)),
        expected: Int(TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION)...Int(TREE_SITTER_LANGUAGE_VERSION))
    }
    self.grammar = grammar
    self.parser = parser
  }

  deinit { ts_parser_delete(parser) }

  /// Parses `source` as the grammar's dialect has it read; a text with mistakes has a tree too. About 5 MB/s.
  ///
  /// Throws `inputTooLarge` beyond `byteLimit`, `noTree` if the runtime gives up, as it does at the deadline, or a hundred times
  /// later than it should be done: on some broken texts it never is, and takes up more and more memory.
  public func parse(_ source: [UInt8]) throws(SyntaxError) -> SyntaxTree {
    guard source.count <= Self.byteLimit else {
      throw .inputTooLarge(given: source.count, limit: Self.byteLimit)
    }
    // A new scanner for each text: some do not take back all of their state when a parse starts, and would remember the
    // last text (`inside_f_string` of tree-sitter-python 0.23).
    _ = ts_parser_set_language(parser, OpaquePointer(grammar.library.runtimeLanguage))
    grammar.library.enterRuntime()
    let seen = grammar.reading.apply(source)
    let patience = Duration.seconds(10) + .microseconds(20) * seen.count
    let left = min(deadline.map { ContinuousClock.now.duration(to: $0) } ?? patience, patience)
    // The runtime takes 0 for no limit.
    ts_parser_set_timeout_micros(parser, UInt64(max(1, left / .microseconds(1))))
    // An empty array has no address, but the runtime wants one.
    let tree = (seen.isEmpty ? [0] : seen).withUnsafeBytes {
      ts_parser_parse_string(
        parser, nil, $0.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(seen.count))
    }
    guard let tree else {
      ts_parser_reset(parser)
      throw .noTree
    }
    return SyntaxTree(tree, source: source, grammar: grammar)
  }

  /// Whether the runtime parses `source` without ERROR and MISSING nodes; a text that cannot be parsed is not accepted.
  public func accepts(_ source: [UInt8]) -> Bool {
    (try? parse(source))?.isClean ?? false
  }
}
