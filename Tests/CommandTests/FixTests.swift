import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct FixTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func fix(_ arguments: String...) throws -> Tool.Outcome {
    try Tool.run(["fix", "--no-reference"] + arguments, in: folder.url)
  }

  @Test func editsThatWereChosenAreMarked() throws {
    try folder.write("a.json", "[1, 2, {\"a\": [1 2]}]")
    let forced = try fix("a.json", "--format", "json", "--model", "none")
    #expect(forced.code == 1)
    #expect(forced.output.contains("\"chosenBy\" : \"cost\""))
    try folder.write("b.py", "for x items:\n    f(x)\n")
    let chosen = try fix("b.py", "--format", "json", "--model", "none")
    #expect(chosen.output.contains("\"isForced\" : false"))
    let text = try fix("b.py", "--model", "none")
    #expect(text.errors.contains("b.py:1:6: note: inserted "))
    #expect(text.errors.contains("the cheapest; "))
  }

  @Test func theSameSeedGivesTheSameRepair() throws {
    try folder.write("a.py", "x = 1 2\n")
    for seed in ["0", "1", "7"] {
      let first = try fix("a.py", "--seed", seed)
      #expect(first.code == 1)
      #expect(try fix("a.py", "--seed", seed).output == first.output)
    }
  }

  @Test func badInputIsTold() throws {
    try folder.write("binary.py", "x = 1\0\n")
    try folder.write("latin.py", [0x78, 0x0A, 0xFF])
    try folder.write("other.xyz", "x")
    for (name, message) in [
      ("binary.py", "binary.py: expected text, found a binary file (a zero byte at offset 5)"),
      ("latin.py", "latin.py:2: expected UTF-8, found the byte 0xFF at offset 2"),
      ("other.xyz", "other.xyz: expected a file of an installed language"),
      ("missing.py", "missing.py: expected a file or folder, found nothing"),
    ] {
      for command in ["fix", "check", "generate"] {
        let outcome = try Tool.run([command, name], in: folder.url)
        #expect(outcome.code == 2)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(message))
      }
    }
    // One bad file does not keep the others from being repaired.
    try folder.write("good.py", "f(1\n")
    let outcome = try fix("--write", "binary.py", "good.py", "latin.py")
    #expect(outcome.code == 2)
    #expect(try String(contentsOf: folder.url.appending(path: "good.py"), encoding: .utf8) == "f(1)\n")
  }

  @Test func emptyFilesAreWhatTheLanguageSays() throws {
    for (name, code) in [("a.py", 0), ("a.c", 0), ("a.json", 1)] as [(String, Int32)] {
      try folder.write(name, "")
      #expect(try fix(name).code == code)
      #expect(try Tool.run(["check", name], in: folder.url).code == code)
    }
  }

  @Test func whatCannotBeRepairedIsNotChanged() throws {
    let text = String(repeating: "[", count: 3_000)
    try folder.write("a.json", text)
    let outcome = try fix("--write", "--timeout", "1", "a.json")
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("a.json:1:3001: error: no repair found"))
    #expect(try String(contentsOf: folder.url.appending(path: "a.json"), encoding: .utf8) == text)
  }

  @Test func aCheckpointThatIsNoneIsToldThoughNothingIsToBeChosen() throws {
    try folder.write("a.py", "x = 1\n")
    let outcome = try fix("a.py", "--model", "nowhere")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("nowhere/config.json: cannot be read"))
  }
}
