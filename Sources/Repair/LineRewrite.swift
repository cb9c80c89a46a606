import Foundation
import Grammar

/// A rewrite from the grammar's folder, ready to be tried on the lines around a failure.
struct LineRewrite {
  private let expression: NSRegularExpression
  private let replacement: String
  private let cost: Double

  /// Throws `badRewrite` if the pattern is no regular expression.
  init(_ rewrite: RepairHints.Rewrite, grammar: String) throws(RepairError) {
    do {
      expression = try NSRegularExpression(pattern: rewrite.pattern, options: [.anchorsMatchLines])
    } catch {
      throw .badRewrite(grammar: grammar, pattern: rewrite.pattern)
    }
    replacement = rewrite.replacement
    cost = rewrite.cost ?? 1
  }

  /// Every match in the failure's line and the one before. O(bytes of the lines).
  func candidates(_ place: Place, _ add: EditGenerator.Add) {
    for line in place.linesAround {
      // Very long lines are looked at near the failure only.
      var range = line.whole.lowerBound..<line.whole.upperBound
      if range.count > 4_000 {
        range = max(range.lowerBound, place.failure - 1_500)..<min(range.upperBound, place.failure + 1_500)
      }
      let bytes = place.text[range]
      guard let text = String(validating: bytes, as: UTF8.self) else { continue }
      let string = text as NSString
      for match in expression.matches(in: text, range: NSRange(location: 0, length: string.length)) {
        guard let found = Range(match.range, in: text) else { continue }
        let start = range.lowerBound + text.utf8.distance(from: text.startIndex, to: found.lowerBound)
        let end = range.lowerBound + text.utf8.distance(from: text.startIndex, to: found.upperBound)
        let written = expression.replacementString(for: match, in: text, offset: 0, template: replacement)
        let distance = Double(min(abs(start - place.failure), abs(end - place.failure))) * 0.002
        add(TextEdit(start..<end, written), cost + distance + (line.holdsFailure ? 0 : 0.1))
      }
    }
  }
}
