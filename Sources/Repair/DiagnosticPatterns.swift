import Foundation
import Grammar

/// The `diagnostics` of a grammar's description, ready to be applied.
struct DiagnosticPatterns: Sendable {
  private let error: String
  private let meaning: [NSRegularExpression]
  private let undecided: [NSRegularExpression]
  private static let file = "{}"

  init(_ patterns: GrammarDescription.Diagnostics, grammar: String) throws(RepairError) {
    error = patterns.error
    _ = try Self.compiled(error.replacingOccurrences(of: Self.file, with: "file"), grammar)
    var lists: [[NSRegularExpression]] = []
    for list in [patterns.meaning, patterns.undecided] {
      var compiled: [NSRegularExpression] = []
      for pattern in list ?? [] { compiled.append(try Self.compiled(pattern, grammar)) }
      lists.append(compiled)
    }
    (meaning, undecided) = (lists[0], lists[1])
  }

  private static func compiled(_ pattern: String, _ grammar: String) throws(RepairError) -> NSRegularExpression {
    do {
      return try NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
    } catch {
      throw .badPattern(grammar: grammar, pattern: pattern)
    }
  }

  /// An error that a command reports: where, from 1, and why.
  struct Complaint {
    var line: Int
    var column: Int
    var message: String
  }

  /// The errors in the file at `path` that `output` reports.
  func complaints(_ output: String, path: String) -> [Complaint] {
    let file = NSRegularExpression.escapedPattern(for: path)
    let pattern = error.replacingOccurrences(of: Self.file, with: file)
    guard let expression = try? NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines]) else { return [] }
    return expression.matches(in: output, range: NSRange(output.startIndex..., in: output)).map { match in
      let groups = (1..<4).map { group in
        guard group < match.numberOfRanges, let range = Range(match.range(at: group), in: output) else { return "" }
        return String(output[range])
      }
      return Complaint(line: Int(groups[0]) ?? 0, column: Int(groups[1]) ?? 1, message: groups[2])
    }
  }

  /// What complaints about `text` mean. What no pattern explains counts as a mistake of syntax.
  func verdict(_ complaints: [Complaint], on text: [UInt8]) -> ReferenceJudge.Verdict? {
    func isOf(_ patterns: [NSRegularExpression], _ message: String) -> Bool {
      patterns.contains { $0.firstMatch(in: message, range: NSRange(message.startIndex..., in: message)) != nil }
    }
    if complaints.contains(where: { isOf(undecided, $0.message) }) { return nil }
    guard let first = complaints.first(where: { !isOf(meaning, $0.message) }) else { return .wrongMeaning }
    return .rejected(offset: offset(line: first.line, column: first.column, in: text))
  }

  /// The offset of a line and a column, both from 1; nil for a line that the text does not have.
  private func offset(line: Int, column: Int, in text: [UInt8]) -> Int? {
    guard line >= 1 else { return nil }
    var start = 0
    for _ in 1..<max(line, 1) {
      guard let end = text[start...].firstIndex(of: 0x0A) else { return nil }
      start = end + 1
    }
    let end = text[start...].firstIndex(of: 0x0A) ?? text.count
    return min(start + max(column - 1, 0), end)
  }
}
