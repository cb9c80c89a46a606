import Syntax
import Testing

@testable import Recognition

/// What a hole opens must suit the fixed text behind it: blocks, brackets, strings, words.
@Suite(.enabled(if: storeIsThere, storeHint)) struct HoleBorderTests {
  private func hole(_ language: String, _ prefix: String, _ segments: String...) throws -> HoleRecogniser {
    HoleRecogniser(
      try TestLanguages.language(language, dialect: true), prefix: Array(prefix.utf8),
      segments: segments.map { Array($0.utf8) })
  }

  /// Each was given up once: the cheapest way through the summaries asked for blocks, brackets or strings that the text
  /// behind the hole does not allow.
  @Test(arguments: [
    // The line behind is in the block of a function that the hole has to begin further out.
    ("class A:\n    def f(self):\n        x = g(y", ",\n          b=1):\n        if c: pass\n"),
    // The hole opens blocks at columns that later lines go back to.
    (
      "f(x)\nx",
      " names:\n            try:\n                pass\n            except E:\n                pass\n    y = 1\n"
    ),
    // Lines are joined inside the bracket that the hole has to close.
    ("class A:\n    def f(self):\n        x = f(g(a)as{", ", b):\n        \"\"\"Text.\"\"\"\n        y = 1\n"),
    // The name of a variable in a call, and a statement that goes on behind.
    ("def f():\n    with open(os.open(rc, os.O | ab", "):\n        x = 1\n        if y:\n            z\n"),
    ("def f():\n    x = [\n        a, b", ": 32])]\n    print(x)\n"),
  ])
  func regression_completionSuitsTheTextBehind(_ prefix: String, _ suffix: String) throws {
    let hole = try hole("python", prefix, suffix)
    try #require(hole.isViable)
    #expect(hole.completeAndClose())
    #expect(try SyntaxParser(hole.language.grammar).accepts(hole.text), "\(String(decoding: hole.text, as: UTF8.self))")
    #expect(hole.text.starts(with: prefix.utf8) && hole.text.suffix(suffix.utf8.count).elementsEqual(suffix.utf8))
  }

  @Test func regression_stringsOfTheHoleEndInIt() throws {
    let hole = try hole("python", "x = f(", ")\ny = g('a')\n")
    #expect(hole.append(Array("\"\"\"".utf8)))
    #expect(!hole.canClose())
    #expect(!hole.canAppend(Array("a\"\"\" + '''".utf8)) || hole.append(Array("a\"\"\" + '''".utf8)))
    #expect(!hole.canClose())
    #expect(hole.completeAndClose())
  }

  @Test(arguments: [
    ("python", "x = \"hello ", " world\"\n"), ("python", "x = f'hello ", " {name}'\n"),
    ("c", "char *x = \"hello ", " world\";\n"), ("json", "[\"hello ", " world\"]"),
  ])
  func aHoleInAStringIsFilledWithText(_ language: String, _ prefix: String, _ suffix: String) throws {
    let hole = try hole(language, prefix, suffix)
    #expect(hole.append(Array("big".utf8)))
    #expect(hole.close())
    #expect(hole.isAccepted)
  }

  /// Extras of several terminals that a hole opens would take the text behind it in.
  @Test(.enabled(if: TestLanguages.installed.contains("rust")), arguments: ["//", "// a", "/*", "/* a", "///"])
  func regression_commentsOfTheHoleEndInIt(_ comment: String) throws {
    let hole = try hole("rust", "fn f() {\n    a();", " b();\n}\n// c */\n")
    #expect(hole.append(Array(comment.utf8)))
    #expect(!hole.canClose())
    #expect(hole.append(Array((comment.hasPrefix("/*") ? "*/" : "\n").utf8)))
    #expect(hole.close() && hole.isAccepted)
  }

  @Test(.enabled(if: TestLanguages.installed.contains("rust")))
  func aHoleInACommentIsFilledWithText() throws {
    let hole = try hole("rust", "/* one ", " three */ fn f() {}\n")
    #expect(hole.append(Array("two".utf8)))
    #expect(hole.close() && hole.isAccepted)
  }

  /// The scanner of Rust keeps the number of its marks behind a raw string.
  @Test(.enabled(if: TestLanguages.installed.contains("rust")))
  func regression_rawStringsOfTheHoleMayEndInIt() throws {
    let written = try hole("rust", "fn f() { g(", "); }\n")
    #expect(written.append(Array("r##\"a\"##".utf8)))
    #expect(written.close() && written.isAccepted)
    let ended = try hole("rust", "fn f() { g(r##\"a", "); }\n")
    #expect(ended.isViable)
    #expect(ended.append(Array("\"##".utf8)))
    #expect(ended.close() && ended.isAccepted)
  }

  /// What ends a heredoc or a raw string is known to the scanner alone.
  @Test(
    arguments: [
      ("bash", "cat <<\"TWO WORDS\"\n", "a\nTWO WORDS\n", "echo b\n"), ("bash", "cat ", "<<E\n$x\nE\n", "echo b\n"),
      ("cpp", "auto x = R\"abc(", "y)a)abc\"", ";\n"), ("ruby", "x = ", "<<~TEXT\n  a\nTEXT\n", "y\n"),
    ].filter { TestLanguages.installed.contains($0.0) })
  func regression_wordsThatEndStringsAreTried(
    _ language: String, _ prefix: String, _ text: String, _ suffix: String
  ) throws {
    let hole = try hole(language, prefix, suffix)
    for byte in text.utf8 { #expect(hole.append([byte]), "behind \(String(decoding: hole.text, as: UTF8.self))") }
    #expect(hole.close() && hole.isAccepted)
  }

  /// Scanners end a statement at the start of a text, which that behind a hole is not.
  @Test(.enabled(if: TestLanguages.installed.contains("javascript")))
  func regression_textBehindAHoleIsNoStart() throws {
    let hole = try hole("javascript", "let p =", ", q = 1\n")
    #expect(hole.append(Array(" 2".utf8)))
    #expect(hole.close() && hole.isAccepted)
  }

  /// A scanner that has seen heredocs does not remember them in another text.
  @Test(.enabled(if: TestLanguages.installed.contains("bash")))
  func regression_scannersForgetHeredocs() throws {
    let language = try TestLanguages.language("bash")
    let recogniser = Recogniser(language)
    let parser = try SyntaxParser(language.grammar)
    for text in ["cat <<A && cat <<B", "cat <<A <<B\n", "cat <<C\nc $x d\nC\necho\n", "cat <<C\nc\nB\nA\n"] {
      let bytes = Array(text.utf8)
      #expect(bytes.withUnsafeBufferPointer { recogniser.accepts($0) } == parser.accepts(bytes), "\(text)")
    }
  }

  @Test(arguments: [("c", "int ", "x;", "my"), ("python", "x = ", "y\n", "not"), ("json", "[1", "2]", "3,")])
  func wordsBehindAHoleStayWhole(_ language: String, _ prefix: String, _ suffix: String, _ text: String) throws {
    let hole = try hole(language, prefix, suffix)
    #expect(hole.append(Array(text.utf8)))
    #expect(hole.canClose() == (language == "json"))
    #expect(hole.append([0x20]))
    #expect(hole.canClose() == (language != "c"))
  }

  /// Each swallowed the text between two holes, as the second one could end it.
  @Test(
    arguments: [
      ("c", "int a;\n", " int b;\n", "int c;\n", "/* ", "/* */"),
      ("go", "package p\n\nvar x = ", " + 1\n", "var y = 2\n", "\"", "\"\""),
    ].filter { TestLanguages.installed.contains($0.0) })
  func regression_noTerminalGoesOnInTheNextHole(
    _ language: String, _ prefix: String, _ middle: String, _ suffix: String, _ open: String, _ whole: String
  ) throws {
    let refused = try hole(language, prefix, middle, suffix)
    #expect(refused.append(Array(open.utf8)) && !refused.canClose())
    let allowed = try hole(language, prefix, middle, suffix)
    #expect(allowed.append(Array(whole.utf8)) && allowed.canClose())
  }

  /// A quote in front of a hole could be the first of three, and still the hole starts in a string.
  @Test(.enabled(if: TestLanguages.installed.contains("java")))
  func regression_holesBehindAQuoteStartInAString() throws {
    let hole = try hole("java", "class A { String s = \"", "\"; int b; }")
    #expect(hole.isViable && !hole.completion.allowsOtherContexts)
    #expect(hole.append(Array("x".utf8)) && hole.canClose())
  }

  /// A line break that ends a line is no padding in front of what the hole behind it writes.
  @Test(.enabled(if: TestLanguages.installed.contains("go")))
  func regression_lineBreaksInFrontOfHolesEndLines() throws {
    let hole = try hole("go", "package p\n\ntype C struct {\n\t~interface{[", "]int\n}\n", " struct {\n\tx T\n}\n}\n")
    #expect(hole.completeAndClose() && hole.completeAndClose())
    #expect(try SyntaxParser(hole.language.grammar).accepts(hole.text), "\(String(decoding: hole.text, as: UTF8.self))")
  }

  /// To the grammars a line break before the closing quote is padding; to the languages it is an error.
  @Test(arguments: [("json", "[\"a", "\"]"), ("json", "[\"", "\"]"), ("c", "char *s = \"a", "\";")])
  func stringsHoldNoLineBreaks(_ language: String, _ prefix: String, _ suffix: String) throws {
    let hole = try hole(language, prefix, suffix)
    #expect(!hole.canAppend(Array("\n".utf8)) && !hole.canAppend(Array(" \n ".utf8)))
    #expect(hole.append(Array(" b ".utf8)))
    #expect(hole.close())
    #expect(!accepts(hole.language, prefix + "\n" + suffix))
    #expect(accepts(try TestLanguages.language(language), prefix + "\n" + suffix))
    #expect(language == "json" || accepts(hole.language, prefix + "\\\n" + suffix))
  }

  /// Productions that a dialect forbids are out of the tables, so no mask leads there.
  @Test func forbiddenProductionsAreRefused() throws {
    let python = try hole("python", "async def f():\n    ", "")
    #expect(python.canAppend(Array("await x".utf8)))
    #expect(!python.canAppend(Array("await = 1".utf8)) && !python.canAppend(Array("x = await\n".utf8)))
    let json = try hole("json", "", "")
    #expect(!json.canClose())
    #expect(json.append(Array("[1]".utf8)))
    #expect(json.canClose() && !json.canAppend(Array(" 2".utf8)))
  }
}
