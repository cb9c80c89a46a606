import Foundation

/// How a text is seen by the parser where the grammar does not know a valid spelling: the dialect's `readAs`.
///
/// What is read keeps its length, so every offset holds in both texts. What comes out of a command has the bytes as
/// they were. Reading again what has been read changes nothing, if the entries are made so.
public struct TextReading: Sendable {
  private let entries: [(expression: NSRegularExpression, replacement: [UInt8])]

  /// Nothing is read as something else.
  public static let plain = TextReading()

  public var isPlain: Bool { entries.isEmpty }

  private init() { entries = [] }

  /// Throws the index of the first entry whose pattern is no regular expression.
  init(_ readings: [Dialect.Reading]) throws(Mistake) {
    var entries: [(NSRegularExpression, [UInt8])] = []
    for (index, reading) in readings.enumerated() {
      do {
        let expression = try NSRegularExpression(pattern: reading.pattern, options: [.anchorsMatchLines])
        entries.append((expression, Array(reading.replacement.utf8)))
      } catch {
        throw Mistake(index: index)
      }
    }
    self.entries = entries
  }

  struct Mistake: Error { var index: Int }

  /// `text` as the parser sees it. A match that has another length than its replacement, in bytes, stays.
  ///
  /// O(bytes), some 50 ns for each; nothing without entries.
  public func apply(_ text: [UInt8]) -> [UInt8] {
    if entries.isEmpty { return text }
    var result = text
    for (expression, replacement) in entries {
      guard let string = String(validating: result, as: UTF8.self) else { return result }
      for match in expression.matches(in: string, range: NSRange(location: 0, length: string.utf16.count)) {
        guard let range = Range(match.range, in: string) else { continue }
        let start = string.utf8.distance(from: string.startIndex, to: range.lowerBound)
        let end = string.utf8.distance(from: string.startIndex, to: range.upperBound)
        if end - start == replacement.count { result.replaceSubrange(start..<end, with: replacement) }
      }
    }
    return result
  }
}
