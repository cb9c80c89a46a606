import Denoiser
import Foundation
import Grammar
import Recognition
import Testing
import Vocabulary

@testable import Constraint

let storeIsThere = ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil
let storeHint: Comment = "ESPALIER_HOME names no grammar store: run make test"

/// The mask and the lazy check must be two interfaces with one meaning.
@Suite(.enabled(if: storeIsThere, storeHint)) struct MaskTests {
  static let texts = [
    "json": "{\"a\": [1, -2.5e3, true], \"b\": {\"c\\n\": null}}",
    "c": "int f(int a) {\n  if (a > 1) return a * 2; /* c */\n  char *s = \"x\\n\";\n  return 'c' + s[0];\n}\n",
    "python":
      "def f(a, *b):\n    if a:\n        return [x for x in b]\n    elif b:\n        s = \"b\"\n    x = 'q'\n\nf(1)\n",
  ]

  /// Single bytes, and what tokenizers make of code.
  static let vocabulary = Vocabulary(
    tokens: (0...255).map { [UInt8($0)] }
      + [
        "\n    ", "\n        ", "\n", "  ", "    ", " =", " ==", "==", "()", "):", "):\n", "((", "))", "];", "});",
        "{\"",
        "\":", "\", \"", "[1", "], [", "null", "true", "1.5", "0x", "e+", "return", " return", "if", "else", " elif",
        "el", "if ", "int", " int", "char *", "def", "def ", "self", "class", "/*", "*/", "//", "# ", "\"\"\"", "'''",
        "f\"", "{x}", "}}", "->", "+=", "é", "\\n", "\\", "a", "ab", " a", ", ", ";\n", ";\n}\n", "\r\n", "\t", "\n\n",
        "foo", " foo", " end", "\n end", "esac", "loc", "al", "12", " 345", "6x", "x:", "x=", " -e", " -eq", "--ab",
        "[0]",
        String(repeating: "-", count: 70), String(repeating: "(", count: 40), "[[[[[[[[[[[[[[[[[[",
        "~~~~~~~~~~~~~~~~~~-",
      ].map { Array($0.utf8) } + [[]])

  private func compare(
    _ paths: TokenPaths, prefix: ArraySlice<UInt8>, right: [UInt8]
  ) -> Int {
    let recogniser = HoleRecogniser(paths.language, prefix: Array(prefix), segments: [right])
    let constraint = TokenConstraint(recogniser, paths)
    let vocabulary = paths.vocabulary
    let mask = constraint.mask()
    for index in 0..<vocabulary.count {
      let token = TokenID(index)
      let bytes = vocabulary.bytes(of: token)
      #expect(
        mask.contains(token) == constraint.permits(token),
        "\(String(validating: bytes, as: UTF8.self)?.debugDescription ?? "\(Array(bytes))") behind \(String(decoding: prefix.suffix(30), as: UTF8.self).debugDescription)"
      )
    }
    return mask.count
  }

  @Test(arguments: texts.keys.sorted(), [false, true])
  func maskIsTheLazyCheckForEveryToken(_ name: String, _ applyingDialect: Bool) throws {
    let language = try Language(GrammarStore.default.open(name), applyingDialect: applyingDialect)
    let paths = TokenPaths(language, Self.vocabulary)
    let text = Array((Self.texts[name] ?? "").utf8)
    var permitted = 0
    for cut in stride(from: 0, through: text.count, by: 11) {
      permitted += compare(paths, prefix: text[..<cut], right: [])
      let hole = min(cut + 5, text.count)
      permitted += compare(paths, prefix: text[..<cut], right: Array(text[hole...]))
    }
    #expect(permitted > 0)
  }

  /// With every token of the default model: words of all lengths, numbers, line ends with indentation.
  @Test(arguments: texts.keys.sorted())
  func maskIsTheLazyCheckForTheDefaultVocabulary(_ name: String) throws {
    let language = try Language(GrammarStore.default.open(name))
    let vocabulary = try DefaultModel.tokenizer().vocabulary
    let paths = TokenPaths(language, vocabulary)
    let text = Array((Self.texts[name] ?? "").utf8)
    var permitted = 0
    for cut in stride(from: 2, through: text.count, by: 9) {
      let hole = min(cut + 4, text.count)
      permitted += compare(paths, prefix: text[..<cut], right: Array(text[hole...]))
    }
    #expect(permitted > 0)
  }

  /// Texts on which the external scanner has not decided: comments, long strings, blank lines, characters that are cut off.
  static let undecided = [
    "python": [
      "def f(a):\n    x = f\"a {", "if a:\n    b\n    # c d\n\n    # e\n", "x = \"\"\"a\n\n  b c\n    ", "f(\")\"",
      "x = 1   ", "class C:\n    def f(self):\n        return 1\n\n\n        ", "x = f'{a!r} ", "a = [\n    # b\n\n   ",
      "class r():(\"{", "class C:\n    (f\"{", "# a\n#\n# b\n#\n# c\n#\n",
    ],
    "javascript": [
      "a = 1\n  // b c\n\n  // d\n", "a = `b\n c ${d} ", "a = 1\n\n   ", "b()\n/* c\n * d", "return\n  ", "a  ",
      "a = b\n\n  /", "a = `b\n # {c} - \"d\"", "for(e of p)o//\n//\n // \n // \n//", "for(e of p)o//…",
    ],
    // Words in front of what decides on them: keywords, numbers, options.
    "rust": [
      "/* */", "fn f() {}\n/* a", "fn f() { r#\"a", "/* */ ", "fn f() -> i32 { 1 /* */", "fn f() { 1",
      "fn f() { a + 12",
      "/// a b\n/// c - d", "fn f() { g(\"a - b(", "fn f() {}\n\n  ",
    ],
    "bash": [
      "", "_", "a", "local", "loca", "if a; then\n  foo", "export A", "12", "case a in\n  b", "[[ $a == b", "[[ a =~ b",
      "ls -a",
      "test a -e", "for a in b c; do\n  fi", "a=(b c", "echo $", "${a",
    ],
    "ruby": [
      "", "a", "en", "if a\n  foo", "f(a: 1, b", "{ a", "x = \"a b", "%w[a b", "def f\n\n  ", "A", "f a ? b", "puts :a",
      "a\n\n",
    ],
  ]

  /// What is alike to a scanner must be so for the check, which reads the text as it is.
  @Test(arguments: undecided.keys.sorted()) func maskIsTheLazyCheckWhereAScannerIsUndecided(_ name: String) throws {
    guard GrammarStore.default.list().contains(where: { $0.name == name }) else { return }
    let paths = TokenPaths(try Language(GrammarStore.default.open(name)), Self.vocabulary)
    for text in Self.undecided[name] ?? [] {
      #expect(compare(paths, prefix: Array(text.utf8)[...], right: []) > 0)
    }
    // Behind another string, and another indentation, with what was remembered before.
    for text in (Self.undecided[name] ?? []).reversed() {
      #expect(compare(paths, prefix: Array("if (a):\n      b = \"c\"\n\(text)".utf8)[...], right: []) >= 0)
    }
  }

  /// What is remembered of masks serves other indentations and other depths of brackets and strings, as far as they are alike.
  @Test func maskIsTheLazyCheckInOtherSurroundings() throws {
    let paths = TokenPaths(try Language(GrammarStore.default.open("python")), Self.vocabulary)
    var permitted = 0
    for width in [4, 2, 8, 1, 3] {
      let (one, two) = (String(repeating: " ", count: width), String(repeating: " ", count: 2 * width))
      for end in ["", "\n", "\n\(one)", "\n\(two)", "\n\(two) ", " # c\n\(one)"] {
        permitted += compare(paths, prefix: Array("if a:\n\(one)while b:\n\(two)c\(end)".utf8)[...], right: [])
      }
    }
    for depth in 0...4 {
      let text = "if a:\n    x = " + String(repeating: "f(", count: depth) + "b"
      permitted += compare(paths, prefix: Array(text.utf8)[...], right: [])
      permitted += compare(
        paths, prefix: Array(text.utf8)[...], right: Array((String(repeating: ")", count: depth) + "\n").utf8))
    }
    for text in ["x = f'{a", "x = f'{f\"{a", "x = f'{f\"{a['b", "x = f'''{f\"{a['b'] + '''c"] {
      permitted += compare(paths, prefix: Array(text.utf8)[...], right: [])
    }
    #expect(permitted > 0)
  }

  /// Numbers that have ended before the token unless it goes on with them, in front of tokens that cannot.
  static let ended = [
    "c": ["int a = 0x", "x = 1e", "x = 1.5e+", "char *s = u8", "int f() { return 1 - 0b"],
    "python": ["x = 0x", "x = 1e", "x = (1.5e-", "x = 1_", "f(0b", "x = '\\u", "x = \"a\\x1", "if a:\n  \"\"\"\\N{"],
    "javascript": ["a = 0x", "a = 1e", "a = [1e+", "a = 0b"],
    "go": ["0x", "1e", "1e+", "[]int{0b"].map { "package p\nvar a = \($0)" },
    // Of a keyword whose text has a pattern, the text before it decides, too.
    "rust": ["fn f() { g(\"a\",", "fn f() { 0x", "fn f() { 1e"],
  ]

  @Test(arguments: ended.keys.sorted()) func maskIsTheLazyCheckBehindAnEarlierEnd(_ name: String) throws {
    guard GrammarStore.default.list().contains(where: { $0.name == name }) else { return }
    let paths = TokenPaths(try Language(GrammarStore.default.open(name)), Self.vocabulary)
    for text in Self.ended[name] ?? [] {
      #expect(compare(paths, prefix: Array(text.utf8)[...], right: []) > 0, "\(text)")
      _ = compare(paths, prefix: Array(text.utf8)[...], right: Array("1\n".utf8))
    }
  }

  /// Holes that start in a string, or behind one that they have closed: the text behind them goes on as before.
  static let strings = [
    "python": [
      ("f(\"a", "b\")\n"), ("x = f\"a{b} ", "c\"\n"), ("x = f'{a", "}'\ny = 2\n"), ("s = \"\"\"a\n", "\"\"\"\n"),
    ],
    "javascript": [("f(\"a", "b\")\n"), ("x = `a${b} ", "c`\n"), ("x = `${a", "}`\ny = 2\n")],
    "c": [("char *s = \"a", "b\";\n"), ("f('", "');\n")],
    "rust": [("fn f() { g(\"a", "b\"); }\n"), ("fn f() { g(r#\"a", "\"#); }\n")],
  ]

  @Test(arguments: strings.keys.sorted()) func maskIsTheLazyCheckWhereAHoleStartsInAString(_ name: String) throws {
    guard GrammarStore.default.list().contains(where: { $0.name == name }) else { return }
    let language = try Language(GrammarStore.default.open(name))
    let paths = TokenPaths(language, Self.vocabulary)
    for (prefix, right) in Self.strings[name] ?? [] {
      for right in [right, ""] {
        let recogniser = HoleRecogniser(language, prefix: Array(prefix.utf8), segments: [Array(right.utf8)])
        #expect(recogniser.isViable, "\(prefix)")
        var permitted = compare(paths, prefix: Array(prefix.utf8)[...], right: Array(right.utf8))
        // Once the string is closed, the hole goes on with anything.
        let constraint = TokenConstraint(recogniser, paths)
        for byte in prefix.utf8.filter({ "\"'`}#/".utf8.contains($0) }).suffix(1) + Array(", 1".utf8)
        where constraint.commit(TokenID(Int(byte))) {
          let mask = constraint.mask()
          for index in 0..<Self.vocabulary.count {
            let token = TokenID(index)
            #expect(mask.contains(token) == constraint.permits(token), "\(index) in \(prefix)")
          }
          permitted += mask.count
        }
        #expect(permitted > 0, "\(prefix)")
      }
    }
  }

  /// What may come in front of a text may come in front of nothing: the text is something that a hole may write, too.
  @Test(arguments: texts.keys.sorted()) func textBehindAHoleOnlyTakesTokensAway(_ name: String) throws {
    let language = try Language(GrammarStore.default.open(name))
    let paths = TokenPaths(language, Self.vocabulary)
    let text = Array((Self.texts[name] ?? "").utf8)
    for cut in stride(from: 1, to: text.count, by: 4) {
      func mask(_ right: [UInt8]) -> TokenMask {
        TokenConstraint(HoleRecogniser(language, prefix: Array(text[..<cut]), segments: [right]), paths).mask()
      }
      let (open, closed) = (mask([]), mask(Array(text[min(cut + 6, text.count)...])))
      #expect(closed.intersection(open) == closed, "behind \(String(decoding: text[..<cut], as: UTF8.self))")
    }
  }

  /// A keyword that some state reserves is a name where no state on the way does.
  @Test(arguments: ["a = b.catch", "h = {for", "class A { static do"])
  func aKeywordMayBeAName(_ text: String) throws {
    guard GrammarStore.default.list().contains(where: { $0.name == "javascript" }) else { return }
    let paths = TokenPaths(try Language(GrammarStore.default.open("javascript")), Self.vocabulary)
    #expect(compare(paths, prefix: Array(text.utf8)[...], right: []) > 0)
    let constraint = TokenConstraint(
      HoleRecogniser(paths.language, prefix: Array(text.utf8), segments: [[]]), paths)
    #expect(constraint.mask().contains(TokenID(0x28)))
  }

  /// In a comment, text is alike, but a character that is cut off has to be ended.
  @Test func aCharacterThatIsCutOffIsEnded() throws {
    let paths = TokenPaths(try Language(GrammarStore.default.open("python")), Self.vocabulary)
    let constraint = TokenConstraint(
      HoleRecogniser(paths.language, prefix: Array("f()\n# a".utf8), segments: [[]]), paths)
    #expect(constraint.mask().contains(TokenID(0xC3)))
    #expect(constraint.commit(TokenID(0xC3)))
    #expect(constraint.mask().contains(TokenID(0xA9)) && !constraint.mask().contains(TokenID(0x21)))
  }

  /// A scanner that looks for the end of a statement looks past comments, too.
  @Test func aCommentMayBeginWhereAStatementMayEnd() throws {
    guard GrammarStore.default.list().contains(where: { $0.name == "javascript" }) else { return }
    let language = try Language(GrammarStore.default.open("javascript"))
    let recogniser = HoleRecogniser(language, prefix: Array("a = b\n\n  /".utf8), segments: [Array("; c()\n".utf8)])
    #expect(recogniser.canAppend(Array("*".utf8)))
    #expect(recogniser.append(Array("* d".utf8)) && recogniser.append(Array(" */".utf8)) && recogniser.canClose())
  }

  @Test func aCharacterMayBeginBehindABraceInAString() throws {
    let language = try Language(GrammarStore.default.open("python"))
    let recogniser = HoleRecogniser(language, prefix: Array("x = f\"{".utf8), segments: [[]])
    #expect(recogniser.canAppend([0xC3]))
    #expect(recogniser.append([0xC3]) && recogniser.append([0xA9]) && recogniser.append(Array("}\"\n".utf8)))
  }

  /// Two threads that group tokens and remember masks at the same time.
  @Test(arguments: texts.keys.sorted(), [1, 2, 7]) func aBatchIsItsMasks(_ name: String, _ threads: Int) throws {
    let language = try Language(GrammarStore.default.open(name))
    let text = Array((Self.texts[name] ?? "").utf8)
    func constraints(_ paths: TokenPaths) -> [TokenConstraint] {
      stride(from: 0, through: text.count, by: 3).map { cut in
        TokenConstraint(HoleRecogniser(language, prefix: Array(text[..<cut]), segments: [[]]), paths)
      }
    }
    let batch = MaskBatch(constraints(TokenPaths(language, Self.vocabulary)), threads: threads)
    let single = constraints(TokenPaths(language, Self.vocabulary))
    #expect(batch.rowCount == single.count && batch.wordsPerRow == (Self.vocabulary.count + 31) / 32)
    for (row, constraint) in single.enumerated() {
      constraint.mask().withWords { #expect(batch[row].elementsEqual($0)) }
    }
    #expect(MaskBatch([]).words.isEmpty)
  }

  @Test func specialTokensAreNeverPermitted() throws {
    let language = try Language(GrammarStore.default.open("json"))
    let constraint = TokenConstraint(
      HoleRecogniser(language, prefix: [], segments: [[]]), TokenPaths(language, Self.vocabulary))
    let special = TokenID(Self.vocabulary.count - 1)
    #expect(Self.vocabulary.isSpecial(special))
    #expect(!constraint.permits(special) && !constraint.commit(special) && !constraint.mask().contains(special))
  }

  @Test func aCommitMovesTheFrontier() throws {
    let language = try Language(GrammarStore.default.open("json"))
    let recogniser = HoleRecogniser(language, prefix: [], segments: [[]])
    let constraint = TokenConstraint(recogniser, TokenPaths(language, Self.vocabulary))
    #expect(constraint.commit(TokenID(0x5B)))
    #expect(!constraint.commit(TokenID(0x7D)))
    #expect(constraint.commit(TokenID(0x5D)))
    #expect(recogniser.text == Array("[]".utf8))
    #expect(recogniser.canClose())
  }
}
