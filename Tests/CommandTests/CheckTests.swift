import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct CheckTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func check(_ arguments: String...) throws -> Tool.Outcome { try Tool.run(["check"] + arguments, in: folder.url) }

  @Test func theExampleIsGolden() throws {
    let arguments = ["check", "examples/project", "--rules", "examples/rules.yml"]
    let text = try Tool.run(arguments, in: Tool.repository)
    #expect(text.code == 1)
    try expectGolden("check-example.txt", text.output)
    #expect(text.errors == "espalier: 7 findings in 3 of 4 files\n")

    let json = try Tool.run(arguments + ["--format", "json"], in: Tool.repository)
    #expect(json.code == 1)
    try expectGolden("check-example.json", json.output)
    #expect(json.errors == "")
  }

  @Test func cleanFilesHaveNothingToReport() throws {
    try folder.write("a.py", "print(1)\n")
    try folder.write("b.c", "int a;\r\n")
    try folder.write("c.json", "[1e+2]")
    try folder.write("empty.py", "")
    let outcome = try check(".")
    #expect(outcome.code == 0)
    #expect(outcome.output == "")
    #expect(outcome.errors == "espalier: nothing found in 4 files\n")
  }

  @Test func syntaxErrorsAreFindings() throws {
    try folder.write("a.c", "int f(void) { return 1 }\n")
    let outcome = try check("a.c")
    #expect(outcome.code == 1)
    #expect(outcome.output == "a.c:1:23: error: expected ';' [syntax]\n")
  }

  @Test func strictJSONDecidesAboutJSON() throws {
    try folder.write("a.json", "{\"a\": 01}\n")
    try folder.write("b.json", "")
    try folder.write("c.json", "[] // done\n")
    let outcome = try check(".")
    #expect(outcome.code == 1)
    #expect(
      outcome.output == """
        a.json:1:8: error: expected no digit after a leading zero, found '1' [syntax]
        b.json:1:1: error: expected a value, found the end of the text [syntax]
        c.json:1:4: error: expected the end of the text after the value, found '/' [syntax]

        """)
  }

  @Test func whatCannotBeCheckedIsAFailureAndTheRestIsChecked() throws {
    try folder.write("binary.c", [0x69, 0x00])
    try folder.write("latin.py", [0x61, 0x0A, 0xE9, 0x0A])
    try folder.write("wrong.c", "int a\n")
    try folder.write("notes.txt", "int a\n")
    let outcome = try check(".", "missing.c", "notes.txt")
    #expect(outcome.code == 2)
    #expect(outcome.output.hasPrefix("wrong.c:1:6: error: "))
    #expect(outcome.errors.hasPrefix("espalier: missing.c: expected a file or folder, found nothing\n"))
    #expect(
      outcome.errors.contains(
        "espalier: binary.c: expected text, found a binary file (a zero byte at offset 1)\n"
          + "espalier: latin.py:2: expected UTF-8, found the byte 0xE9 at offset 2\n"))
    #expect(outcome.errors.contains("notes.txt: expected a file of an installed language ("))
    #expect(outcome.errors.hasSuffix("espalier: 1 finding in 1 of 1 file\n"))
  }

  @Test func anUnreadableFileIsAFailure() throws {
    try folder.write("a.c", "int a;\n")
    #expect(chmod(folder.url.appending(path: "a.c").path, 0) == 0)
    let outcome = try check("a.c")
    // Root may read everything.
    if geteuid() == 0 {
      #expect(outcome.code == 0)
    } else {
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("a.c: cannot be read: Permission denied"))
    }
  }

  @Test func otherFilesInFoldersArePassedOver() throws {
    try folder.write("notes.txt", "no language\n")
    try folder.write(".hidden.c", "int a\n")
    let outcome = try check(".")
    #expect(outcome.code == 0)
    #expect(outcome.errors == "espalier: nothing found in 0 files\n")
  }

  @Test(arguments: [
    ("rules: [", "r.yml:2: expected YAML, found a mistake: did not find expected node content"),
    ("rules:\n- id: a\n  languages: c", "r.yml:3: expected one of the keys id, language,"),
    (
      "rules:\n- id: a\n  language: cobol\n  message: m\n  forbid: x",
      "r.yml:5: expected an installed language ("
    ),
    (
      "rules:\n- id: a\n  language: c\n  message: m\n  query: (x",
      "r.yml:5: expected a node kind of the grammar c at line 1, column 2 of the query of the rule 'a', found 'x'"
    ),
  ])
  func malformedRulesAreAFailureBeforeAnythingIsChecked(_ rules: String, _ message: String) throws {
    try folder.write("r.yml", rules)
    try folder.write("a.c", "int a\n")
    let outcome = try check("a.c", "--rules", "r.yml")
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("espalier: " + message))
  }

  @Test func aMissingRuleFileIsAFailure() throws {
    let outcome = try check(".", "--rules", "none.yml")
    #expect(outcome.code == 2)
    #expect(outcome.errors == "espalier: none.yml: expected a file or folder, found nothing\n")
  }

  /// A copy of the tool that stands alone has no grammars.
  @Test func withoutGrammarsNothingCanBeChecked() throws {
    let lonely = folder.url.appending(path: "bin/espalier")
    try FileManager.default.createDirectory(at: lonely.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: try #require(Tool.path), toPath: lonely.path)
    let outcome = try Tool.run(
      ["check", "."], in: folder.url, environment: ["HOME": folder.url.path], tool: lonely.path)
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("espalier: expected installed grammars, found none in "))
  }

  @Test func hostileNestingIsNoCrash() throws {
    try folder.write("deep.json", String(repeating: "[", count: 300_000))
    try folder.write("deep.c", String(repeating: "(", count: 300_000))
    try folder.write("deep.py", String(repeating: "- ", count: 300_000) + "1\n")
    let outcome = try check(".")
    #expect(outcome.code == 1)
    #expect(outcome.output.contains("deep.json:1:300001: error: expected a value, found the end of the text [syntax]"))
  }
}
