import Foundation
import Testing

/// `grammar list`, with what an audit has recorded.
@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct GrammarListTests {
  let folder: TemporaryFolder
  let environment: [String: String]

  /// A store with JSON and PHP, neither audited, and no parser of any language in the path.
  init() throws {
    folder = try TemporaryFolder()
    let home = try #require(ProcessInfo.processInfo.environment["ESPALIER_HOME"])
    for name in ["json", "php"] {
      let target = folder.url.appending(path: "store/grammars/\(name)")
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: URL(filePath: home).appending(path: "grammars/\(name)"), to: target)
      try? FileManager.default.removeItem(at: target.appending(path: "audits.json"))
    }
    environment = ["ESPALIER_HOME": folder.url.appending(path: "store").path, "PATH": folder.url.path]
  }

  private func list(_ arguments: [String]) throws -> Tool.Outcome {
    var outcome = try Tool.run(["grammar", "list"] + arguments, in: folder.url, environment: environment)
    outcome.output = outcome.output.replacing(folder.url.path, with: "FOLDER")
    return outcome
  }

  private func audit() throws {
    try folder.write("a.json", "[1, {\"b\": [true, null]}]\n")
    let outcome = try Tool.run(
      ["audit", "recognition", "a.json", "--record", "store/grammars/json/audits.json"], in: folder.url,
      environment: environment)
    #expect(outcome.code == 0)
  }

  @Test func whatIsRecordedIsListed() throws {
    let before = try list(["json", "php"])
    #expect(before.code == 0)
    try audit()
    let after = try list(["json", "php"])
    #expect(after.code == 0)
    try expectGolden("grammar-list.txt", before.output + "\n" + after.output)
    try expectGolden("grammar-list.json", try list(["json", "php", "--format", "json"]).output)
  }

  @Test func recordsOfAnotherBuildAreNotShown() throws {
    try audit()
    try FileManager.default.copyItem(
      at: folder.url.appending(path: "store/grammars/json/audits.json"),
      to: folder.url.appending(path: "store/grammars/php/audits.json"))
    #expect(try list(["php"]).output.contains("not audited"))
    #expect(try !list(["json"]).output.contains("not audited"))
  }

  @Test func damagedFilesAreNamed() throws {
    try folder.write("store/grammars/json/tables.bin", "nothing")
    let outcome = try list(["json"])
    #expect(outcome.code == 0)
    #expect(outcome.output.hasSuffix("(cannot be read; install it again)\n"))
  }

  @Test func anUnknownNameIsAFailure() throws {
    let outcome = try list(["jsn"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("no grammar named 'jsn' is installed"))
  }

  @Test func recordsAreOfOneLanguage() throws {
    try folder.write("a.json", "[]\n")
    try folder.write("a.php", "<?php\n")
    let outcome = try Tool.run(
      ["audit", "recognition", "a.json", "a.php", "--mutations", "0", "--record", "audits.json"], in: folder.url,
      environment: environment)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("--record: expected files of one language, found json, php"))
    try folder.write("audits.json", "[]")
    let damaged = try Tool.run(
      ["audit", "recognition", "a.json", "--mutations", "0", "--record", "audits.json"], in: folder.url,
      environment: environment)
    #expect(damaged.code == 2)
    #expect(damaged.errors.contains("audits.json:1: expected records of audits"))
  }
}
