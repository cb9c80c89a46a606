/// Replaces some bytes of a text by others.
public struct TextEdit: Hashable, Sendable {
  /// Bytes of the text before the edit.
  public var range: Range<Int>
  public var replacement: [UInt8]

  public init(_ range: Range<Int>, _ replacement: [UInt8]) {
    self.range = range
    self.replacement = replacement
  }

  public init(_ range: Range<Int>, _ replacement: String) { self.init(range, Array(replacement.utf8)) }

  /// From the first of these edits of `text` to the last, which are in the order of the text and do not overlap; nil if
  /// nothing changes.
  init?(joining parts: [TextEdit], of text: [UInt8]) {
    guard let first = parts.first, let last = parts.last else { return nil }
    var bytes: [UInt8] = []
    var position = first.range.lowerBound
    for part in parts {
      bytes += text[position..<part.range.lowerBound]
      bytes += part.replacement
      position = part.range.upperBound
    }
    self.init(first.range.lowerBound..<last.range.upperBound, bytes)
    if range.isEmpty, replacement.isEmpty { return nil }
  }

  /// How much longer the text becomes.
  var growth: Int { replacement.count - range.count }
}

/// Edits of one text, made one after the other, as their sum: what is kept of the original and what stands between.
public struct EditScript: Hashable, Sendable {
  private enum Segment: Hashable, Sendable {
    case kept(Range<Int>)
    case written([UInt8])
  }
  private var segments: [Segment]
  private let originalCount: Int

  /// No edits of a text of `count` bytes.
  init(count: Int) {
    originalCount = count
    segments = [.kept(0..<count)]
  }

  /// These edits of a text of `count` bytes, whose ranges do not overlap, in the order of the text.
  init(count: Int, _ edits: [TextEdit]) {
    self.init(count: count)
    add(edits)
  }

  /// Adds edits of one text that do not overlap, in the order of that text.
  mutating func add(_ edits: [TextEdit]) {
    for edit in edits.reversed() { add(edit) }
  }

  /// Adds an edit whose range is one of the text that the edits so far have made. O(edits).
  mutating func add(_ edit: TextEdit) {
    var result: [Segment] = []
    var position = 0
    var isWritten = false
    for segment in segments {
      let count =
        switch segment {
        case .kept(let range): range.count
        case .written(let bytes): bytes.count
        }
      let head = max(0, min(count, edit.range.lowerBound - position))
      let tail = max(0, min(count, position + count - edit.range.upperBound))
      switch segment {
      case .kept(let range):
        if head > 0 { result.append(.kept(range.prefix(head))) }
      case .written(let bytes):
        if head > 0 { result.append(.written(Array(bytes.prefix(head)))) }
      }
      if !isWritten, position + count >= edit.range.lowerBound {
        isWritten = true
        if !edit.replacement.isEmpty { result.append(.written(edit.replacement)) }
      }
      // A segment wholly before the edit has been taken as its head.
      if position + count > edit.range.upperBound, tail > 0, position + head < position + count {
        switch segment {
        case .kept(let range): result.append(.kept(range.suffix(tail)))
        case .written(let bytes): result.append(.written(Array(bytes.suffix(tail))))
        }
      }
      position += count
    }
    if !isWritten, !edit.replacement.isEmpty { result.append(.written(edit.replacement)) }
    segments = result
  }

  /// The edits in the order of the text; ranges are those of the original, and no two touch.
  public var edits: [TextEdit] {
    var edits: [TextEdit] = []
    var position = 0
    var pending: [UInt8] = []
    for segment in segments + [.kept(originalCount..<originalCount)] {
      switch segment {
      case .written(let bytes): pending += bytes
      case .kept(let range):
        if range.lowerBound > position || !pending.isEmpty {
          edits.append(TextEdit(position..<range.lowerBound, pending))
        }
        pending = []
        position = range.upperBound
      }
    }
    return edits
  }

  /// The text that `edits` make of `original`. O(bytes).
  public static func apply(_ edits: [TextEdit], to original: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    for edit in edits {
      result += original[position..<edit.range.lowerBound]
      result += edit.replacement
      position = edit.range.upperBound
    }
    return result + original[position...]
  }
}
