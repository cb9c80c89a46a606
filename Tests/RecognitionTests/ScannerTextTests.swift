import Recognition
import Testing

/// Text that an external scanner cannot decide on before it has seen what follows.
@Suite(.enabled(if: storeIsThere, storeHint)) struct ScannerTextTests {
  private func hole(_ name: String, _ before: String, _ behind: String) throws -> HoleRecogniser {
    HoleRecogniser(
      try TestLanguages.language(name, dialect: true), prefix: Array(before.utf8), segments: [Array(behind.utf8)])
  }

  /// Writes `text` byte by byte and closes the hole.
  private func fill(_ recogniser: HoleRecogniser, _ text: String, at place: SourceLocation = #_sourceLocation) {
    for byte in text.utf8 {
      #expect(recogniser.append([byte]), "\(Character(UnicodeScalar(byte)))", sourceLocation: place)
    }
    #expect(recogniser.close(), sourceLocation: place)
  }

  /// Whether a colon starts a pseudo-class or ends the name of a property is told by what ends the declaration.
  @Test(
    .enabled(if: TestLanguages.installed.contains("css")),
    arguments: [
      ("a {\n  src: local('x'), url(y) format(", "'z');\n}\n", "'v'), url("),
      ("a {\n  transition: margin 0.3s ease", " /* b */\n}\n", ", transform 0.3s ease;"),
      ("a {\n  color: ", ";\n}\n", "#b21e00"), ("a", ":hover b {}\n", ":focus > c, d"),
    ])
  func regression_longDeclarations(_ before: String, _ behind: String, _ text: String) throws {
    let recogniser = try hole("css", before, behind)
    #expect(recogniser.isViable)
    fill(recogniser, text)
  }

  /// What scanners spell is viable from its first letter on, and a slash in a comment is none that opens another.
  @Test(arguments: [
    ("rust", "/*! a\n", "fn f() {}\n", "// b */\n"), ("html", "<p>a\n", "</p>\n", "<!-- b -->"),
    ("lua", "a = ", "\n", "[==[b]] c]==]"), ("swift", "extension A ", "B == C {\n}\n", "where "),
    ("javascript", "m => {\n  const a ", ";\n}\n", "// b\n= 1"),
  ])
  func regression_startsOfTerminals(_ name: String, _ before: String, _ behind: String, _ text: String) throws {
    guard TestLanguages.installed.contains(name) else { return }
    let recogniser = try hole(name, before, behind)
    #expect(recogniser.isViable)
    fill(recogniser, text)
  }

  /// Behind a backquote the scanner looks for another one, which need not come.
  @Test(.enabled(if: TestLanguages.installed.contains("bash")))
  func regression_closingBackquote() throws {
    let recogniser = try hole("bash", "f() {\n  a=`b`\n  if c; then d; fi\n}\n", "")
    #expect(recogniser.isViable)
    fill(recogniser, "if e; then f; fi\n")
  }

  /// The scanner skips a carriage return and finds an empty terminal in front of the line feed.
  @Test(.enabled(if: TestLanguages.installed.contains("toml")))
  func regression_carriageReturns() throws {
    let recogniser = try hole("toml", "a = 1", "b = 2\r\n")
    fill(recogniser, "\r\nc = [\"d\"]\r\n")
  }

  /// A scanner whose state has blocks and columns: text behind a hole goes on with those that the hole leaves open.
  @Test(
    .enabled(if: TestLanguages.installed.contains("yaml")),
    arguments: [
      ("a:\n  b: ", "\n  d: 2\n", "[1, \"c\"]"), ("a:\n  b:", "\n    d: 2\ne: 3\n", "\n    c: 1"),
      ("- ", ": b\n  c: d\n", "a"), ("- a", " b\n  c: d\n", ":"),
      ("a:\n  b:\n    c: 1", "\n    - d: 1\n      e: 2\n", "00\n    f:\n"),
      ("a:\n", "  d: 2\n", "  b:\n  - c\n  -\n    - e\n"),
    ])
  func blocksGoOnBehindHoles(_ before: String, _ behind: String, _ text: String) throws {
    let recogniser = try hole("yaml", before, behind)
    #expect(recogniser.isViable)
    fill(recogniser, text)
  }

  /// Tags that the hole opens are closed in it, and those that it was cut out of go on behind it.
  @Test(
    .enabled(if: TestLanguages.installed.contains("html")),
    arguments: [
      ("<div>\n", "</div>\n", "<em>a <b>c</b></em>"), ("<div>\n<p", "</p>\n</div>\n", ">Text"),
      ("<p>a <code", "npm</code>\n</p>\n", ">"), ("<ul><li>a", "b</li></ul>\n", "</li><li>"),
    ])
  func regression_tags(_ before: String, _ behind: String, _ text: String) throws {
    let recogniser = try hole("html", before, behind)
    #expect(recogniser.isViable)
    fill(recogniser, text)
  }

  @Test(.enabled(if: TestLanguages.installed.contains("html")))
  func tagsThatAreLeftOpen() throws {
    let recogniser = try hole("html", "<div>\n", "</div>\n<p>a</p>\n")
    #expect(recogniser.append(Array("<em>a".utf8)))
    #expect(!recogniser.canClose())
    #expect(recogniser.append(Array("</em>".utf8)))
    #expect(recogniser.canClose())
  }

  /// The scanner of tree-sitter-kotlin 1.1 looks for the end of an annotation forever where the text ends.
  @Test(.enabled(if: TestLanguages.installed.contains("kotlin")))
  func regression_scannerThatDoesNotEnd() throws {
    let recogniser = try hole("kotlin", "class A {\n  val b = 1\n", "\n}\n")
    fill(recogniser, "  @C val d: Int get() = 2")
  }
}
