import Grammar
import Syntax
import Testing

@Suite(.enabled(if: storeIsThere, storeHint)) struct SyntaxJudgeTests {
  func defects(_ text: String, _ language: String) throws -> [String] {
    let judge = try SyntaxJudge(try grammar(language))
    let bytes = Array(text.utf8)
    let defects = judge.defects(in: try judge.parser.parse(bytes))
    #expect(judge.accepts(bytes) == defects.isEmpty)
    return defects.map { "\($0.start.line):\($0.start.column + 1): \($0.message)" }
  }

  @Test func theRuntimeJudgesWhereThereIsNoValidator() throws {
    #expect(try defects("int a;\n", "c") == [])
    #expect(try defects("int f(void) { return 1 }\n", "c") == ["1:23: expected ';'"])
    #expect(try defects("int a;\n) int b;\n", "c") == ["2:1: unexpected ')'"])
  }

  @Test func aValidatorOverridesTheRuntime() throws {
    guard try grammar("json").dialect.validator == "json" else {
      print("skipped: the installed json grammar has no dialect")
      return
    }
    #expect(try defects("[1e+2]", "json") == [])
    #expect(try defects("[1, // no\n 2]", "json") == ["1:5: expected a value, found '/'"])
    #expect(try defects("[1]\n[2]", "json") == ["2:1: expected the end of the text after the value, found '['"])
    #expect(try defects("", "json") == ["1:1: expected a value, found the end of the text"])
  }

  @Test func longUnexpectedTextIsCut() throws {
    let defects = try defects("int a = ;;;)" + String(repeating: ") ", count: 40) + "\n", "c")
    #expect(defects.allSatisfy { $0.count < 80 })
    #expect(!defects.isEmpty)
  }
}
