import Syntax
import Testing

@testable import Grammar
@testable import Recognition

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

  /// Tabs between terminals are refused although the scanner skips them, and taken within strings.
  @Test(
    .enabled(if: TestLanguages.installed.contains("yaml")),
    arguments: ["a: b\t\n", "a:\tb\n", "a: b\tc\n", "a: 1\n\t\nb: 2\n", "- a\n-\tb\n", "{a: 1,\tb: 2}\n", "a: \u{7}\n"])
  func yamlRefuses(_ text: String) throws {
    #expect(try !accepts(TestLanguages.language("yaml", dialect: true), text))
  }

  @Test(
    .enabled(if: TestLanguages.installed.contains("yaml")),
    arguments: [
      "a: 1 #\tb\n", "a: \"b\n  \tc\"\n", "a: 'b\tc'\n", "a: |\n  b\n  \tc\n", "- a: 1\n  b: ~\n- [c,\n   d]\n",
    ])
  func yamlAccepts(_ text: String) throws {
    #expect(try accepts(TestLanguages.language("yaml", dialect: true), text))
  }

  /// Directives begin lines, and there are some only; what else begins like them may stand anywhere.
  @Test(arguments: [
    "int a; #define B\n", "int f(void) { #if 1\n return 1;\n#endif\n}\n", "#if 1\nint a; #endif\n", "#definea b\n",
  ])
  func directivesAreRefused(_ text: String) throws {
    for name in ["c", "cpp"] where TestLanguages.installed.contains(name) {
      #expect(try !accepts(TestLanguages.language(name, dialect: true), text), "\(name)")
    }
  }

  @Test(arguments: [
    "#define A(b) #b\n#undef A\n", "int a;\n  #  define B\n", "int f(void) {\n#if 1\n  return 1;\n#endif\n}\n",
    "char *a = \"#define\";\n", "#define A \\\n  #b\nint c; // d\n#pragma once\n",
    "int a;\r\n#include <b.h>\r\n#include <c.h>\r\n",
    "/* a */\n#define A\n#if defined(A) \\\n  && 1\n#else\n#error b\n#endif\n",
  ])
  func directivesAreAccepted(_ text: String) throws {
    for name in ["c", "cpp"] where TestLanguages.installed.contains(name) {
      #expect(try accepts(TestLanguages.language(name, dialect: true), text), "\(name)")
    }
  }

  @Test(arguments: ["[01]", "[+1]", "[1.]", "[.5]", "// c\n1", "[1] /* c */", "\"\u{1}\"", "[0x10]"])
  func jsonRefuses(_ text: String) throws {
    #expect(try !accepts(TestLanguages.language("json", dialect: true), text))
  }

  @Test(arguments: ["[0]", "[-1.5E-2]", "{\"a\": \"\\u00e9\\n\"}", "[]", "\"\"", " null "])
  func jsonAccepts(_ text: String) throws {
    #expect(try accepts(TestLanguages.language("json", dialect: true), text))
  }

  @Test(arguments: [
    "return\n", "package a\nx := 1\n", "import \"a\"\nfunc f() {}\n", "package a\npackage b\n",
    "package a\nfunc f() {}\nimport \"b\"\n", "func f() {}\npackage a\n", "package a\n{}\n", "",
    "package a\nfunc f() { a.b := 1 }\n", "package a\nfunc f() { for 1 := range a {} }\n", "package a\nvar func int\n",
    "package a\nvar b = c(1\n)\n", "package a\nvar b = []int{1 // c\n}\n", "package a\nfunc f()\n{}\n",
  ])
  func goRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("go", dialect: true), text)) }

  @Test(arguments: [
    "package a\n", "// a\npackage a\nimport \"b\"\nimport (\n\t\"c\"\n)\nvar x = 1\nfunc f() { x := 1; return }\n",
    "package a; type t struct{}\nfunc (x t) f() {}\n",
    "package a\nfunc f() { a, _ := 1, b.c\n\tfor i, x.y = range a[1] {}\n\tfor i := range 10 {} }\n",
    "package a\r\nvar b = c(1,\r\n\t2,\n) // d\nvar (\n\te = `\n`\n\tg = h.\n\t\ti\n)\n",
  ])
  func goAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("go", dialect: true), text)) }

  @Test(arguments: [
    "int x;", "class A {} import b.C;", "package a; package b;", "import a.B; package c;",
    "class A { void f() { 1; } }",
    "class A { void f() { x; } }", "class A { void f() { (x); } }", "class A { int class; }", "class A { A {} }",
    "class A { String s = \"a\nb\"; }", "enum E { a; E {} }", "interface A { int b; }", "record R(int a) { { } }",
    "class A { void f() { private int a = 1; } }", "class A { void f(static int a) {} }", "import a; class B {}",
    "module a {} class B {}", "interface A {} module b {}",
  ])
  func javaRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("java", dialect: true), text)) }

  @Test(arguments: [
    "package a; import b.C; import d.*; class A {} interface B {}", "", "import a.B; module c {}",
    "class A { void f() { x = 1; y++; g(); new A(); } }",
    "class A { int f(int x) { return switch (x) { case 0 -> y.z; default -> 1; }; } }", "record R(int a) { R {} }",
    "class A { String s = \"\"\"\n  a \"b\" \\n c\n  d\"\"\"; record R(int a) { R {} } }", "@A class B { A() {} }",
    "interface A { int b = 1, c = 2; }", "class A { { } static { } void f(final int a) { @B final int c = 1; } }",
  ])
  func javaAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("java", dialect: true), text)) }

  @Test(arguments: [
    "let x = 1;", "x;", "f(1);", "1 + 2;", "fn f(loop: u8) {}", "fn f(static: u8) {}", "fn fn() {}", "{}", "if a {}",
    "fn f() { g(a\"b\"); }", "m!(a\"b\");",
  ])
  func rustRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("rust", dialect: true), text)) }

  @Test(arguments: [
    "fn f() { let x = 1; x; f(1); 1 + 2 }", "m!(1);", "m! { a }", "use a::b; #[c] struct D;",
    "static A: &'static str = B; fn f<T: 'static>() {}", "lazy_static! { static ref A: B = c(); }",
    "macro_rules! m { (if $a:expr, else * else) => { m!(loop $a, crate, 'static) }; }", "extern crate self as a;",
  ])
  func rustAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("rust", dialect: true), text)) }

  @Test(arguments: ["a\nend\n", "end\n", "x = then\n", "def f\n  a\nend\nend\n", "f(if)\n"])
  func rubyRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("ruby", dialect: true), text)) }

  @Test(arguments: [
    "a.end\n", "def end\nend\n", "x = {if: 1, end: 2}\n", "a = :end\n", "def f\n  a\nend\n", "alias then else\n",
  ])
  func rubyAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("ruby", dialect: true), text)) }

  @Test(arguments: [
    "fi\n", "if a; then fi\n", "a; done\n", "while a; do\ndone\n", "if a; then b; else\n# c\nfi\n",
    "}\n", "case a in ;; esac\n", "f() { }\n",
  ])
  func bashRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("bash", dialect: true), text)) }

  @Test(arguments: [
    "echo fi then done\n", "if a; then b; else c; fi\n", "for x in do done; do y; done\n", "echo }\n",
    "f() { a; }\n",
  ])
  func bashAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("bash", dialect: true), text)) }

  @Test(arguments: [
    "f(if);\n", "x = class;\n", "x = [return];\n", "const a;\n", "let {a};\n", "for (const [a];;) {}\n",
    "{ import a from 'b'; }\n", "if (a) export {b};\n", "class {}\n", "function () {}\n", "a | (b) => c;\n",
    "x = {, a};\n", "x = {#a: 1};\n",
  ])
  func javaScriptRefuses(_ text: String) throws {
    #expect(try !accepts(TestLanguages.language("javascript", dialect: true), text))
  }

  @Test(arguments: [
    "a.if = {class: 1, return() {}};\n", "x = class {};\n", "import {default as a} from 'b';\n",
    "let a; const b = 1, {c} = d; for (const [e] of f) {}\n", "(function () {})();\n", "a ? b => c : (d || e);\n",
    "class A { #a = 1; }\n", "export const f = function () {};\n",
  ])
  func javaScriptAccepts(_ text: String) throws {
    #expect(try accepts(TestLanguages.language("javascript", dialect: true), text))
  }

  @Test(arguments: ["f(a=1, b)\n", "f(**a, b)\n", "class A(b=1, C): pass\n"])
  func pythonRefusesArguments(_ text: String) throws {
    #expect(try !accepts(TestLanguages.language("python", dialect: true), text))
  }

  @Test(arguments: ["f(a, *b, c, d=1, *e, **g)\n", "f(a for a in b)\n", "class A(B, c=1): pass\n", "f(a=(1, b))\n"])
  func pythonAcceptsArguments(_ text: String) throws {
    #expect(try accepts(TestLanguages.language("python", dialect: true), text))
  }

  @Test(
    .enabled(if: TestLanguages.installed.contains("lua")),
    arguments: ["a = 'b\nc'\n", "a = \"b\n\"\n", "a.end = 1\n", "function while() end\n", "\u{e9} = 1\n"])
  func luaRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("lua", dialect: true), text)) }

  @Test(
    .enabled(if: TestLanguages.installed.contains("lua")),
    arguments: ["a = 'b\\\nc' .. [[d\ne]]\n", "a.ended = {b = 1, ['end'] = 2}\n", "::a:: goto a\n"])
  func luaAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("lua", dialect: true), text)) }

  @Test(
    .enabled(if: TestLanguages.installed.contains("css")),
    arguments: ["a { b: # fff; }\n", "a { b: 'c\nd'; }\n"])
  func cssRefuses(_ text: String) throws { #expect(try !accepts(TestLanguages.language("css", dialect: true), text)) }

  @Test(
    .enabled(if: TestLanguages.installed.contains("css")),
    arguments: ["a { b: #fff; }\n#c:hover > d { e: ' f ' url(g) }\n"])
  func cssAccepts(_ text: String) throws { #expect(try accepts(TestLanguages.language("css", dialect: true), text)) }

  /// More rules than can be numbered are an error, not a trap.
  @Test func tooManyRules() throws {
    let grammar = try GrammarStore.default.open("json")
    var dialect = Dialect()
    dialect.children = (0..<300).map { _ in ChildRules(of: ["array"], forbidden: ["null"]) }
    #expect(throws: RecognitionError.self) { try NarrowedTables(grammar, dialect, nil) }
  }

  /// A text fails where it breaks a rule about children, not at the end of the node.
  @Test(arguments: [
    ("python", "try:\n    f()\nexcept E, e:\n    g()\n", ","), ("python", "def f((a, b)):\n    g()\n", "):"),
    ("go", "package a\nfunc f() {}\nimport \"b\"\nfunc g() {}\n", "func g"),
    ("c", "int x;\nif (x) { y; }\nint z;\n", "int z"),
  ])
  func failsWhereTheRuleIsBroken(_ name: String, _ text: String, _ place: String) throws {
    let recogniser = Recogniser(try TestLanguages.language(name, dialect: true))
    #expect(!Array(text.utf8).withUnsafeBufferPointer { recogniser.accepts($0) })
    let found = try #require(recogniser.failure?.position)
    let expected = try #require(text.range(of: place)?.lowerBound)
    #expect(found <= text.utf8.distance(from: text.startIndex, to: expected))
  }

  /// What the tables are narrowed by and what judges a tree are two pieces of code with one meaning.
  @Test(arguments: [
    ("go", "return\n"), ("go", "package a\nfunc f() {}\nimport \"b\"\n"), ("go", "package a\npackage b\n"),
    ("go", "func f() {}\n"), ("java", "class A { void f() { x; } }"), ("java", "class A { A {} }"),
    ("rust", "f(1);"), ("python", "raise a, b\n"), ("python", "(a := 1)\n"), ("go", "package a\nfunc f() { return }\n"),
    ("java", "class A { int f(int x) { return switch (x) { default -> y.z; }; } }"), ("rust", "m!(1);"),
    ("python", "x = (a := 1)\n"), ("python", "raise a\n"),
  ])
  func tablesAndTreesAgree(_ name: String, _ text: String) throws {
    let language = try TestLanguages.language(name, dialect: true)
    let judge = try SyntaxJudge(language.grammar)
    #expect(judge.parser.accepts(Array(text.utf8)))
    #expect(judge.accepts(Array(text.utf8)) == accepts(language, text))
  }
}
