import Constraint
import Diffusion
public import Grammar
public import Recognition
import Syntax
public import Vocabulary

/// Canvases of real files: a part of the text in which terminals are masked at random, and all the fixed text around.
///
/// Terminals are masked whole, as a terminal that starts in a hole may not run into the text behind it.
public struct CanvasWorkload {
  /// Tokens of the part in which terminals are masked.
  private let positions: Int
  /// How many of them are committed, from 0 to 1.
  private let committed: Double
  private let parser: SyntaxParser
  private let paths: TokenPaths
  private let tokenizer: Tokenizer

  /// - Parameter paths: those of the grammar and the tokenizer's vocabulary.
  public init(
    _ grammar: Grammar, _ paths: TokenPaths, _ tokenizer: Tokenizer, positions: Int, committed: Double
  ) throws {
    parser = try SyntaxParser(grammar)
    self.paths = paths
    self.tokenizer = tokenizer
    self.positions = positions
    self.committed = committed
  }

  /// What happens along the way from a canvas to its text.
  public enum Step {
    /// The canvas was read and found completable, or not.
    case check(gaps: Int, masked: Int, isViable: Bool)
    /// A true token was committed at the frontier, or refused.
    case commit(isAllowed: Bool)
    /// A gap was closed, so that the text up to the next one is known to fit, or it could not be.
    case close(isAllowed: Bool)
  }

  /// Masks a part of `text` and fills it with the true tokens from left to right; ends where one is refused.
  ///
  /// - Parameter seed: of the gaps.
  /// - Returns: whether the text is clean and long enough to have such a canvas.
  public func walk(_ text: [UInt8], seed: UInt64, visit: (Step, Duration) -> Void) -> Bool {
    var generator = SeededGenerator(seed: seed)
    let gaps = gaps(in: text, using: &generator)
    guard let first = gaps.first else { return false }
    let ends = gaps.dropFirst().map(\.lowerBound) + [text.count]
    let prefix = Array(text[..<first.lowerBound])
    let segments = zip(gaps, ends).map { Array(text[$0.upperBound..<$1]) }
    let tokens = gaps.map { tokenizer.encode(text[$0]) }

    let clock = ContinuousClock()
    var began = clock.now
    let recogniser = HoleRecogniser(paths.language, prefix: prefix, segments: segments)
    let isViable = recogniser.isViable
    visit(
      .check(gaps: gaps.count, masked: tokens.reduce(0) { $0 + $1.count }, isViable: isViable), clock.now - began)
    if !isViable { return true }
    let constraint = TokenConstraint(recogniser, paths)
    for gap in tokens {
      for token in gap {
        began = clock.now
        let isAllowed = constraint.commit(token)
        visit(.commit(isAllowed: isAllowed), clock.now - began)
        if !isAllowed { return true }
      }
      began = clock.now
      let isClosed = recogniser.close()
      visit(.close(isAllowed: isClosed), clock.now - began)
      if !isClosed { return true }
    }
    return true
  }

  /// Runs of masked terminals with the padding between them, none of which changes the context of the text behind it.
  private func gaps(in text: [UInt8], using generator: inout SeededGenerator) -> [Range<Int>] {
    guard let tree = try? parser.parse(text), tree.isClean else { return [] }
    let leaves = tree.terminals
    let counts = leaves.map { tokenizer.encode(text[$0]).count }
    guard counts.reduce(0, +) > positions else { return [] }
    let boundaries = TerminalBoundaries(paths.language, text)
    var terminal = Int.random(in: 0..<leaves.count, using: &generator)
    while counts[terminal...].reduce(0, +) < positions { terminal /= 2 }
    var gaps: [Range<Int>] = []
    var seen = 0
    var isJoined = false
    while seen < positions {
      let range = leaves[terminal]
      seen += counts[terminal]
      terminal += 1
      let isMasked =
        Double.random(in: 0..<1, using: &generator) >= committed
        && boundaries.context(at: range.lowerBound) == boundaries.context(at: range.upperBound)
      if isMasked, isJoined {
        gaps[gaps.count - 1] = gaps[gaps.count - 1].lowerBound..<range.upperBound
      } else if isMasked {
        gaps.append(range)
      }
      isJoined = isMasked
    }
    return gaps
  }
}
