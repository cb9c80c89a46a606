public import Diffusion

/// What is to be written in a file: the text around the holes, and where they are.
public struct GenerationPlan: Sendable {
  public var canvas: Canvas
  /// The line of each hole in the given file, from 1.
  public var lines: [Int]

  public init(canvas: Canvas, lines: [Int]) {
    self.canvas = canvas
    self.lines = lines
  }
}

/// Markers in a text that stand for text to be written: `<<fill>>`, or `<<fill:40>>` for a hole of 40 tokens.
public enum Markers {
  static let start = Array("<<fill".utf8)
  static let end = Array(">>".utf8)
  /// The most tokens of one hole.
  public static let greatestLength = 4_096
  /// The most holes of one text.
  public static let greatestCount = 64

  /// Takes the markers out of `text`.
  ///
  /// - Parameter length: tokens of a hole whose marker names no number.
  /// - Returns: nil if there is none. O(text).
  public static func plan(_ text: [UInt8], length: Int) throws(GenerationError) -> GenerationPlan? {
    var holes: [Range<Int>] = []
    var lengths: [Int] = []
    var lines: [Int] = []
    var line = 1
    var index = 0
    while index < text.count {
      if text[index] == 0x0A { line += 1 }
      guard let marker = marker(in: text, at: index) else {
        index += 1
        continue
      }
      holes.append(marker)
      lines.append(line)
      let inner = text[marker].dropFirst(start.count).dropLast(end.count)
      if inner.isEmpty {
        lengths.append(length)
      } else if let number = Int(String(decoding: inner.dropFirst(), as: UTF8.self)), 1...greatestLength ~= number {
        lengths.append(number)
      } else {
        throw .malformedMarker(line: line, found: String(decoding: text[marker], as: UTF8.self))
      }
      index = marker.upperBound
    }
    guard holes.count <= greatestCount else { throw .tooManyHoles(limit: greatestCount, found: holes.count) }
    return holes.isEmpty ? nil : GenerationPlan(canvas: Canvas(text, holes: holes, lengths: lengths), lines: lines)
  }

  /// The marker that starts at `index`, with whatever stands between its colon and its end on the same line.
  private static func marker(in text: [UInt8], at index: Int) -> Range<Int>? {
    guard text[index...].starts(with: start) else { return nil }
    let inner = index + start.count
    if text[inner...].starts(with: end) { return index..<inner + end.count }
    guard inner < text.count, text[inner] == UInt8(ascii: ":") else { return nil }
    for position in inner..<min(inner + 24, text.count) {
      if text[position] == 0x0A { return nil }
      if text[position...].starts(with: end) { return index..<position + end.count }
    }
    return nil
  }
}
