public import Diffusion

/// Why a file's holes could not be filled.
///
/// Lines count from 1, in the file as it was given.
public enum GenerationError: Error, CustomStringConvertible {
  /// A marker's length is not a number of tokens.
  case malformedMarker(line: Int, found: String)
  case tooManyHoles(limit: Int, found: Int)
  /// The text has no marker, and no function was named.
  case noHole
  case functionNotFound(name: String)
  /// The function has a body that says more than `pass` or `...`.
  case functionHasBody(name: String, line: Int)
  /// The grammar's description does not say how functions look.
  case functionsUnknown(grammar: String)
  /// The text around the holes cannot be completed, whatever is written in them. `failure` is the line where it stops
  /// making sense, if that is before the first hole.
  case cannotBeCompleted(hole: Int, failure: Int?)
  /// No text was found for the hole, though the grammar promises one.
  case holeCannotBeClosed(line: Int)
  /// Everything that was written was refused by the runtime or by the dialect.
  case rejected(line: Int, attempts: Int)
  case diffusion(DiffusionError)

  /// Whether the request or the configuration is wrong, not the text around the holes.
  public var isUsage: Bool {
    switch self {
    case .cannotBeCompleted, .holeCannotBeClosed, .rejected: false
    default: true
    }
  }

  /// The line that the error is about, if there is one.
  public var line: Int? {
    switch self {
    case .malformedMarker(let line, _), .functionHasBody(_, let line), .holeCannotBeClosed(let line),
      .rejected(let line, _):
      line
    case .cannotBeCompleted(let hole, let failure): failure ?? hole
    default: nil
    }
  }

  public var description: String {
    switch self {
    case .malformedMarker(_, let found):
      "expected <<fill>> or <<fill:N>> with N from 1 to \(Markers.greatestLength) tokens, found '\(found)'"
    case .tooManyHoles(let limit, let found): "expected at most \(limit) markers, found \(found)"
    case .noHole: "expected a marker <<fill>> in the text or a function to fill, found neither"
    case .functionNotFound(let name): "expected a function '\(name)', found none that a body would complete"
    case .functionHasBody(let name, _):
      "expected the function '\(name)' to have no body, or one that is empty, '...' or 'pass'; found statements"
    case .functionsUnknown(let grammar):
      "expected the key 'functions' in the description of the grammar \(grammar), found none"
    case .cannotBeCompleted(let hole, nil):
      "nothing that could be written in the hole in line \(hole) makes the text around it parse"
    case .cannotBeCompleted: "expected text that could be completed, found a syntax error before the first hole"
    case .holeCannotBeClosed: "no text was found that closes the hole"
    case .rejected(_, let attempts): "the parser refused what was written, \(attempts) times"
    case .diffusion(let error): error.description
    }
  }
}
