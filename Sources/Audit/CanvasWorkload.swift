import Diffusion
public import Grammar
import Recognition
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
  private let language: Language
  private let tokenizer: Tokenizer

  public init(
    _ grammar: Grammar, _ tokenizer: Tokenizer, positions: Int, committed: Double
  ) throws {
    parser = try SyntaxParser(grammar)
    language = try Language(grammar)
    self.tokenizer = tokenizer
    self.positions = positions
    self.committed = committed
  }

  /// What happens along the way from a canvas to its text.
  public enum Step {
    /// The canvas was read and found completable, or not.
    case check(gaps: Int, masked: Int, isCompletable: Bool)
    /// A true terminal was committed somewhere, or refused.
    case commit(isAllowed: Bool)
  }

  /// Masks a part of `text` and writes its true terminals in random order; goes on where one is refused.
  ///
  /// - Parameter seed: of the gaps and the order.
  /// - Returns: whether the text is clean and long enough to have such a canvas.
  public func walk(_ text: [UInt8], seed: UInt64, visit: (Step, Duration) -> Void) -> Bool {
    var generator = SeededGenerator(seed: seed)
    let gaps = gaps(in: text, using: &generator)
    guard let first = gaps.first else { return false }
    let ends = gaps.dropFirst().map(\.range.lowerBound) + [text.count]
    let segments = zip(gaps, ends).map { Array(text[$0.range.upperBound..<$1]) }
    let masked = gaps.reduce(0) { $0 + tokenizer.encode(text[$1.range]).count }

    let clock = ContinuousClock()
    var began = clock.now
    let canvas = CanvasRecogniser(language, prefix: Array(text[..<first.range.lowerBound]), segments: segments)
    visit(.check(gaps: gaps.count, masked: masked, isCompletable: canvas.isCompletable), clock.now - began)
    if !canvas.isCompletable { return true }
    var open = gaps
    while let gap = open.indices.filter({ open[$0].mayBeWritten }).randomElement(using: &generator) {
      let index = open[gap].terminals.indices.filter { !open[gap].refused.contains(open[gap].terminals[$0]) }
        .randomElement(using: &generator)!
      let (range, left, right) = open[gap].writing(index)
      began = clock.now
      let isAllowed = canvas.commit(
        Array(text[range]), in: gap, leavesLeft: left != nil, leavesRight: right != nil)
      visit(.commit(isAllowed: isAllowed), clock.now - began)
      if isAllowed {
        open.replaceSubrange(gap...gap, with: [left, right].compactMap { $0 })
      } else {
        open[gap].refused.insert(open[gap].terminals[index])
      }
    }
    return true
  }

  /// A run of masked terminals with the padding between them.
  private struct Gap {
    var range: Range<Int>
    var terminals: [Range<Int>]
    var refused: Set<Range<Int>> = []

    var mayBeWritten: Bool { terminals.contains { !refused.contains($0) } }

    /// What is written where terminal `index` is, and the gaps that stay beside it. Padding belongs to a gap if one stays.
    func writing(_ index: Int) -> (text: Range<Int>, left: Gap?, right: Gap?) {
      let terminal = terminals[index]
      let isFirst = index == 0
      let isLast = index == terminals.count - 1
      return (
        (isFirst ? range.lowerBound : terminal.lowerBound)..<(isLast ? range.upperBound : terminal.upperBound),
        isFirst
          ? nil
          : Gap(range: range.lowerBound..<terminal.lowerBound, terminals: Array(terminals[..<index]), refused: refused),
        isLast
          ? nil
          : Gap(
            range: terminal.upperBound..<range.upperBound, terminals: Array(terminals[(index + 1)...]), refused: refused
          )
      )
    }
  }

  /// Gaps in a random part of the text, none of whose terminals changes the context of the text behind it.
  private func gaps(in text: [UInt8], using generator: inout SeededGenerator) -> [Gap] {
    guard let tree = try? parser.parse(text), tree.isClean else { return [] }
    let leaves = tree.terminals
    let counts = leaves.map { tokenizer.encode(text[$0]).count }
    guard counts.reduce(0, +) > positions else { return [] }
    let boundaries = TerminalBoundaries(language, text)
    var terminal = Int.random(in: 0..<leaves.count, using: &generator)
    while counts[terminal...].reduce(0, +) < positions { terminal /= 2 }
    var gaps: [Gap] = []
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
        gaps[gaps.count - 1].range = gaps[gaps.count - 1].range.lowerBound..<range.upperBound
        gaps[gaps.count - 1].terminals.append(range)
      } else if isMasked {
        gaps.append(Gap(range: range, terminals: [range]))
      }
      isJoined = isMasked
    }
    return gaps
  }
}
