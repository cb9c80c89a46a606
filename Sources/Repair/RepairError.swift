/// Why nothing can be repaired with a grammar.
public enum RepairError: Error, Equatable, CustomStringConvertible {
  /// A rewrite in the grammar's folder is no regular expression.
  case badRewrite(grammar: String, pattern: String)
  /// A pattern of the diagnostics in the grammar's folder is no regular expression.
  case badPattern(grammar: String, pattern: String)
  case grammar(name: String, reason: String)

  public var description: String {
    switch self {
    case .badRewrite(let grammar, let pattern):
      "\(grammar): dialect.yml: expected a regular expression in repairs, found '\(pattern)'"
    case .badPattern(let grammar, let pattern):
      "\(grammar): grammar.yml: expected a regular expression in diagnostics, found '\(pattern)'"
    case .grammar(let name, let reason): "\(name): \(reason)"
    }
  }
}
