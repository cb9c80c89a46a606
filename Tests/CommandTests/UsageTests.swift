import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct UsageTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func versionIsANumber() throws {
    let outcome = try Tool.run(["--version"], in: folder.url)
    #expect(outcome.code == 0)
    #expect(outcome.output == "0.1.0\n")
  }

  @Test func helpGoesToStandardOutput() throws {
    for arguments in [["--help"], ["help"], [], ["check", "--help"]] {
      let outcome = try Tool.run(arguments, in: folder.url)
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("USAGE: espalier"))
      #expect(outcome.errors == "")
    }
  }

  @Test func checkHelpIsGolden() throws {
    try expectGolden("check-help.txt", try Tool.run(["check", "--help"], in: folder.url).output)
  }

  @Test(arguments: [
    (["--nonsense"], "Unknown option '--nonsense'"), (["check"], "Missing expected argument '<paths> ...'"),
    (["check", ".", "--format", "xml"], "The value 'xml' is invalid for '--format <format>'"),
    (["check", ".", "--rules"], "Missing value for '--rules <file>'"),
  ])
  func usageErrorsAreFailures(_ arguments: [String], _ message: String) throws {
    let outcome = try Tool.run(arguments, in: folder.url)
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains(message))
  }

  @Test func fullStandardOutputIsAFailure() throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "\"$0\" --help > /dev/full", try #require(Tool.path)]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 2)
  }
}
