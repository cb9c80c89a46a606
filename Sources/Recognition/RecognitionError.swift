/// Why a grammar's folder cannot be used for recognition.
public enum RecognitionError: Error, CustomStringConvertible {
  /// A description or dialect names a symbol that the grammar does not have.
  case unknownSymbol(grammar: String, name: String)
  /// Rules about children name more groups of kinds, or take more states or symbols, than can be numbered.
  case tooManyStates(grammar: String)
  /// A terminal pattern is not in the supported subset of regular expressions.
  case badPattern(expression: String, offset: Int, expected: String)

  public var description: String {
    switch self {
    case .unknownSymbol(let grammar, let name):
      "grammar '\(grammar)': the description or dialect names '\(name)', which is no symbol of the grammar"
    case .tooManyStates(let grammar):
      "grammar '\(grammar)': the dialect's rules about children name more than 256 groups of kinds or take more than 65,535 states"
    case .badPattern(let expression, let offset, let expected):
      "terminal pattern '\(expression)': expected \(expected) at offset \(offset)"
    }
  }
}
