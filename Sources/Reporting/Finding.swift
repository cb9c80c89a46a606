/// Something to tell about a place in a file.
public struct Finding: Codable, Equatable, Sendable {
  public enum Severity: String, Codable, Sendable, CaseIterable {
    case error
    case warning
    case note
  }

  public var path: String
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int
  public var severity: Severity
  public var message: String
  /// Which rule found it.
  public var rule: String

  public init(path: String, line: Int, column: Int, severity: Severity, message: String, rule: String) {
    self.path = path
    self.line = line
    self.column = column
    self.severity = severity
    self.message = message
    self.rule = rule
  }

  /// One line, without its end: `path:line:column: severity: message [rule]`.
  public var text: String { "\(path):\(line):\(column): \(severity.rawValue): \(message) [\(rule)]" }
}
