import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct AuditTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private let record = #"{"task_id":"t","prompt":"{\"a\": [","canonical_solution":"1, 2","suffix":"]}\n"}"#

  private struct Report: Decodable {
    var denoiser: String
    var length: String
    var texts: Int
    var parses: Int
    var refused: Int
    var rightLength: Int
  }

  @Test func infillWritesEveryPieceTwice() throws {
    try folder.write("set.jsonl", Array((record + "\n" + record + "\n").utf8))
    let outcome = try Tool.run(
      ["audit", "infill", "set.jsonl", "--language", "json", "--denoiser", "uniform"], in: folder.url)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").last)
    let reports = try JSONDecoder().decode([Report].self, from: Data(line.utf8))
    #expect(reports.map(\.length) == ["true", "chosen"])
    #expect(reports.allSatisfy { $0.denoiser == "uniform" && $0.texts == 2 && $0.parses == 2 && $0.refused == 0 })
  }

  @Test func infillReadsPackedDataSets() throws {
    try folder.write("set.jsonl", Array((record + "\n").utf8))
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", folder.url.appending(path: "set.jsonl").path]
    try gzip.run()
    gzip.waitUntilExit()
    let outcome = try Tool.run(
      ["audit", "infill", "set.jsonl.gz", "--language", "json", "--denoiser", "uniform", "--list"], in: folder.url)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(#"t true: "1, 2" -> "#))
    try folder.write("other.gz", Array("no archive".utf8))
    let failure = try Tool.run(["audit", "infill", "other.gz", "--language", "json"], in: folder.url)
    #expect(failure.code == 2 && failure.errors.contains("other.gz: gzip cannot unpack it"))
  }

  @Test func infillTellsABadRecord() throws {
    try folder.write("set.jsonl", Array((record + "\n{\"prompt\": 1}\n").utf8))
    let outcome = try Tool.run(["audit", "infill", "set.jsonl", "--language", "json"], in: folder.url)
    #expect(outcome.code == 2 && outcome.output == "")
    #expect(outcome.errors.contains("set.jsonl:2: expected a JSON object with the texts"))
  }

  @Test func localiseComparesWithTheChangedLine() throws {
    struct Row: Decodable {
      var method: String
      var texts: Int
      var top1: Int
    }
    let record = #"{"broken":"{\n\"a\": 1,\n\"b\" 2,\n\"c\": 3\n}\n","fixed":"{\n\"a\": 1,\n\"b\": 2,\n\"c\": 3\n}\n"}"#
    try folder.write("json-set.jsonl", Array((record + "\n").utf8))
    let outcome = try Tool.run(["audit", "localise", "json-set.jsonl"], in: folder.url)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").last)
    let rows = try JSONDecoder().decode([Row].self, from: Data(line.utf8))
    #expect(rows.map(\.method) == ["runtime", "recogniser", "model", "both"])
    #expect(rows.allSatisfy { $0.texts == 1 })
    #expect(rows[1].top1 == 1)
  }

  @Test func localiseDamagesFiles() throws {
    try folder.write("files/a.json", Array("{\n  \"a\": [1, 2, 3],\n  \"b\": {\"c\": null},\n  \"d\": true\n}\n".utf8))
    let outcome = try Tool.run(
      ["audit", "localise", "--synthetic", "files", "--count", "6", "--model", "none"], in: folder.url)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("recogniser"))
  }

  @Test(arguments: [
    (["audit", "localise"], "Expected data sets or --synthetic"),
    (["audit", "localise", "a.jsonl", "--synthetic", "b"], "Expected data sets or --synthetic"),
    (["audit", "localise", "nothing-here.jsonl"], "expected a name that starts with an installed language"),
    (["audit", "infill", "nothing-here.jsonl", "--language", "json"], "nothing-here.jsonl: cannot be read"),
    (["audit", "infill", "a.jsonl", "--language", "json", "--length", "0"], "--length must be from 1 to 4096"),
  ])
  func usageIsTold(_ arguments: [String], _ message: String) throws {
    let outcome = try Tool.run(arguments, in: folder.url)
    #expect(outcome.code == 2 && outcome.output == "")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
