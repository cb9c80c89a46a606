import Foundation
import Testing

@testable import Grammar
@testable import Repair

/// What the languages' own parsers say, and repairs that follow it.
@Suite struct ReferenceTests {
  static let isThere: Bool = {
    guard ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil,
      let c = try? GrammarStore.default.open("c"), let python = try? GrammarStore.default.open("python")
    else { return false }
    let judges = [c, python].map { try? ReferenceJudge($0) }
    return judges.allSatisfy { $0?.accepts(Array("x = 0;".utf8)) != nil }
  }()

  private func verdict(_ language: String, _ text: String) throws -> ReferenceJudge.Verdict? {
    try #require(try ReferenceJudge(try GrammarStore.default.open(language))).verdict(on: Array(text.utf8))
  }

  @Test(
    .enabled(if: isThere, "needs ESPALIER_HOME, gcc and python3"),
    arguments: [
      ("c", "int x;\n", ReferenceJudge.Verdict.accepted),
      ("c", "int f(void) { return n; }\n", .wrongMeaning),
      ("c", "int f(void) { int a = b }\n", .rejected(offset: 24)),
      // A mistake of syntax counts even if one of meaning comes first, and what no pattern names is one.
      ("c", "int f(void) {\n  x = 1;\n  else;\n}\n", .rejected(offset: 25)),
      ("c", "int f(void) { case 1: return 2; }\n", .rejected(offset: 14)),
      ("c", "int a = '\u{e4}' @;\n", .rejected(offset: 13)),
      ("python", "x = 1\n", .accepted),
      ("python", "f(a=1, 2)\n", .rejected(offset: 8)),
      ("python", "x = '\u{e4}' 'b' = 2\n", .rejected(offset: 4)),
    ])
  func verdicts(_ language: String, _ text: String, _ expected: ReferenceJudge.Verdict) throws {
    #expect(try verdict(language, text) == expected)
  }

  @Test(.enabled(if: isThere, "needs ESPALIER_HOME, gcc and python3"))
  func aTextWhoseHeadersAreMissingIsNotJudged() throws {
    #expect(try verdict("c", "#include \"not-there.h\"\nint x = ;\n") == nil)
  }

  /// A child of the command must not keep it from being ended.
  @Test func regression_theDeadlineHoldsForChildrenToo() throws {
    let output = NSTemporaryDirectory() + "espalier-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: output) }
    let start = ContinuousClock.now
    #expect(ReferenceProcess.run(["sh", "-c", "sleep 20; true"], output: output, timeout: 0.2) == nil)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(ReferenceProcess.run(["sh", "-c", "exit 3"], output: output, timeout: 10) == 3)
    #expect(ReferenceProcess.run(["there-is-no-such-command"], output: output, timeout: 10) == nil)
  }

  @Test(.enabled(if: isThere, "needs ESPALIER_HOME, gcc and python3"))
  func manyTextsAreJudgedAsOneIs() throws {
    for (language, texts) in [
      ("c", ["int x;", "int x", "int f(void) { return y; }"]), ("python", ["x", "x =", "1 = x"]),
    ] {
      let judge = try #require(try ReferenceJudge(try GrammarStore.default.open(language)))
      let bytes = texts.map { Array($0.utf8) }
      #expect(judge.verdicts(on: bytes) == bytes.map { judge.verdict(on: $0) })
    }
  }

  @Test func aPatternThatIsNoneNamesItsFile() throws {
    #expect(throws: RepairError.badPattern(grammar: "demo", pattern: "(")) {
      try DiagnosticPatterns(.init(error: "("), grammar: "demo")
    }
  }

  /// The grammar takes these; the language's own parser does not.
  @Test(
    .enabled(if: isThere, "needs ESPALIER_HOME, gcc and python3"),
    arguments: [
      ("c", "int f(int s) {\n  g(s[]);\n  return 0;\n}\n", "int f(int s) {\n  g(s);\n  return 0;\n}\n"),
      ("python", "x = 1\nf() = 2\n", "x = 1\nf() == 2\n"),
    ])
  func goesOnWhereTheOwnParserRefuses(_ language: String, _ broken: String, _ fixed: String) throws {
    let repairer = try Repairer(try GrammarStore.default.open(language))
    guard case .repaired(let proposals) = repairer.repair(Array(broken.utf8)) else {
      Issue.record("not repaired")
      return
    }
    let reference = try #require(try ReferenceJudge(repairer.grammar))
    #expect(reference.verdict(on: proposals[0].text)?.acceptsSyntax == true)
    if language == "c" { #expect(String(decoding: proposals[0].text, as: UTF8.self) == fixed) }
  }
}
