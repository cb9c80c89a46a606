import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct GenerateTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func generate(_ arguments: String...) throws -> Tool.Outcome {
    try Tool.run(["generate", "--denoiser", "uniform"] + arguments, in: folder.url)
  }

  func content(_ name: String) throws -> String {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
  }

  @Test func helpIsGolden() throws {
    try expectGolden("generate-help.txt", try Tool.run(["generate", "--help"], in: folder.url).output)
  }

  @Test func theExampleGetsABodyThatParses() throws {
    let example = try String(contentsOf: Tool.repository.appending(path: "examples/statistics.py"), encoding: .utf8)
    try folder.write("statistics.py", example)
    let outcome = try Tool.run(["generate", "statistics.py", "--function", "median", "--write"], in: folder.url)
    #expect(outcome.code == 0)
    #expect(outcome.output == "")
    let parts = example.split(separator: "...", maxSplits: 1).map(String.init)
    let written = try content("statistics.py")
    #expect(written.hasPrefix(parts[0]))
    #expect(written.hasSuffix(parts[1]))
    #expect(try Tool.run(["check", "statistics.py"], in: folder.url).code == 0)
  }

  @Test func theResultIsPrintedAndTheFileStays() throws {
    let text = "int x = <<fill:3>>;\r\nint y;"
    try folder.write("a.c", text)
    let outcome = try generate("a.c")
    #expect(outcome.code == 0)
    #expect(outcome.output.hasPrefix("int x = "))
    #expect(outcome.output.hasSuffix(";\r\nint y;"))
    #expect(try content("a.c") == text)
    let diff = try generate("a.c", "--diff")
    #expect(diff.code == 0)
    #expect(diff.output.hasPrefix("--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n-int x = <<fill:3>>;\r\n"))
  }

  /// The bodies of functions in languages that are installed as any user's are, without a word about them in the code.
  @Test(arguments: [
    ("a.java", "class A {\n  int size(int a) {", "}\n\n  int other() { return 1; }\n}\n"),
    ("a.go", "package a\n\nfunc size(a int) int {", "}\n\nfunc other() int {\n\treturn 1\n}\n"),
    ("a.js", "function size(a) {", "}\n\nfunction other() {\n  return 1;\n}\n"),
  ])
  func functionsOfInstalledGrammarsGetABody(_ name: String, _ before: String, _ after: String) throws {
    try folder.write(name, before + "\n" + after)
    let outcome = try generate(name, "--function", "size", "--length", "10", "--write")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let written = try content(name)
    #expect(written.hasPrefix(before) && written.hasSuffix(after))
    #expect(written.utf8.count > (before + after).utf8.count + 1)
    #expect(try Tool.run(["check", name], in: folder.url).code == 0)
  }

  @Test func fixedTextThatTheGrammarDoesNotKnowStays() throws {
    try folder.write("a.json", "[1.5e+3, <<fill:3>>, -2E+7]")
    let outcome = try generate("a.json")
    #expect(outcome.code == 0)
    #expect(outcome.output.hasPrefix("[1.5e+3, "))
    #expect(outcome.output.hasSuffix(", -2E+7]"))
  }

  @Test func theReportSaysWhereTheHolesAre() throws {
    struct Report: Decodable {
      struct Hole: Decodable {
        var line: Int
        var start: Int
        var end: Int
        var text: String
      }
      var holes: [Hole]
      var isWritten: Bool
    }
    try folder.write("a.py", "x = <<fill:3>>\ny = <<fill:3>>\n")
    let outcome = try generate("a.py", "--format", "json", "--write")
    #expect(outcome.code == 0)
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.isWritten)
    #expect(report.holes.map(\.line) == [1, 2])
    let bytes = Array(try content("a.py").utf8)
    for hole in report.holes {
      #expect(String(decoding: bytes[hole.start..<hole.end], as: UTF8.self) == hole.text)
    }
  }

  @Test func theTraceIsLinesOfJSON() throws {
    try folder.write("a.c", "int x = <<fill:6>>;\n")
    #expect(try generate("a.c", "--trace", "t.jsonl").code == 0)
    let lines = try content("t.jsonl").split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(event?["kind"] is String)
      #expect(event?["step"] is Int)
    }
  }

  @Test(arguments: [
    ("a.py", "x = 1\n", [], 2, "a.py: expected a marker <<fill>> in the text or a function to fill, found neither"),
    ("a.py", "<<fill:z>>\n", [], 2, "a.py:1: expected <<fill>> or <<fill:N>> with N from 1 to 4096 tokens, found "),
    ("a.py", "x = )<<fill>>\n", [], 1, "a.py:1: expected text that could be completed, found a syntax error"),
    ("a.json", "\n[<<fill>>}\n", [], 1, "a.json:2: "),
    ("a.py", "def f():\n  return 1\n", ["--function", "f"], 2, "a.py:1: expected the function 'f' to have no body"),
    ("a.py", "x = 1\n", ["--function", "f"], 2, "a.py: expected a function 'f', found none"),
    (
      "a.json", "{}\n", ["--function", "f"], 2, "a.json: expected the key 'functions' in the description of the grammar"
    ),
    ("a.txt", "<<fill>>\n", [], 2, "a.txt: expected a file of an installed language"),
    ("a.py", "<<fill>>\n", ["--trace", "none/t"], 2, "none/t: cannot be written"),
    ("a.py", "<<fill>>\n", ["--denoiser", "none"], 2, "none/config.json: cannot be read"),
  ])
  func whatCannotBeDoneIsTold(
    _ name: String, _ text: String, _ arguments: [String], _ code: Int32, _ message: String
  ) throws {
    try folder.write(name, text)
    let outcome = try Tool.run(["generate", name] + arguments, in: folder.url)
    #expect(outcome.code == code)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("espalier: " + message))
    #expect(try content(name) == text)
  }

  @Test func aMissingFileIsAFailure() throws {
    let outcome = try generate("none.py")
    #expect(outcome.code == 2)
    #expect(outcome.errors == "espalier: none.py: expected a file or folder, found nothing\n")
  }

  @Test(arguments: [
    (["--length", "0"], "--length must be from 1"), (["--steps", "0"], "--steps must be from 1"),
    (["--window", "8"], "--window must be from 16 to 65536, found 8"), (["--reuse=-1"], "--reuse must be from 0"),
    (["--temperature", "-1"], "temperature"), (["--threshold", "2"], "--threshold must be from 0 to 1"),
  ])
  func numbersOutOfRangeAreFailures(_ arguments: [String], _ message: String) throws {
    let outcome = try Tool.run(["generate", "a.py"] + arguments, in: folder.url)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(message))
  }

  @Test func regression_paddingThatWasPlacedAheadEndsTheHole() throws {
    func part(_ number: Int) -> String {
      "def part_\(number)(values, limit):\n    total = sum(values) + \(number)\n    return min(total, limit)\n\n\n"
    }
    try folder.write("a.py", part(0) + "def chosen(values, limit):\n    <<fill:32>>\n\n\n" + part(1) + part(2) + "\n")
    for steps in [2, 4, 8] {
      for seed in 0..<4 {
        let outcome = try Tool.run(
          ["generate", "a.py", "--steps", "\(steps)", "--seed", "\(seed)"], in: folder.url)
        #expect(outcome.code == 0, "\(steps) steps, seed \(seed)")
      }
    }
  }

  @Test func theBenchReportsACleanFile() throws {
    struct Report: Decodable {
      struct Run: Decodable {
        var tokens: Int
        var passes: Int
        var isClean: Bool
        var logLikelihood: Double
      }
      var runs: [Run]
    }
    let outcome = try Tool.run(
      ["bench", "generate", "--tokens", "200", "--passes", "4,16", "--format", "json"], in: folder.url)
    #expect(outcome.code == 0)
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.runs.count == 2)
    for (run, limit) in zip(report.runs, [4, 16]) {
      #expect(run.isClean && run.passes <= limit && run.tokens > 100 && run.logLikelihood < 0)
    }
  }
}
