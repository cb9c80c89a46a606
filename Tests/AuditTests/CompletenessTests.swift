import Foundation
import Grammar
import Testing
import Vocabulary

@testable import Audit

@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil,
    "ESPALIER_HOME names no grammar store: run make test"))
struct CompletenessTests {
  private func audit(_ language: String, _ text: String, rounds: Int) throws -> CompletenessAudit.Report {
    let input = AuditInput(name: "test", language: language, bytes: Array(text.utf8))
    var audit = CompletenessAudit(store: .default, tokenizer: .bytes, applyingDialect: true)
    return try audit.run([AuditInput](repeating: input, count: rounds), holes: 4, seed: 5)
  }

  @Test(arguments: [
    ("json", "{\"a\": [1, -2.5e3, true], \"b\": {\"c\\n\": null}}\n"),
    ("c", "int f(int a) {\n  if (a > 1) return a * 2; /* c */\n  char *s = \"x\\n\";\n  return 'c';\n}\n"),
    ("python", "def f(a):\n    if a:\n        return [1]\n    elif b:\n        s = [b, 2]\n    x = 'q'\n\nf(1)\n"),
  ])
  func trueTextIsPermitted(_ language: String, _ text: String) throws {
    let report = try audit(language, text, rounds: 15)
    #expect(report.files == 15)
    #expect(report.texts > 15)
    #expect(report.tokens > 100)
    for refusal in report.refusals {
      Issue.record("\(refusal.format): hole \(refusal.hole) of \(refusal.holes) at \(refusal.offset)")
    }
  }

  @Test func otherFilesAreCountedOnly() throws {
    let report = try audit("json", "[1,,]", rounds: 1)
    #expect(report.unclean == 1 && report.files == 0)
    let narrowed = try audit("json", "[1] // c", rounds: 1)
    #expect(narrowed.narrowed.count == 1 && narrowed.files == 0)
  }
}
