import Diffusion
import Generation
import Syntax
import Testing

@Suite(.enabled(if: storeIsThere, storeHint)) struct SamplerTests {
  static let texts = [
    ("c", "int f(int a) {\n  return <<fill>>;\n}\n\nint g(void) { <<fill>> }\n"),
    ("python", "def f(a):\n    return <<fill>>\n\n\nx = [1, <<fill>>, 2]\n"),
    ("json", "{\"a\": [1, <<fill>>, 2], \"b\": {\"c\": <<fill>>, \"d\": 0}}\n"),
  ]

  @Test(arguments: texts, [UInt64(1), 2, 3])
  func randomTokensMakeCleanTexts(_ text: (String, String), seed: UInt64) throws {
    let setting = try Setting(text.0)
    let result = try setting.generate(text.1, seed: seed)
    #expect(try SyntaxParser(setting.language.grammar).accepts(result.text))
    #expect(try SyntaxJudge(setting.language.grammar).accepts(result.text))
    let parts = text.1.split(separator: "<<fill>>", omittingEmptySubsequences: false).map(String.init)
    #expect(fixedText(result.text, result.holes) == parts)
  }

  @Test(arguments: texts) func theSameSeedWritesTheSameText(_ text: (String, String)) throws {
    let setting = try Setting(text.0)
    let first = try setting.generate(text.1, seed: 7)
    let second = try setting.generate(text.1, seed: 7)
    #expect(first.text == second.text)
    #expect(first.statistics.commits == second.statistics.commits)
  }

  @Test func everyCommittedTokenIsInTheTrace() throws {
    let setting = try Setting("c")
    var events: [TraceEvent] = []
    let result = try setting.sample(
      try canvas("int f(void) { <<fill>> }\n", length: 12), seed: 3, steps: 4, trace: { events.append($0) })
    let commits = events.filter { $0.kind == .commit && $0.token != "<pad>" }
    #expect(commits.count == result.statistics.commits)
    #expect(events.count { $0.kind == .remask } == result.statistics.remasked)
    #expect(events.count { $0.kind == .close || $0.kind == .complete } == 1)
    let hole = String(decoding: result.text[result.holes[0]], as: UTF8.self)
    #expect(hole.hasPrefix(commits.compactMap(\.token).joined()))
    // A token that was masked again had been placed.
    for event in events where event.kind == .remask {
      #expect(events.contains { $0.kind == .island && $0.position == event.position && $0.token == event.token })
    }
  }

  @Test(arguments: [1, 2, 5]) func passesAreLimited(_ steps: Int) throws {
    let result = try Setting("python").sample(
      try canvas("x = <<fill>>\n", length: 20), seed: 5, steps: steps)
    #expect(result.statistics.passes <= steps)
  }

  @Test func withoutPassesHolesGetShortestCompletions() throws {
    let result = try Setting("c").sample(try canvas("int x = <<fill>>;\n", length: 20), seed: 5, steps: 0)
    #expect(result.statistics.passes == 0)
    #expect(result.statistics.commits == 0)
    #expect(!result.holes[0].isEmpty)
  }

  @Test func regression_noLimitOfPassesOverflows() throws {
    let result = try Setting("json").sample(try canvas("[<<fill>>]", length: 6), seed: 1, order: .leftToRight)
    #expect(result.statistics.passes <= 6)
  }

  @Test func aHoleGrowsByWhatItNeedsAndNoMoreThanItsLimit() throws {
    let result = try Setting("c").sample(try canvas("int f(void) { if <<fill>> }\n", length: 1), seed: 1)
    #expect(result.statistics.grown > 0)
    #expect(result.statistics.grown <= SamplerOptions.minimalGrowth)
  }

  @Test func aTextThatNothingCompletesIsAnErrorWithItsLine() throws {
    let setting = try Setting("python")
    let error = #expect(throws: GenerationError.self) { try setting.generate("x = 1\ny = )<<fill>>\n") }
    #expect(error?.line == 2)
    #expect(error?.isUsage == false)
    let behind = #expect(throws: GenerationError.self) { try setting.generate("x = 1\ny = <<fill>>$\n") }
    #expect(behind?.line == 2)
    #expect(behind?.isUsage == false)
  }
}
