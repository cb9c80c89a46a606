public import Reporting

/// One rule of a rule file.
public struct Rule: Equatable, Sendable {
  public var id: String
  /// The languages that the rule is for; empty for all of them.
  public var languages: [String]
  public var severity: Finding.Severity
  public var message: String
  public var test: Test
  /// Where the rule file says what the test is: for messages about its content.
  public var location: Location

  /// What a rule looks for.
  public enum Test: Equatable, Sendable {
    /// Nodes of these kinds must not occur.
    case forbid(kinds: [String])
    /// The query must not match; the first captured node of a match is the place.
    case query(String)
    /// The text of every node that the query captures under a name must match the regular expression as a whole.
    case name(query: String, capture: String, pattern: String)
    /// No line may have more columns. A Unicode scalar is one column wide, a tab goes on to a multiple of its width.
    case lineLength(columns: Int, tabWidth: Int)
  }

  public struct Location: Equatable, Sendable {
    public var file: String
    /// From 1.
    public var line: Int
  }

  /// Whether the rule is for `language`.
  public func applies(to language: String) -> Bool { languages.isEmpty || languages.contains(language) }
}

/// What is wrong with a rule file.
public struct RuleError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int
  public var expected: String
  public var found: String

  public init(_ location: Rule.Location, expected: String, found: String) {
    file = location.file
    line = location.line
    self.expected = expected
    self.found = found
  }

  public var description: String { "\(file):\(line): expected \(expected), found \(found)" }
}
