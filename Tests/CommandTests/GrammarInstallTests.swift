import Foundation
import Testing

/// `grammar install`.
@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct GrammarInstallTests {
  /// What is computed of a language is made when its grammar is installed, so that the first use is as quick as others.
  @Test func whatIsComputedLiesBesideTheGrammar() throws {
    let environment = ProcessInfo.processInfo.environment
    let home = URL(filePath: try #require(environment["ESPALIER_HOME"]))
    let source = home.appending(path: "../../grammars-src/json").standardizedFileURL
    guard FileManager.default.fileExists(atPath: source.path) else {
      print("skipped: build/grammars-src/json is missing; run make test")
      return
    }
    let folder = try TemporaryFolder()
    let store = folder.url.appending(path: "store")
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: home.appending(path: "include"), to: store.appending(path: "include"))
    let outcome = try Tool.run(
      ["grammar", "install", source.path, "--into", store.path], in: folder.url,
      environment: ["ESPALIER_HOME": store.path, "PATH": environment["PATH"] ?? ""])
    #expect(outcome.code == 0)
    let file = store.appending(path: "grammars/json/language.bin")
    let before = try Data(contentsOf: file)
    try folder.write("a.json", "[1, 2\n")
    let check = try Tool.run(
      ["check", "a.json"], in: folder.url, environment: ["ESPALIER_HOME": store.path, "PATH": folder.url.path])
    #expect(check.code == 1)
    #expect(try Data(contentsOf: file) == before)
  }
}
