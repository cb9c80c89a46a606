import Grammar
import Recognition

/// A text on the way to a repair: what has been changed, and where it fails to parse now.
struct SearchState {
  /// The stacks at a position between two terminals.
  struct Boundary {
    var position: Int
    var heads: [Head]
    /// No other parse is further ahead: what follows can be parsed from here.
    var isWhole: Bool
  }

  var text: [UInt8]
  /// The text as the parser sees it, as long; see `TextReading`.
  var seen: [UInt8]
  var script: EditScript
  var editCount: Int
  /// The kinds of the edits so far.
  var made: Set<EditKind> = []
  var cost: Double
  /// In the order of the text; the last are at the failure.
  var boundaries: [Boundary]
  /// Where the text stops to be of the language; nil if it is.
  var failure: Int?
  /// The whole text parses, and `failure` is what the dialect forbids besides.
  var isParsed: Bool

  /// What an edit changes in the text as the parser sees it: as the reading of what stands around it may change, so may
  /// some bytes there.
  func seen(_ edit: TextEdit, _ reading: TextReading) -> TextEdit {
    if reading.isPlain { return edit }
    let lower = Self.characterStart(text, edit.range.lowerBound - 2 * Self.readingReach)
    let upper = Self.characterStart(text, edit.range.upperBound + 2 * Self.readingReach)
    let bytes = reading.apply(
      text[lower..<edit.range.lowerBound] + edit.replacement + text[edit.range.upperBound..<upper])
    // The outer half has been read without all that stands around it.
    var head = max(0, edit.range.lowerBound - Self.readingReach - lower)
    var tail = max(0, upper - edit.range.upperBound - Self.readingReach)
    while lower + head < edit.range.lowerBound, bytes[head] == seen[lower + head] { head += 1 }
    while upper - tail > edit.range.upperBound, bytes[bytes.count - tail - 1] == seen[upper - tail - 1] { tail += 1 }
    return TextEdit(lower + head..<upper - tail, Array(bytes[head..<bytes.count - tail]))
  }

  /// The longest text, in bytes, that an entry of a reading looks at on both sides of a change.
  private static let readingReach = 32

  private static func characterStart(_ text: [UInt8], _ offset: Int) -> Int {
    var offset = min(max(offset, 0), text.count)
    while offset < text.count, offset > 0, text[offset] & 0xC0 == 0x80 { offset -= 1 }
    return offset
  }

  /// The boundary from which to parse again if the bytes from `offset` on change.
  ///
  /// Terminals look ahead, over blanks and line breaks where there is a layout rule: some are parsed again.
  func restart(before offset: Int) -> Int {
    var end = min(offset, text.count)
    while end > 0, PieceScanner.isBlank(text[end - 1]) { end -= 1 }
    var low = 0
    var high = boundaries.count
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle].position < end { low = middle + 1 } else { high = middle }
    }
    low = max(0, low - 3)
    while low > 0, !boundaries[low].isWhole { low -= 1 }
    return low
  }
}
