import Foundation
import Grammar
import Testing

@testable import Audit

private let hasGrammars: Bool = {
  guard ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil else { return false }
  return (try? GrammarStore.default.open("json")) != nil
}()

struct ChangedLinesTests {
  private func changed(_ broken: String, _ fixed: String) -> [Int] {
    ChangedLines.between(Array(broken.utf8), Array(fixed.utf8)).sorted()
  }

  @Test func replacedAndRemovedLinesAreChanged() {
    #expect(changed("a\nb\nc\n", "a\nB\nc\n") == [1])
    #expect(changed("a\nb\nc\n", "a\nc\n") == [1])
    #expect(changed("a\nb\nc\n", "a\nb\nc\n") == [])
  }

  @Test func whatIsPutInChangesTheLinesAroundIt() {
    #expect(changed("a\n\nb\n", "a\n\nnew\nb\n") == [0, 2])
    #expect(changed("a\nb", "a\nb\nnew") == [1])
    // A line that is put in beside a changed one belongs to it.
    #expect(changed("a\nb\nc\n", "a\nB\nnew\nc\n") == [1])
  }

  @Test func chanceIsThatOfDrawingWithoutPuttingBack() {
    #expect(LocalisationAudit.chance(1, of: 4, drawn: 1) == 0.25)
    #expect(abs(LocalisationAudit.chance(2, of: 4, drawn: 2) - 5.0 / 6) < 1e-12)
    #expect(LocalisationAudit.chance(1, of: 3, drawn: 5) == 1)
  }
}

@Suite(.enabled(if: hasGrammars, "needs ESPALIER_HOME with the json grammar"))
struct LocaliserTests {
  @Test func theParsersPlaceComesFirstAndTheLinesBeforeItNext() throws {
    let localiser = try Localiser(try GrammarStore.default.open("json"), nil, distanceWeight: 1)
    let text = Array("{\n  \"a\": 1,\n\n  \"b\" 2,\n  \"c\": 3\n}\n".utf8)
    let rankings = try localiser.rankings(text)
    #expect(rankings[.recogniser] == [3, 1, 0, 4, 5])
    #expect(rankings[.runtime]?.isEmpty == false)
    #expect(rankings[.model] == nil && rankings[.both] == nil)
  }

  @Test func aTextWithoutAMistakeHasNoPlace() throws {
    let localiser = try Localiser(try GrammarStore.default.open("json"), nil, distanceWeight: 1)
    let rankings = try localiser.rankings(Array("[1]\n".utf8))
    #expect(rankings[.recogniser] == nil && rankings[.runtime] == [])
  }
}
