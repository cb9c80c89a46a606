import Reporting
import Syntax

/// The findings in one file as they come up; each rule tells of a place once.
struct FindingList {
  private let path: String
  private let source: [UInt8]
  private var lineStarts: [Int]?
  private var findings: [Finding] = []

  init(path: String, source: [UInt8]) {
    self.path = path
    self.source = source
  }

  mutating func add(_ rule: Rule, at node: SyntaxNode, suffix: String = "") {
    let start = node.start
    add(rule.id, rule.severity, rule.message + suffix, row: start.row, byteColumn: start.column)
  }

  mutating func add(_ rule: String, _ severity: Finding.Severity, _ message: String, row: Int, byteColumn: Int) {
    let start = lineStart(row)
    let end = min(start + byteColumn, source.count)
    let scalars = source[min(start, end)..<end].count { $0 & 0xC0 != 0x80 }
    add(rule, severity, message, row: row, scalarColumn: scalars)
  }

  mutating func add(_ rule: String, _ severity: Finding.Severity, _ message: String, row: Int, scalarColumn: Int) {
    findings.append(
      Finding(
        path: path, line: row + 1, column: scalarColumn + 1, severity: severity, message: message, rule: rule))
  }

  private mutating func lineStart(_ row: Int) -> Int {
    if lineStarts == nil {
      lineStarts = [0] + source.indices.lazy.filter { [source] in source[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }
    guard let lineStarts, row < lineStarts.count else { return source.count }
    return lineStarts[row]
  }

  /// By line, column, rule and message, without repetitions.
  func sorted() -> [Finding] {
    let sorted = findings.sorted {
      ($0.line, $0.column, $0.rule, $0.message) < ($1.line, $1.column, $1.rule, $1.message)
    }
    var unique: [Finding] = []
    for finding in sorted where finding != unique.last { unique.append(finding) }
    return unique
  }
}
