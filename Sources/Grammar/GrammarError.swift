/// What goes wrong with grammars: finding, installing, loading and describing them.
public enum GrammarError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No store has a grammar of this name.
  case unknownGrammar(name: String, installed: [String])
  /// A file or folder cannot be read, written or made.
  case fileAccess(path: String, reason: String)
  /// A cache file that is damaged or belongs to another version or build.
  case invalidTables(path: String, expected: String, found: String)
  /// A grammar of an ABI that is not read.
  case unsupportedABI(path: String, found: Int, supported: ClosedRange<Int>)
  /// A folder that holds no tree-sitter grammar.
  case notAGrammar(path: String, expected: String, found: String)
  /// The C compiler is missing or refuses the grammar.
  case compilerFailed(command: String, message: String)
  /// A compiled grammar that the dynamic linker refuses.
  case loadFailed(path: String, reason: String)
  /// A lexer or table beyond what the automata can express.
  case limitExceeded(grammar: String, what: String, given: Int, limit: Int)
  /// A lexer that does not behave like an automaton.
  case irregularLexer(grammar: String, state: Int)
  /// A mistake in `grammar.yml` or `dialect.yml`; `line` counts from 1.
  case invalidDescription(path: String, line: Int, expected: String, found: String)

  public var description: String {
    switch self {
    case .unknownGrammar(let name, let installed):
      let known = installed.isEmpty ? "none" : installed.joined(separator: ", ")
      return "no grammar named '\(name)' is installed (installed: \(known))"
    case .fileAccess(let path, let reason):
      return "\(path): \(reason)"
    case .invalidTables(let path, let expected, let found):
      return "\(path): expected \(expected), found \(found); install the grammar again"
    case .unsupportedABI(let path, let found, let supported):
      return "\(path): expected a grammar of ABI \(supported.lowerBound) to \(supported.upperBound), found ABI \(found)"
    case .notAGrammar(let path, let expected, let found):
      return "\(path): expected \(expected), found \(found)"
    case .compilerFailed(let command, let message):
      return "the C compiler failed: \(command)\n\(message)"
    case .loadFailed(let path, let reason):
      return "\(path): cannot be loaded: \(reason)"
    case .limitExceeded(let grammar, let what, let given, let limit):
      return "grammar \(grammar): \(given) \(what), at most \(limit) are supported"
    case .irregularLexer(let grammar, let state):
      return "grammar \(grammar): lexer state \(state) is not that of an automaton"
    case .invalidDescription(let path, let line, let expected, let found):
      return "\(path):\(line): expected \(expected), found \(found)"
    }
  }
}
