import Diffusion
import Syntax

/// The parts of a file's fixed text that its parser cannot make sense of, away from the holes.
///
/// A third of released C files have ERROR nodes, mostly for macros. To write into such a file, what stands in these nodes
/// is hidden: the constraint sees blanks in its place, so that offsets and lines stay. The finished text has it again, and
/// must have the errors that the file had, at the same bytes, and no other.
///
/// Offsets are those of the fixed text, in which a hole is a place between two bytes.
struct OpaqueSpans {
  /// What is hidden, in no order.
  private var spans: [Range<Int>] = []
  /// The ERROR and MISSING nodes, at any depth, that touch no hole.
  private let errors: Set<Mark>
  /// Those that a hole is in the midst of.
  private let around: Set<Mark>

  private struct Mark: Hashable {
    var range: Range<Int>
    var isMissing: Bool
  }

  /// What may be hidden.
  enum Reach: CaseIterable {
    /// Errors that no hole is in.
    case apart
    /// Of an error that a hole is in, all that is not around the hole: one ERROR node can span half a file.
    case around
  }

  /// How often what is hidden is widened: hiding a node can leave one around it that is incomplete.
  private static let rounds = 8

  /// Nil if there is nothing to hide around the holes of `canvas`, or nothing that no hole is in. O(text) for each round.
  init?(_ canvas: Canvas, _ parser: SyntaxParser, _ reach: Reach) {
    let holes = Self.places(canvas)
    var text = canvas.prefix + canvas.segments.joined()
    guard var tree = try? parser.parse(text) else { return nil }
    let marks = Self.marks(in: tree)
    errors = Set(marks.filter { mark in !holes.contains { mark.range.touches($0) } })
    around = Set(marks.filter { mark in holes.contains { mark.range.surrounds($0) } })
    for _ in 0..<Self.rounds {
      let new = tree.errors().flatMap { Self.spans(hiding: $0, holes, reach) }
      if new.isEmpty { break }
      for span in new { Self.hide(span, in: &text) }
      spans += new
      guard let next = try? parser.parse(text) else { return nil }
      tree = next
    }
    if spans.isEmpty { return nil }
  }

  /// What is hidden for the error `node`: the smallest node around it that has any text, or parts of it; empty if a hole
  /// is in the way.
  private static func spans(hiding node: SyntaxNode, _ holes: [Int], _ reach: Reach) -> [Range<Int>] {
    var node = node
    while node.isMissing || node.bytes.allSatisfy(isBlank) {
      guard let parent = node.parent else { return [] }
      node = parent
    }
    if !holes.contains(where: { node.byteRange.touches($0) }) { return [node.byteRange] }
    guard reach == .around, node.isError else { return [] }
    return node.children.filter { child in
      !child.bytes.allSatisfy(isBlank) && !holes.contains { child.byteRange.touches($0) }
    }.map(\.byteRange)
  }

  private static func marks(in tree: SyntaxTree) -> [Mark] {
    var marks: [Mark] = []
    var cursor = tree.root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.isError || node.isMissing { marks.append(Mark(range: node.byteRange, isMissing: node.isMissing)) }
      return node.hasError
    }
    return marks
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func hide(_ range: Range<Int>, in text: inout [UInt8]) {
    for index in range where !isBlank(text[index]) { text[index] = 0x20 }
  }

  /// Where the holes are.
  private static func places(_ canvas: Canvas) -> [Int] {
    var place = canvas.prefix.count
    return canvas.segments.map { segment in
      defer { place += segment.count }
      return place
    }
  }

  /// The canvas that the constraint sees.
  func hidden(_ canvas: Canvas) -> Canvas {
    var text = canvas.prefix + canvas.segments.joined()
    for span in spans { Self.hide(span, in: &text) }
    return Canvas(text, holes: Self.places(canvas).map { $0..<$0 }, lengths: canvas.lengths, canvas.needsText)
  }

  /// Whether a finished text has the errors of the file, where they were, and none else: none in a hole or at its ends.
  /// `holes` are ranges of the text. Errors that a hole is in the midst of may be gone.
  func areKept(in tree: SyntaxTree, holes: [Range<Int>]) -> Bool {
    var left = errors
    for mark in Self.marks(in: tree) {
      var old = mark
      // What has been written moved it, or is in it.
      var lower = mark.range.lowerBound
      var upper = mark.range.upperBound
      for hole in holes {
        if hole.upperBound < mark.range.lowerBound {
          lower -= hole.count
          upper -= hole.count
        } else if mark.range.lowerBound < hole.lowerBound && hole.upperBound < mark.range.upperBound {
          upper -= hole.count
        } else if hole.lowerBound <= mark.range.upperBound {
          return false
        }
      }
      old.range = lower..<upper
      if left.remove(old) == nil, !around.contains(old) { return false }
    }
    return left.isEmpty
  }
}

extension Range<Int> {
  /// Whether `place` is in the range or at one of its ends.
  fileprivate func touches(_ place: Int) -> Bool { lowerBound <= place && place <= upperBound }
  /// Whether `place` is in the range and at none of its ends.
  fileprivate func surrounds(_ place: Int) -> Bool { lowerBound < place && place < upperBound }
}

extension Canvas {
  fileprivate init(_ text: [UInt8], holes: [Range<Int>], lengths: [Int], _ needsText: Bool) {
    self.init(text, holes: holes, lengths: lengths)
    self.needsText = needsText
  }
}
