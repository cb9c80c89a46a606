public import Constraint
import Diffusion
public import Recognition
public import Vocabulary

/// Frontiers of real files: a hole is cut at the starts of lines and filled with its true tokens, one by one.
///
/// Used to time masks and to compare them with the check of single tokens.
public struct MaskWorkload {
  /// Frontiers per file at the most, and lines per hole.
  public var frontiers: Int
  public var lines: Int
  /// Whether the text behind a hole is left out, as where text is written left to right.
  public var isOpenEnded: Bool
  private let paths: TokenPaths
  private let tokenizer: Tokenizer
  private var generator: SeededGenerator

  public init(
    _ paths: TokenPaths, _ tokenizer: Tokenizer, frontiers: Int, lines: Int, isOpenEnded: Bool, seed: UInt64
  ) {
    self.paths = paths
    self.tokenizer = tokenizer
    self.frontiers = frontiers
    self.lines = lines
    self.isOpenEnded = isOpenEnded
    generator = SeededGenerator(seed: seed)
  }

  /// Calls `prepared` once the hole of `text` is cut, and `visit` at every frontier with the true token.
  ///
  /// - Returns: the frontiers visited. Text that cannot be completed has none; the walk ends where the true token is
  ///   refused, as in a text of another dialect.
  public mutating func walk(
    _ text: [UInt8], prepared: (HoleRecogniser, Duration) -> Void = { _, _ in },
    visit: (TokenConstraint, TokenID) throws -> Void
  ) rethrows -> Int {
    let starts = [0] + text.indices.filter { text[$0] == 0x0A }.map { $0 + 1 }
    let first = Int.random(in: 0..<starts.count, using: &generator)
    let start = starts[first]
    let end = starts[min(first + lines, starts.count - 1)]
    guard start < end else { return 0 }
    let clock = ContinuousClock()
    let began = clock.now
    let recogniser = HoleRecogniser(
      paths.language, prefix: Array(text[..<start]), segments: [isOpenEnded ? [] : Array(text[end...])])
    guard recogniser.isViable else { return 0 }
    prepared(recogniser, clock.now - began)
    let constraint = TokenConstraint(recogniser, paths)
    var count = 0
    for token in tokenizer.encode(text[start..<end]).prefix(frontiers) {
      try visit(constraint, token)
      count += 1
      guard constraint.commit(token) else { break }
    }
    return count
  }

  /// A token drawn from the vocabulary.
  public mutating func randomToken() -> TokenID {
    TokenID(Int.random(in: 0..<paths.vocabulary.count, using: &generator))
  }
}
