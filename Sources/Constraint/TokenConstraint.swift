public import Recognition
public import Vocabulary

/// Which tokens of a vocabulary may stand at the frontier of a text with holes.
///
/// Two interfaces, one meaning: `permits` decides one token, `mask` all of them. Drawing candidates in the order of
/// their (perturbed) logits and taking the first that `permits` allows is drawing from the masked and renormalised
/// distribution.
public final class TokenConstraint {
  public let recogniser: HoleRecogniser
  public let paths: TokenPaths
  public var vocabulary: Vocabulary { paths.vocabulary }

  /// - Parameter paths: those of the recogniser's language; shared between constraints, since they learn.
  public init(_ recogniser: HoleRecogniser, _ paths: TokenPaths) {
    self.recogniser = recogniser
    self.paths = paths
  }

  /// Whether `token` may come next. A token without bytes may not.
  public func permits(_ token: TokenID) -> Bool {
    !vocabulary.isSpecial(token) && recogniser.canAppend(vocabulary.bytes(of: token))
  }

  /// Appends `token` if it may come next.
  public func commit(_ token: TokenID) -> Bool {
    !vocabulary.isSpecial(token) && recogniser.append(vocabulary.bytes(of: token))
  }

  /// All tokens that may come next, special ones left out. For the cost see `HoleRecogniser.mask`.
  public func mask() -> TokenMask { recogniser.mask(paths) }
}
