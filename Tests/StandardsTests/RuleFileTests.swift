import Reporting
import Standards
import Testing

@Suite struct RuleFileTests {
  @Test func everyKindOfRuleIsRead() throws {
    let file = try RuleFile(
      """
      rules:
        - id: a
          language: c
          message: m
          forbid: goto_statement
        - id: b
          language: [c, python]
          severity: error
          message: m
          query: "(x) @y"
        - id: c
          language: python
          severity: note
          message: m
          name: {query: "(x) @y", capture: y, pattern: "[a-z]+"}
        - id: d
          message: m
          line-length: 80
          tab-width: 4
      """, file: "r.yml")
    #expect(
      file.rules.map(\.test) == [
        .forbid(kinds: ["goto_statement"]), .query("(x) @y"),
        .name(query: "(x) @y", capture: "y", pattern: "[a-z]+"), .lineLength(columns: 80, tabWidth: 4),
      ])
    #expect(file.rules.map(\.severity) == [.warning, .error, .note, .warning])
    #expect(file.rules.map(\.languages) == [["c"], ["c", "python"], ["python"], []])
    #expect(file.rules.map(\.location.line) == [5, 10, 15, 18])
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String
    var testDescription: String { message }
    init(_ text: String, _ message: String) { (self.text, self.message) = (text, message) }
  }

  static let head = "rules:\n- id: x\n  language: c\n  message: m\n"

  @Test(arguments: [
    Mistake("", "r.yml:1: expected a mapping with the key 'rules', found an empty file"),
    Mistake("- 1", "r.yml:1: expected a mapping with the key 'rules', found a list"),
    Mistake("{}", "r.yml:1: expected the key 'rules', found no such key"),
    Mistake("rule: []", "r.yml:1: expected the key rules, found 'rule'"),
    Mistake("rules: 3", "r.yml:1: expected a list of rules, found '3'"),
    Mistake("rules:\n- 7", "r.yml:2: expected a rule, which is a mapping, found '7'"),
    Mistake("rules:\n- message: m", "r.yml:2: expected the key 'id', found no such key"),
    Mistake(
      "rules:\n- id: x\n  colour: red",
      "r.yml:3: expected one of the keys id, language, severity, message, tab-width, forbid, query, name, "
        + "line-length, found 'colour'"),
    Mistake("rules:\n- id: 3", "r.yml:2: expected text for id, found '3', which YAML takes for text only in quotes"),
    Mistake("rules:\n- id: a b", "r.yml:2: expected an id without spaces and brackets, found 'a b'"),
    Mistake(
      "rules:\n- id: syntax", "r.yml:2: expected another id: 'syntax' is that of syntax errors, found 'syntax'"),
    Mistake(
      Self.head, "r.yml:2: expected exactly one of forbid, query, name, line-length in the rule 'x', found none"),
    Mistake(
      Self.head + "  forbid: a\n  query: b",
      "r.yml:2: expected exactly one of forbid, query, name, line-length in the rule 'x', found forbid and query"),
    Mistake(
      "rules:\n- id: x\n  message: m\n  forbid: a",
      "r.yml:2: expected the key 'language' in the rule 'x', found no such key"),
    Mistake(
      "rules:\n- id: x\n  language: c\n  forbid: a", "r.yml:2: expected the key 'message', found no such key"),
    Mistake(Self.head + "  forbid: []", "r.yml:5: expected text or a list of texts for forbid, found an empty list"),
    Mistake(
      Self.head + "  forbid: [1]",
      "r.yml:5: expected text for forbid, found '1', which YAML takes for text only in quotes"),
    Mistake(Self.head + "  query: {a: 1}", "r.yml:5: expected text for query, found a mapping"),
    Mistake(Self.head + "  name: x", "r.yml:5: expected a mapping under 'name', found 'x'"),
    Mistake(Self.head + "  name: {query: q, pattern: p}", "r.yml:5: expected the key 'capture', found no such key"),
    Mistake(
      Self.head + "  severity: fatal\n  forbid: a",
      "r.yml:5: expected one of error, warning, note for severity, found 'fatal'"),
    Mistake(
      Self.head + "  line-length: 0",
      "r.yml:5: expected a whole number from 1 to 1000000 for line-length, found '0'"),
    Mistake(
      Self.head + "  line-length: '80'",
      "r.yml:5: expected a whole number from 1 to 1000000 for line-length, found '80'"),
    Mistake(
      Self.head + "  line-length: 99999999999999999999",
      "r.yml:5: expected a whole number from 1 to 1000000 for line-length, found '99999999999999999999'"),
    Mistake(
      Self.head + "  forbid: a\n  tab-width: 4",
      "r.yml:6: expected tab-width only beside line-length, found it beside forbid"),
    Mistake(
      Self.head + "  forbid: a\n- id: x\n  language: c\n  message: m\n  forbid: b",
      "r.yml:6: expected an id of its own for each rule, found 'x' again"),
    Mistake(Self.head + "  forbid: a\n  forbid: b", "r.yml:5: expected each key once, found 'forbid' twice"),
    Mistake("rules:\n- id: [", "r.yml:3: expected YAML, found a mistake: did not find expected node content"),
    Mistake("rules: *nowhere", "r.yml:1: expected YAML, found a mistake: found undefined alias"),
  ])
  func mistakesNameLineExpectedAndFound(_ mistake: Mistake) {
    let error = #expect(throws: RuleError.self) { try RuleFile(mistake.text, file: "r.yml") }
    #expect(error?.description == mistake.message)
  }

  @Test func deepNestingIsAMistakeAndNoCrash() {
    let text = "rules: " + String(repeating: "[", count: 200_000)
    #expect(throws: RuleError.self) { try RuleFile(text, file: "r.yml") }
  }
}
