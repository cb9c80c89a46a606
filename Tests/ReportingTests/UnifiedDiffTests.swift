import Foundation
import Reporting
import Testing

@Suite struct UnifiedDiffTests {
  func diff(_ old: String, _ new: String, path: String = "f") -> String {
    String(decoding: UnifiedDiff.make(path: path, old: Array(old.utf8), new: Array(new.utf8)), as: UTF8.self)
  }

  @Test func equalTextsHaveNone() {
    #expect(diff("", "") == "")
    #expect(diff("a\n", "a\n") == "")
  }

  @Test func aChangeStandsBetweenItsContext() {
    #expect(
      diff("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nfive\n6\n7\n8\n") == """
        --- a/f
        +++ b/f
        @@ -2,7 +2,7 @@
         2
         3
         4
        -5
        +five
         6
         7
         8

        """)
  }

  @Test func farChangesHaveHunksOfTheirOwn() {
    let old = (1...20).map { "\($0)\n" }.joined()
    let new = old.replacingOccurrences(of: "2\n3", with: "two\n3").replacingOccurrences(of: "\n19\n", with: "\n")
    let hunks = diff(old, new).split(separator: "\n").filter { $0.hasPrefix("@@") }
    #expect(hunks == ["@@ -1,5 +1,5 @@", "@@ -16,5 +16,4 @@"])
  }

  @Test func aMissingFinalNewlineIsTold() {
    #expect(diff("a", "b\n") == "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n")
    #expect(
      diff("a\nb", "c\nb")
        == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n")
  }

  @Test func emptyVersionsNameTheLineBefore() {
    #expect(diff("", "a\n") == "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n")
    #expect(diff("a\nb\n", "") == "--- a/f\n+++ b/f\n@@ -1,2 +0,0 @@\n-a\n-b\n")
  }

  @Test func carriageReturnsArePartOfTheLine() {
    #expect(diff("a\r\nb\r\n", "a\r\nc\r\n").contains("\n-b\r\n+c\r\n"))
  }

  @Test(arguments: [
    ("./a/b", "--- a/a/b\n"), ("/a b", "--- a/a b\t\n"), ("a\"\\\t", "--- \"a/a\\\"\\\\\\011\"\n"), ("é", "--- a/é\n"),
  ])
  func namesAreSpelledAsGitReadsThem(_ path: String, _ expected: String) {
    #expect(diff("1", "2", path: path).hasPrefix(expected))
  }

  @Test func hugeDifferencesFallBackToOneChange() {
    let old = (0..<5_000).map { "old \($0)\n" }.joined()
    let new = (0..<5_000).map { "new \($0)\n" }.joined()
    #expect(diff(old, new).split(separator: "\n").count == 10_003)
  }

  /// Random edits, applied by git itself, give back the new version byte for byte.
  @Test func gitAppliesWhatIsMade() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/git") else {
      print("skipped: git is not installed")
      return
    }
    var generator = SystemRandomNumberGenerator()
    for round in 0..<40 {
      let folder = try TemporaryFolder()
      let end = round % 3 == 0 ? "\r\n" : "\n"
      var lines = (0..<Int.random(in: 0..<30, using: &generator)).map { "line \($0 % 7)\(end)" }
      if round % 2 == 0 { lines.append("the last, without an end") }
      var edited = lines
      for _ in 0..<Int.random(in: 1..<6, using: &generator) {
        let place = Int.random(in: 0...edited.count, using: &generator)
        if place < edited.count, Bool.random(using: &generator) {
          edited.remove(at: place)
        } else {
          edited.insert("new \(place)\(place == edited.count ? "" : end)", at: place)
        }
      }
      let (old, new) = (lines.joined(), edited.joined())
      try folder.write("some file.txt", old)
      try folder.write("patch", UnifiedDiff.make(path: "some file.txt", old: Array(old.utf8), new: Array(new.utf8)))
      guard old != new, !old.isEmpty, !new.isEmpty else { continue }
      let git = Process()
      git.executableURL = URL(filePath: "/usr/bin/git")
      git.arguments = ["apply", "--whitespace=nowarn", "patch"]
      git.currentDirectoryURL = folder.url
      try git.run()
      git.waitUntilExit()
      #expect(git.terminationStatus == 0)
      #expect(try folder.read("some file.txt") == new)
    }
  }
}
