import Foundation
import Grammar
import Reporting
import Standards
import Testing

@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil,
    "ESPALIER_HOME names no grammar store: run make test"))
struct CompiledRulesTests {
  func findings(_ rules: String, _ source: String, _ language: String = "c") throws -> [String] {
    let rules = try RuleFile("rules:\n" + rules, file: "r.yml").rules
    do {
      return try CompiledRules(rules, grammar: try GrammarStore.default.open(language))
        .findings(in: Array(source.utf8), path: "f").map(\.text)
    } catch CompiledRules.Mistake.rule(let error) {
      throw error
    }
  }

  @Test func forbiddenKindsAreFoundNamedOrNot() throws {
    let rule = "- {id: r, language: c, message: bad, forbid: [goto_statement, '++']}"
    #expect(
      try findings(rule, "void f(void) { a: goto a; b++; }")
        == ["f:1:19: warning: bad [r]", "f:1:28: warning: bad [r]"])
  }

  @Test func queriesAreFoundAtTheirFirstCapture() throws {
    let rule =
      "- {id: r, language: c, severity: error, message: bad, query: '((call_expression function: (_) @f) (#eq? @f \"gets\"))'}"
    #expect(try findings(rule, "int x;\nvoid f(void) { é(); gets(b); }") == ["f:2:21: error: bad [r]"])
  }

  @Test func namesMustMatchAsAWhole() throws {
    let rule = """
      - id: r
        language: c
        message: small
        name: {query: "(declaration declarator: (identifier) @n)", capture: n, pattern: "[a-z]+"}
      """
    #expect(
      try findings(rule, "int abc; int aBc; int ABC;")
        == ["f:1:14: warning: small: found 'aBc' [r]", "f:1:23: warning: small: found 'ABC' [r]"])
  }

  @Test(arguments: [
    ("/* 345678 */\n", []), ("/* 3456789 */\n", ["f:1:13: warning: w: found 13 columns [r]"]),
    ("/* éééééé */\n", []), ("/* 345678 */\r\n", []), ("/* 😀😀😀😀😀😀 */", []),
    ("\tint a;\n", ["f:1:6: warning: w: found 14 columns [r]"]), ("int\ta;\n", []),
    ("int\t   a;\n", ["f:1:9: warning: w: found 13 columns [r]"]), ("", []),
  ])
  func linesHaveColumns(_ source: String, _ expected: [String]) throws {
    #expect(try findings("- {id: r, message: w, line-length: 12}", source) == expected)
  }

  @Test func tabWidthIsAChoice() throws {
    #expect(try findings("- {id: r, message: w, line-length: 12, tab-width: 4}", "\tint abc;\n") == [])
  }

  @Test func syntaxErrorsComeWithoutRules() throws {
    #expect(try findings("- {id: r, message: w, line-length: 99}", "int a\n").count == 1)
  }

  @Test func rulesOfOtherLanguagesDoNotApply() throws {
    let rule = "- {id: r, language: python, message: bad, forbid: [no_such_kind]}"
    #expect(try findings(rule, "int a;\n") == [])
  }

  @Test func findingsAreSortedByPlaceAndToldOnce() throws {
    let rules = """
      - {id: b, language: c, message: bad, query: "(declaration) @d"}
      - {id: a, language: c, message: bad, query: "[(declaration) @d (declaration type: (_)) @d]"}
      """
    #expect(
      try findings(rules, "int a;\nint b;\n")
        == ["f:1:1: warning: bad [a]", "f:1:1: warning: bad [b]", "f:2:1: warning: bad [a]", "f:2:1: warning: bad [b]"])
  }

  @Test(arguments: [
    (
      "- id: r\n  language: c\n  message: m\n  forbid:\n  - goto",
      "r.yml:6: expected a node kind of the grammar c in the rule 'r', found 'nope'"
    ),
    (
      "- id: r\n  language: c\n  message: m\n  query: (nope) @x",
      "r.yml:5: expected a node kind of the grammar c at line 1, column 2 of the query of the rule 'r', found 'nope'"
    ),
    (
      "- id: r\n  language: c\n  message: m\n  query: (declaration)",
      "r.yml:5: expected a capture in the query of the rule 'r', as the place of its findings, found none"
    ),
    (
      "- id: r\n  language: c\n  message: m\n  name: {query: (declaration) @d, capture: e, pattern: x}",
      "r.yml:5: expected the capture @e in the query of the rule 'r', found @d"
    ),
  ])
  func mistakesInContentNameTheRule(_ rule: String, _ message: String) {
    let error = #expect(throws: RuleError.self) {
      try findings(rule.replacingOccurrences(of: "- goto", with: "- nope"), "int a;")
    }
    #expect(error?.description == message)
  }

  @Test func aBadExpressionIsAMistake() {
    let rule = "- id: r\n  language: c\n  message: m\n  name: {query: (declaration) @d, capture: d, pattern: '(a'}"
    let error = #expect(throws: RuleError.self) { try findings(rule, "int a;") }
    #expect(error?.line == 5)
    #expect(error?.expected == "a regular expression in the rule 'r'")
  }
}
