public import Denoiser

/// How a run fills its holes.
public struct SamplerOptions: Sendable {
  public enum Order: String, Sendable, CaseIterable {
    /// The most confident positions of a hole first.
    case confidence
    /// From left to right.
    case leftToRight = "left-to-right"
  }

  public var order: Order = .confidence
  /// Passes of the model over the whole run; nil for one per token, 0 for shortest completions alone.
  public var steps: Int?
  /// Commit every position that is at least this confident, the quota at the least; nil for the quota alone.
  public var threshold: Float?
  /// 0 takes the likeliest token; above, tokens are drawn.
  public var temperature: Float = 0
  public var seed: UInt64 = 0
  /// Masks that a hole may gain, as a fraction of its length and at least `minimalGrowth`.
  public var growth: Double = 0.5
  public static let minimalGrowth = 8
  /// Tokens that one pass sees at the most, positions of the hole and context together; a model may take fewer.
  public var canvas = 512
  /// In how many passes the model looks at a position before the frontier may have to pass it. Where passes are few,
  /// parts of the hole that do not fit into one canvas are looked at side by side.
  public var looks = 2
  /// Whether the context of a hole is computed in every pass; nil for exact up to `exactCanvas` tokens.
  public var contextReuse: ContextReuse?
  /// Up to so many tokens, computing all of them is cheap.
  public static let exactCanvas = 512
  /// White space in a row, so that a run cannot stall on it.
  public var blankLimit = 2
  /// How often the same few tokens may follow themselves.
  public var repetitionLimit = 3
  /// Whether the model may leave positions of a hole empty.
  public var mayShorten = true

  public init() {}
}
