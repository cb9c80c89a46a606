/// What happened in a run; one line of a trace.
public struct TraceEvent: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// A token was committed at the frontier, for good.
    case commit
    /// A token was placed ahead of the frontier.
    case island
    /// A placed token did not fit when the frontier reached it.
    case remask
    /// Masks were added to the hole.
    case grow
    /// The hole was closed: by its own tokens, or with a shortest completion.
    case close
    case complete
    /// The finished text was refused; what follows is a new run.
    case reject
  }

  public var step: Int
  public var hole: Int
  public var kind: Kind
  public var position: Int
  public var token: String?
  /// The token's probability, renormalised over the candidates that were not refused before it: a lower bound of its
  /// probability under the mask.
  public var confidence: Float?
  /// What the mask refused before this token was found.
  public var refused: [String]?

  public init(
    step: Int, hole: Int, kind: Kind, position: Int, token: String? = nil, confidence: Float? = nil,
    refused: [String]? = nil
  ) {
    self.step = step
    self.hole = hole
    self.kind = kind
    self.position = position
    self.token = token
    self.confidence = confidence
    self.refused = refused
  }
}
