import Diffusion
import Foundation
import Grammar
import Repair
import Syntax
import Testing

@testable import Audit

private let hasGrammars: Bool = {
  guard ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil else { return false }
  return (try? GrammarStore.default.open("json")) != nil
}()

@Suite(.enabled(if: hasGrammars, "needs ESPALIER_HOME with the json grammar"))
struct SyntheticTests {
  private let text = Array("{\n  \"a\": [1, 2, 3],\n  \"b\": {\"c\": null},\n  \"d\": true\n}\n".utf8)

  private func options() -> RepairOptions {
    var options = RepairOptions()
    options.timeout = 2
    return options
  }

  @Test func theSameSeedDamagesTheSame() throws {
    let grammar = try GrammarStore.default.open("json")
    let repairer = try Repairer(grammar)
    func damaged(_ seed: UInt64) throws -> [[UInt8]] {
      var audit = try SyntheticAudit(
        grammar, repairer, [AuditInput(name: "a", language: "json", bytes: text)], lines: 1...100, options: options(),
        seed: seed)
      var texts: [[UInt8]] = []
      audit.run(8) { verdict in
        #expect(!repairer.isValid(verdict.damaged))
        #expect(verdict.original == text)
        if let proposal = verdict.proposal { #expect(repairer.isValid(proposal)) }
        if verdict.exact == 1 { #expect(verdict.proposal == text) }
        texts.append(verdict.damaged)
      }
      return texts
    }
    let first = try damaged(5)
    #expect(first.count == 8)
    #expect(try damaged(5) == first)
    #expect(try damaged(6) != first)
  }

  @Test func filesOfOtherLengthsAreLeft() throws {
    let grammar = try GrammarStore.default.open("json")
    let input = AuditInput(name: "a", language: "json", bytes: text)
    #expect(throws: SyntheticAudit.Failure.self) {
      _ = try SyntheticAudit(
        grammar, try Repairer(grammar), [input], lines: 100...1_000, options: options(), seed: 1)
    }
  }

  @Test func harmIsFoundAndNotMadeUp() throws {
    let grammar = try GrammarStore.default.open("json")
    var audit = try RobustnessAudit(grammar, try Repairer(grammar), options: options())
    let input = AuditInput(name: "a", language: "json", bytes: text)
    audit.run([input], count: 30, seed: 3, progress: {}, failed: { what, _ in Issue.record("\(what)") })
    #expect(audit.report.valid == 1)
    #expect(audit.report.damaged == 30)
    #expect(audit.report.repaired + audit.report.unrepaired + audit.report.stillValid == 30)
    #expect(audit.report.lost == 0 && audit.report.worse == 0 && audit.report.changed == 0)
  }

  @Test func noiseStaysText() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let (_, damaged) = RobustnessAudit.damage(text, &generator)
      #expect(String(validating: damaged, as: UTF8.self) != nil)
    }
  }
}
