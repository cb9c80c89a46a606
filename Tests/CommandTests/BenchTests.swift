import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct BenchTests {
  @Test func masksAreMeasuredAlongAFile() throws {
    struct Report: Decodable {
      struct Times: Decodable {
        var count: Int
        var median: Double
        var p99: Double
      }
      var files: Int
      var permittedMean: Double
      var check: Times
      var mask: Times
    }
    let outcome = try Tool.run(
      ["bench", "mask", "--language", "c", "--frontiers", "3", "--format", "json", "examples/project/queue.c"],
      in: Tool.repository)
    #expect(outcome.code == 0, Comment(rawValue: outcome.errors))
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.files == 1 && report.permittedMean > 0)
    #expect(report.check.count == report.mask.count * 9)
    #expect(report.mask.median > 0 && report.mask.median <= report.mask.p99)
  }

  @Test func recognitionIsMeasuredOnFiles() throws {
    struct Report: Decodable {
      var files: Int
      var accepted: Int
      var bytes: Int
    }
    let file = "examples/project/queue.c"
    let outcome = try Tool.run(
      ["bench", "recognition", "--language", "c", "--format", "json", file], in: Tool.repository)
    #expect(outcome.code == 0, Comment(rawValue: outcome.errors))
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    let size = try Data(contentsOf: Tool.repository.appending(path: file)).count
    #expect(report.files == 1 && report.accepted == 1 && report.bytes == size)
  }

  @Test func badNumbersAreUsageErrors() throws {
    let outcome = try Tool.run(
      ["bench", "mask", "--language", "c", "--frontiers", "0", "examples/project/queue.c"], in: Tool.repository)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("--frontiers and --lines must be positive."))
  }
}
