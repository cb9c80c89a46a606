import Vocabulary

/// Fixed text and holes: what a run starts from.
public struct Canvas: Sendable {
  /// The fixed text before the first hole.
  public var prefix: [UInt8]
  /// The fixed text behind each hole, up to the next one or the end of the file.
  public var segments: [[UInt8]]
  /// The number of positions of each hole.
  public var lengths: [Int]
  /// Whether white space alone fills no hole, though the text would parse.
  public var needsText = false

  public init(prefix: [UInt8], segments: [[UInt8]], lengths: [Int], needsText: Bool = false) {
    precondition(segments.count == lengths.count, "a hole has a length and text behind it")
    self.prefix = prefix
    self.segments = segments
    self.lengths = lengths
    self.needsText = needsText
  }

  /// Cuts `text` at `ranges`, which become holes; ascending and apart.
  public init(_ text: [UInt8], holes ranges: [Range<Int>], lengths: [Int]) {
    prefix = Array(text[..<(ranges.first?.lowerBound ?? text.count)])
    segments = ranges.indices.map { index in
      let end = index + 1 < ranges.count ? ranges[index + 1].lowerBound : text.count
      return Array(text[ranges[index].upperBound..<end])
    }
    self.lengths = lengths
  }
}

/// One position of a hole.
enum Cell: Equatable {
  case mask
  /// A token that the sampler chose; tentative until the frontier has passed it.
  case token(TokenID, confidence: Float)
}
