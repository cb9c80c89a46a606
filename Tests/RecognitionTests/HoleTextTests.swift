import Grammar
import Recognition
import Testing
import Vocabulary

/// What a hole may be filled with beyond what the grammar says.
@Suite(.enabled(if: storeIsThere, storeHint)) struct HoleTextTests {
  private func hole(_ name: String, _ before: String, _ behind: String) throws -> HoleRecogniser {
    HoleRecogniser(
      try TestLanguages.language(name, dialect: true), prefix: Array(before.utf8), segments: [Array(behind.utf8)])
  }

  /// Scanners read the bytes of comments and strings as they come.
  @Test(arguments: [("rust", "/// a", "\nfn f() {}\n"), ("ruby", "x = \"a", "\"\n"), ("json", "[\"a", "\"]")])
  func textStaysUTF8(_ name: String, _ before: String, _ behind: String) throws {
    let recogniser = try hole(name, before, behind)
    #expect(recogniser.isViable)
    #expect(!recogniser.canAppend([0xFF]))
    #expect(!recogniser.canAppend([0x80]))
    #expect(!recogniser.canAppend([0xC3, 0x61]))
    #expect(!recogniser.canAppend([0xE0, 0x80]))
    #expect(!recogniser.canAppend([0xED, 0xA0]))
    #expect(recogniser.append([0xC3]))
    #expect(!recogniser.canAppend([0x61]))
    #expect(!recogniser.canClose())
    #expect(recogniser.append([0xA9]))
    #expect(recogniser.close())
  }

  @Test func masksStayUTF8() throws {
    let recogniser = try hole("rust", "/// a", "\nfn f() {}\n")
    let vocabulary = Vocabulary(tokens: [[0xC3], [0xA9], [0x61], [0xFF], [0xA9, 0x61]])
    let paths = TokenPaths(recogniser.language, vocabulary)
    #expect(recogniser.append([0xC3]))
    #expect(Array(recogniser.mask(paths)) == [TokenID(1), TokenID(4)])
    #expect(recogniser.append([0xA9]))
    #expect(Array(recogniser.mask(paths)) == [TokenID(0), TokenID(2)])
  }

  /// A string that is opened in a hole ends there: text behind it that was code stays code.
  @Test(arguments: [
    ("java", "class A { void f() { g(", ", \"b\"); } }", "\""), ("c", "void f() { g(", ", \"b\"); }", "\""),
    ("java", "class A { void f() { g(", "); } }", "\"\"\""),
  ])
  func stringsEndInTheirHole(_ name: String, _ before: String, _ behind: String, _ quote: String) throws {
    let recogniser = try hole(name, before, behind)
    #expect(recogniser.append(Array(quote.utf8)))
    #expect(!recogniser.canClose())
    #expect(recogniser.append(Array(("\n".prefix(quote.count - 1) + quote).utf8)))
    #expect(recogniser.close())
  }

  /// Where the fixed text goes on with a string, the hole opens it.
  @Test func holesMayOpenWhatTheTextCloses() throws {
    let recogniser = try hole("java", "class A { void f() { g(", "b\"); } }")
    #expect(recogniser.isViable)
    #expect(recogniser.append(Array("\"".utf8)))
    #expect(recogniser.close())
  }

  /// Statements occur in the interpolations of a heredoc, too; that does not make them a part of one.
  @Test func statementsOutsideOfHeredocsAreOutside() throws {
    let recogniser = try hole("ruby", "class A\n  def", "(x)\n    y\n  end\nend\n")
    #expect(recogniser.isViable)
    #expect(recogniser.append(Array(" f".utf8)))
    #expect(recogniser.close())
  }

  /// The rest of a file behind `__END__` is no code.
  @Test func holesDoNotEndTheProgram() throws {
    let recogniser = try hole("ruby", "x\n", "\ny\n")
    #expect(recogniser.append(Array("z\n".utf8)))
    #expect(!recogniser.canAppend(Array("__END__\n".utf8)) || recogniser.append(Array("__END__\n".utf8)))
    #expect(!Array(recogniser.text).contains(0x5F) || !recogniser.canClose())
  }
}
