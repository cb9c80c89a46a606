import Recognition
import Testing

/// What Python's own parser and RFC 8259 refuse although tree-sitter accepts it, and the valid counterparts.
@Suite(.enabled(if: storeIsThere, storeHint)) struct DialectTests {
  @Test(arguments: [
    "print \"a\"\n", "print >>f, a\n", "exec a\n", "if a <> b: c\n", "x = `a`\n", "x = 0777\n", "x = 10L\n",
    "if a:\n\nb\n", "def f():\n    # nothing\n\nx\n", "if a:\n        b\n    c\n", "  x = 1\n", "x = 1\n  y = 2\n",
    "class = 1\n", "def if(): pass\n", "x.return\n", "lambda def: 1\n", "x = ur'a'\n",
  ])
  func pythonRefuses(_ text: String) throws {
    #expect(try !accepts(TestLanguages.language("python", dialect: true), text))
  }

  @Test(arguments: [
    "print(\"a\")\n", "print\n", "exec(a)\n", "if a != b: c\n", "x = 0o777\n", "x = 00\n", "x = 10j\n", "x = 1_000\n",
    "if a:\n\n    b\n", "def f():\n    # nothing\n    pass\n\nx\n", "if a:\n        b\nc\n", "x = 1\n# y\n  # z\n",
    "klass = 1\n", "def iff(): pass\n", "x.returned\n", "lambda d: 1\n", "x = Rb'a'\n", "x = rF'{a}'\n",
    "match = case = type = 1\n", "if a:\n    b\nelif c:\n    d\nelse:\n    e\n",
  ])
  func pythonAccepts(_ text: String) throws {
    #expect(try accepts(TestLanguages.language("python", dialect: true), text))
  }

  @Test(arguments: ["[01]", "[+1]", "[1.]", "[.5]", "// c\n1", "[1] /* c */", "\"\u{1}\"", "[0x10]"])
  func jsonRefuses(_ text: String) throws {
    #expect(try !accepts(TestLanguages.language("json", dialect: true), text))
  }

  @Test(arguments: ["[0]", "[-1.5E-2]", "{\"a\": \"\\u00e9\\n\"}", "[]", "\"\"", " null "])
  func jsonAccepts(_ text: String) throws {
    #expect(try accepts(TestLanguages.language("json", dialect: true), text))
  }
}
