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
    // Four brackets are missing, and no word may be lost.
    let text = "[[\"a\", [\"b\", [\"c\""
    try folder.write("a.json", text)
    let outcome = try fix("--write", "--max-edits", "1", "--model", "none", "a.json")
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("a.json:1:18: error: no repair found"))
    #expect(try String(contentsOf: folder.url.appending(path: "a.json"), encoding: .utf8) == text)
  }

  @Test func aCheckpointThatIsNoneIsToldThoughNothingIsToBeChosen() throws {
    try folder.write("a.py", "x = 1\n")
    let outcome = try fix("a.py", "--model", "nowhere")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("nowhere/config.json: cannot be read"))
  }

  // MARK: Modes

  @Test func helpIsGolden() throws {
    try expectGolden("fix-help.txt", try Tool.run(["fix", "--help"], in: folder.url).output)
  }

  @Test func alternativesAreGolden() throws {
    try folder.write("a.json", "{\n  \"a\": [1 2],\n  \"b\": 3\n}\n")
    let text = try fix("a.json", "--alternatives", "2", "--model", "none")
    #expect(text.code == 1)
    try expectGolden("fix-alternatives.txt", text.output)
    let json = try fix("a.json", "--alternatives", "2", "--model", "none", "--format", "json")
    #expect(json.code == 1)
    try expectGolden("fix-alternatives.json", json.output)
  }

  @Test func diffsAreWhatGitApplies() throws {
    try folder.write("sub/a b.py", "x = foo(1, 2\r\ny = 3\r\n")
    let outcome = try fix("sub", "--diff", "--model", "none")
    #expect(outcome.code == 1)
    try folder.write("change.diff", outcome.output)
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "apply", "change.diff"]
    git.currentDirectoryURL = folder.url
    try git.run()
    git.waitUntilExit()
    #expect(git.terminationStatus == 0)
    #expect(
      try String(contentsOf: folder.url.appending(path: "sub/a b.py"), encoding: .utf8) == "x = foo(1, 2)\r\ny = 3\r\n")
  }

  @Test func strictLeavesWhatIsChosen() throws {
    try folder.write("a.py", "for x items:\n    f(x)\n")
    let outcome = try fix("a.py", "--strict", "--write", "--model", "none")
    #expect(outcome.code == 1)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("a.py:1:6: error: not repaired: "))
    #expect(outcome.errors.contains("[strict]"))
    #expect(try String(contentsOf: folder.url.appending(path: "a.py"), encoding: .utf8).hasPrefix("for x items"))
  }

  @Test func strictTakesWhatIsForced() throws {
    // There is one repair, and nothing is lost.
    try folder.write("a.json", "{\"a\": {\"b\": 1}")
    let outcome = try fix("a.json", "--strict", "--write", "--model", "none")
    #expect(outcome.code == 0)
    #expect(try String(contentsOf: folder.url.appending(path: "a.json"), encoding: .utf8) == "{\"a\": {\"b\": 1}}")
  }

  /// A parser of the language that takes nothing: what is written is told, and nothing counts as safe.
  @Test func aReferenceThatRefusesIsTold() throws {
    let home = URL(filePath: try #require(ProcessInfo.processInfo.environment["ESPALIER_HOME"]))
    let store = folder.url.appending(path: "store/grammars/go")
    try FileManager.default.createDirectory(at: store.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: home.appending(path: "grammars/go"), to: store)
    let description = store.appending(path: "grammar.yml")
    let text = try String(contentsOf: description, encoding: .utf8)
    let refusing = text.replacing(/(?m)^reference: .*$/, with: "reference: [\"false\"]")
    try #require(refusing != text)
    try refusing.write(to: description, atomically: true, encoding: .utf8)
    let environment = ["ESPALIER_HOME": folder.url.appending(path: "store").path, "PATH": "/usr/bin:/bin"]
    let broken = "package p\n\nfunc f() int {\n\treturn g(1\n}\n"
    try folder.write("a.go", broken)
    func fix(_ arguments: String...) throws -> Tool.Outcome {
      try Tool.run(["fix", "a.go", "--model", "none"] + arguments, in: folder.url, environment: environment)
    }
    func content() throws -> String { try String(contentsOf: folder.url.appending(path: "a.go"), encoding: .utf8) }
    let strict = try fix("--strict", "--write")
    #expect(strict.code == 1)
    #expect(strict.errors.contains("[strict]"))
    #expect(try content() == broken)
    let shown = try fix("--format", "json")
    #expect(shown.output.contains("\"reference\" : \"rejected\""))
    #expect(!shown.output.contains("\"isSafe\" : true"))
    let written = try fix("--write")
    #expect(written.errors.contains("warning: the language's own parser still refuses the repaired text"))
    #expect(try content() == broken.replacing("g(1", with: "g(1)"))
  }

  /// The page on repairs shows what the tool prints.
  @Test func thePageShowsWhatIsPrinted() throws {
    try folder.write("loop.c", "int f(int a) {\n  while (g(a) {\n    a++;\n  }\n  return a;\n}\n")
    let outcome = try fix("loop.c", "--alternatives", "4", "--model", "none")
    let page = try String(contentsOf: Tool.repository.appending(path: "docs/repair.md"), encoding: .utf8)
    #expect(outcome.code == 1)
    #expect(page.contains("$ espalier fix loop.c --alternatives 4 --model none --no-reference\n" + outcome.output))
  }

  @Test func interactiveWritesWhatIsTaken() throws {
    for name in ["a.py", "b.py", "c.py"] { try folder.write(name, "for x items:\n    f(x)\n") }
    func run(_ input: String) throws -> Tool.Outcome {
      try Tool.run(["fix", "--no-reference", "--interactive", "--model", "none", "."], in: folder.url, input: input)
    }
    func content(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }
    let first = try run("99\nnonsense\n1\ns\nq\n")
    #expect(first.code == 1)
    #expect(first.errors.components(separatedBy: "write which:").count - 1 == 5)
    #expect(try content("a.py") == "for x in items:\n    f(x)\n")
    #expect(try content("b.py").hasPrefix("for x items"))
    #expect(try content("c.py").hasPrefix("for x items"))
    // The end of the input leaves the rest.
    #expect(try run("1\n").code == 1)
    #expect(try content("b.py") == "for x in items:\n    f(x)\n")
    #expect(try content("c.py").hasPrefix("for x items"))
    #expect(try run("1\n").code == 0)
  }

  @Test func patternsAndIgnoredFiles() throws {
    for name in ["src/a.py", "src/deep/b.py", "out/c.py"] { try folder.write(name, "f(1\n") }
    let pattern = try fix("src/**/*.py", "--check", "--model", "none")
    #expect(pattern.output == "src/a.py: would be repaired\nsrc/deep/b.py: would be repaired\n")
    try folder.write(".gitignore", "out/\n")
    try folder.write(".git/HEAD", "ref: refs/heads/main\n")
    try folder.write(".git/objects/info/none", "")
    try folder.write(".git/refs/none", "")
    #expect(try !fix(".", "--check", "--model", "none").output.contains("out/c.py"))
    #expect(try fix(".", "--check", "--no-ignore", "--model", "none").output.contains("out/c.py"))
    #expect(try fix("*.rs").errors.contains("*.rs: expected a file or folder, found nothing"))
  }

  @Test(arguments: [
    (["--write", "--check"], "exclude each other"), (["--alternatives", "0"], "--alternatives: expected 1 to 100"),
    (["--alternatives", "3", "--write"], "--alternatives shows repairs"),
    (["--strict", "--interactive"], "--strict leaves nothing"),
    (["--interactive", "--format", "json"], "in text only"),
  ])
  func modesThatDoNotGoTogether(_ arguments: [String], _ message: String) throws {
    let outcome = try Tool.run(["fix", "a.py"] + arguments, in: folder.url)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(message))
  }

  @Test func standardInputShowsADiffIfAsked() throws {
    let arguments = ["fix", "--no-reference", "--model", "none", "--stdin", "--stdin-filename", "a.py"]
    #expect(try Tool.run(arguments, in: folder.url, input: "f(1\n").output == "f(1)\n")
    let diff = try Tool.run(arguments + ["--diff"], in: folder.url, input: "f(1\n")
    #expect(diff.output == "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-f(1\n+f(1)\n")
  }

  /// One pass over a file of many megabytes was not interrupted.
  @Test func regression_aLargeBrokenFileRespectsTheTimeLimit() throws {
    let item = "{\"name\": \"value\", \"list\": [1, 2, 3]},\n"
    try folder.write("a.json", "[" + String(repeating: item, count: 150_000) + "{\"a\" 1}]")
    let start = ContinuousClock.now
    let outcome = try fix("a.json", "--timeout", "2", "--model", "none")
    #expect(outcome.code == 1)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
