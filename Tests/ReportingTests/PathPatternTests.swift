import Foundation
import Reporting
import Testing

@Suite struct PathPatternTests {
  @Test(arguments: [
    ("*.py", "a.py", true), ("*.py", "b/a.py", false), ("**/*.py", "a.py", true), ("**/*.py", "b/c/a.py", true),
    ("src/**/t?.c", "x/y/t1.c", true), ("src/**/t?.c", "x/y/t12.c", false), ("src/[ab]/**", "a/x/y", true),
    ("src/[ab]/**", "c/x", false), ("*.py", ".hidden.py", false), ("a**", "ab/c", false),
  ])
  func names(_ pattern: String, _ path: String, _ isMatch: Bool) throws {
    #expect(try #require(PathPattern(pattern)).matches(path) == isMatch)
  }

  @Test func whatIsNoPatternIsNone() {
    #expect(PathPattern("src/a.py") == nil)
    #expect(PathPattern("/usr/x*/a")?.folder == "/usr")
    #expect(PathPattern("*.py")?.folder == "")
  }

  @Test func patternsStandForTheFilesThatTheyMatch() throws {
    let folder = try TemporaryFolder()
    for name in ["a.py", "src/b.py", "src/c.c", "src/deep/d.py", "src/.hidden/e.py"] { try folder.write(name, "") }
    let list = FileList([folder.path("src/**/*.py"), folder.path("*.rs")])
    #expect(list.entries.map(\.path) == ["src/b.py", "src/deep/d.py"].map(folder.path))
    #expect(list.entries.allSatisfy { !$0.isExplicit })
    #expect(list.problems == [.notFound(path: folder.path("*.rs"))])
  }

  /// A file whose name looks like a pattern is a file.
  @Test func regression_aFileWithBracketsInItsName() throws {
    let folder = try TemporaryFolder()
    try folder.write("a[1].py", "")
    #expect(FileList([folder.path("a[1].py")]).entries.map(\.isExplicit) == [true])
  }
}

@Suite(.enabled(if: hasGit, "needs git")) struct IgnoredFilesTests {
  @Test func whatGitIgnoresIsPassedOverInsideFolders() throws {
    let folder = try TemporaryFolder()
    for name in ["a.py", "out/b.py", "src/c.py", "src/gen é.py", "src/keep.py"] { try folder.write(name, "") }
    try folder.write(".gitignore", "out/\n*gen*\n")
    try folder.write("src/.gitignore", "c.py\n")
    let top = folder.url.path
    #expect(FileList([top], passingIgnored: true).entries.count == 5)
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "init", "-q", top]
    try git.run()
    git.waitUntilExit()
    #expect(
      FileList([top], passingIgnored: true).entries.map(\.path) == ["a.py", "src/keep.py"].map(folder.path))
    #expect(FileList([top]).entries.count == 5)
    // A file that is named itself is meant.
    #expect(FileList([folder.path("out/b.py")], passingIgnored: true).entries.count == 1)
  }
}

private let hasGit = ["/usr/bin/git", "/usr/local/bin/git"].contains(where: FileManager.default.isExecutableFile)
