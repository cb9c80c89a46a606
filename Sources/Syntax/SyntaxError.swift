/// Why a text could not be parsed or a query not be compiled.
public enum SyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The runtime does not take the grammar: its ABI is outside the range that the runtime was built for.
  case incompatibleGrammar(name: String, found: Int, expected: ClosedRange<Int>)
  /// The input has more bytes than the runtime's 32-bit offsets can address safely.
  case inputTooLarge(given: Int, limit: Int)
  /// The runtime gave up without a tree, as it does on a text on which it would not come to an end.
  case noTree
  /// A dialect names a validator that does not exist.
  case unknownValidator(grammar: String, found: String)
  /// A query is wrong at a line and column (from 1, in bytes) of its text.
  case query(line: Int, column: Int, expected: String, found: String)

  public var description: String {
    switch self {
    case .incompatibleGrammar(let name, let found, let expected):
      "grammar \(name): expected tree-sitter ABI \(expected.lowerBound) to \(expected.upperBound), found \(found)"
    case .inputTooLarge(let given, let limit):
      "input too large: expected at most \(limit) bytes, found \(given)"
    case .noTree:
      "the tree-sitter runtime gave up and returned no tree"
    case .unknownValidator(let grammar, let found):
      "dialect of \(grammar): expected the validator 'json' or none, found '\(found)'"
    case .query(let line, let column, let expected, let found):
      "query line \(line), column \(column): expected \(expected), found \(found)"
    }
  }
}
