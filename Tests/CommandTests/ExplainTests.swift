import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct ExplainTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private struct Report: Decodable {
    struct Token: Decodable {
      var isPermitted: Bool
      var beginning: String
      var expected: [String]
    }
    var terminals: [String]
    var unfinished: String
    var tokens: Int
    var vocabulary: Int
    var token: Token?
  }

  private func explain(_ arguments: [String]) throws -> (code: Int32, Report) {
    let outcome = try Tool.run(["explain", "--format", "json"] + arguments, in: folder.url)
    return (outcome.code, try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8)))
  }

  @Test func whatMayStandDependsOnBothSides() throws {
    try folder.write("a.json", "[1, ]")
    let (code, report) = try explain(["a.json:1:5"])
    #expect(code == 0 && report.tokens > 0 && report.tokens < report.vocabulary)
    #expect(report.terminals.contains("{") && !report.terminals.contains("]") && !report.terminals.contains(","))
    let (_, open) = try explain(["a.json:1:3", "--open-ended"])
    #expect(open.terminals == ["number"] && open.unfinished == "1")
  }

  @Test func aRefusalNamesWhatIsExpected() throws {
    try folder.write("a.json", "[1, ]")
    let (code, report) = try explain(["a.json:1:5", "--token", "2 3"])
    #expect(code == 1)
    let token = try #require(report.token)
    #expect(!token.isPermitted && token.beginning == "2 ")
    #expect(token.expected.contains(",") && !token.expected.contains("number"))
    #expect(try explain(["a.json:1:5", "--token", "2, 3"]).code == 0)
  }

  @Test(arguments: [
    ("a.json", "expected FILE:LINE:COLUMN"), ("a.json:0:1", "expected FILE:LINE:COLUMN"),
    ("a.json:2:1", "a.json: expected a line up to 1, found 2"),
    ("a.json:1:9", "a.json:1: expected a column up to 6, found 9"), ("b.json:1:1", "b.json"),
    ("a.txt:1:1", "a.txt: expected a file of an installed language"),
  ])
  func aPlaceThatIsNotThereIsAFailure(_ place: String, _ message: String) throws {
    try folder.write("a.json", "[1, ]")
    try folder.write("a.txt", "x")
    let outcome = try Tool.run(["explain", place], in: folder.url)
    #expect(outcome.code == 2 && outcome.errors.contains(message), Comment(rawValue: outcome.errors))
  }
}
