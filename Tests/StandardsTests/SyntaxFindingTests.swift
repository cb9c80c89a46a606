import Foundation
import Grammar
import Standards
import Testing

@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil,
    "ESPALIER_HOME names no grammar store: run make test"))
struct SyntaxFindingTests {
  func findings(_ source: String, _ language: String) throws -> [String] {
    try CompiledRules([], grammar: try GrammarStore.default.open(language))
      .findings(in: Array(source.utf8), path: "f").map(\.text)
  }

  /// The runtime's recovery has four ERROR nodes for this, spread over the lines that follow.
  @Test func oneMistakeIsOneFinding() throws {
    let source = "def f(x):\n    if x < 1\n        return 2\n    return g(x)\n\n\ndef g(x):\n    return x\n"
    #expect(try findings(source, "python") == ["f:3:9: error: unexpected 'return' [syntax]"])
  }

  @Test(arguments: [
    ("int f(void) { return 1 }\n", "f:1:23: error: expected ';' [syntax]"),
    ("int a;\n) int b;\n", "f:2:1: error: unexpected ')' [syntax]"),
    ("int a = b c;\n", "f:1:11: error: unexpected 'c' [syntax]"),
    ("int größe = 3 größe;\n", "f:1:15: error: unexpected 'größe' [syntax]"),
    ("int f(void) {\n  g(1;\n", "f:2:6: error: expected ')' [syntax]"),
  ])
  func thePlaceIsWhereTheTextCannotGoOn(_ source: String, _ expected: String) throws {
    #expect(try findings(source, "c") == [expected])
  }

  @Test func theDialectIsPartOfTheLanguage() throws {
    #expect(
      try findings("x = 1\nprint x\n", "python")
        == ["f:2:1: error: python does not allow this print statement [syntax]"])
  }
}
