import Grammar
import Syntax
import Testing

@Suite(.enabled(if: storeIsThere, storeHint)) struct SyntaxTreeTests {
  func parse(_ text: String, _ language: String = "c") throws -> SyntaxTree {
    try SyntaxParser(try grammar(language)).parse(Array(text.utf8))
  }

  @Test func nodesTellKindRangePositionAndText() throws {
    let tree = try parse("int a;\nint f(void) { return a; }\n")
    #expect(tree.isClean)
    #expect(tree.root.kind == "translation_unit")
    #expect(tree.root.children.map(\.kind) == ["declaration", "function_definition"])
    let function = try #require(tree.root.children.last)
    #expect(function.byteRange == 7..<32)
    #expect(function.start == TextPosition(row: 1, column: 0))
    #expect(function.end == TextPosition(row: 1, column: 25))
    #expect(function.parent == tree.root)
    #expect(function.previousSibling == tree.root.children.first)
    #expect(tree.root.children.first?.nextSibling == function)
    #expect(function.nextSibling == nil)
    #expect(function.child(field: "body")?.text == "{ return a; }")
    #expect(function.child(field: "no_such_field") == nil)
    #expect(function.child(field: "body")?.namedChildren.map(\.kind) == ["return_statement"])
    #expect(function.child(field: "body")?.children.map(\.isNamed) == [false, true, false])
  }

  @Test func descendantsAreFoundByByteRange() throws {
    let tree = try parse("int abc;")
    #expect(tree.root.descendant(for: 5..<6)?.kind == "identifier")
    #expect(tree.root.descendant(for: 0..<7)?.kind == "declaration")
    #expect(tree.root.descendant(for: 4..<99) == nil)
  }

  @Test func errorsAreTheOutermostOnes() throws {
    let missing = try parse("int f(void) { return 1 }\nint b;\n")
    #expect(!missing.isClean)
    let node = try #require(missing.errors().first)
    #expect(missing.errors().count == 1)
    #expect(node.isMissing && !node.isError && node.kind == ";")
    #expect(node.byteRange == 22..<22)

    let unexpected = try parse("int a; ) int b;\n")
    #expect(unexpected.errors().map(\.isError) == [true])
    #expect(unexpected.errors().map(\.text) == [")"])
  }

  @Test func emptyTextAndZeroBytesAreParsed() throws {
    let parser = try SyntaxParser(try grammar("c"))
    #expect(parser.accepts([]))
    #expect(try parser.parse([]).root.byteRange == 0..<0)
    #expect(!parser.accepts([0]))
    #expect(!parser.accepts([0xFF, 0xFE, 0x00]))
  }

  @Test func oneParserServesManyTexts() throws {
    let parser = try SyntaxParser(try grammar("json"))
    for _ in 0..<50 {
      #expect(parser.accepts(Array("[1, {\"a\": null}]".utf8)))
      #expect(!parser.accepts(Array("[1, {\"a\": null]".utf8)))
    }
  }

  /// A text that ends inside an f-string left its mark on the scanner, and the next text was judged in its light.
  @Test func regression_aTextLeavesNothingToTheNext() throws {
    let parser = try SyntaxParser(try grammar("python"))
    let text = Array("def f():\n    if a:\n        b\n    return c\n\ndef g():".utf8)
    let verdict = try SyntaxParser(try grammar("python")).accepts(text)
    for before in ["x = f'{a", "f'{", "x = f'a", "f'{a:{b"] {
      _ = parser.accepts(Array(before.utf8))
      #expect(parser.accepts(text) == verdict, "after \(before)")
    }
  }

  @Test func aTreeOutlivesItsParser() throws {
    var parser: SyntaxParser? = try SyntaxParser(try grammar("json"))
    let root = try #require(try parser?.parse(Array("[1]".utf8))).root
    parser = nil
    #expect(root.children.map(\.kind) == ["array"])
  }

  @Test func cursorWalksParentsFirst() throws {
    let tree = try parse("[1, [2], {}]", "json")
    var kinds: [String] = []
    var cursor = tree.root.cursor()
    cursor.walk { cursor in
      if cursor.node.isNamed { kinds.append(cursor.node.kind) }
      return true
    }
    #expect(kinds == ["document", "array", "number", "array", "number", "object"])
  }

  @Test func deepNestingIsNoRecursion() throws {
    let depth = 100_000
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let tree = try parse(text, "json")
    #expect(tree.isClean)
    var count = 0
    var cursor = tree.root.cursor()
    cursor.walk { _ in
      count += 1
      return true
    }
    #expect(count == 1 + 3 * depth)
  }

  /// The runtime counts children in 16 bits and frees the wrong address for an ERROR node of more.
  @Test(arguments: [
    ("python", "x = ) \n"), ("python", "not "), ("c", "if (1); else "), ("json", "["), ("c", ")"),
  ])
  func regression_anErrorWithMoreThan65535Children(_ language: String, _ part: String) throws {
    let parser = try SyntaxParser(try grammar(language))
    #expect(!parser.accepts(Array((String(repeating: part, count: 70_000) + "(").utf8)))
    #expect(parser.accepts(Array("[1]".utf8)) == (language != "c"))
  }
}
