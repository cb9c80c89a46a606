import Vocabulary

/// Why a model cannot be loaded or asked.
public enum DenoiserError: Error, Equatable, CustomStringConvertible {
  /// A file cannot be read.
  case unreadable(file: String, reason: String)
  /// A file of the model is not what it has to be; `key` is the place inside the file.
  case malformed(file: String, key: String, expected: String, found: String)
  /// The tokenizer cannot be used.
  case tokenizer(VocabularyError)
  /// More tokens at once than the model was made for.
  case tooLong(tokens: Int, limit: Int)
  /// A token that the model does not have.
  case unknownToken(TokenID, vocabularySize: Int)
  /// A position outside the canvas.
  case unknownPosition(Int, tokens: Int)
  /// An element type that is none, or that the processor does not have.
  case precision(String, supported: [String])

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .malformed(let file, let key, let expected, let found):
      "\(file): \(key): expected \(expected), found \(found)"
    case .tokenizer(let error): error.description
    case .tooLong(let tokens, let limit): "the model takes at most \(limit) tokens at once, found \(tokens)"
    case .unknownToken(let token, let size):
      "expected a token below \(size), found \(token.rawValue)"
    case .unknownPosition(let position, let tokens):
      "expected a position below \(tokens), found \(position)"
    case .precision(let name, let supported):
      "precision: expected one of \(supported.joined(separator: ", ")), which this processor has, found '\(name)'"
    }
  }
}
