import Grammar
import Syntax
import Testing

@Suite(.enabled(if: storeIsThere, storeHint)) struct SyntaxQueryTests {
  let source = "int a; int b_2; int Abc; int f(int a) { return a + b_2; }"

  func captured(_ query: String, _ capture: String = "n") throws -> [String] {
    let grammar = try grammar("c")
    let compiled = try SyntaxQuery(query, grammar: grammar)
    let tree = try SyntaxParser(grammar).parse(Array(source.utf8))
    let id = try #require(compiled.captureID(capture))
    return compiled.matches(in: tree.root).flatMap { $0.nodes(id).map(\.text) }
  }

  @Test(arguments: [
    ("(declaration (identifier) @n)", ["a", "b_2", "Abc"]),
    ("((declaration (identifier) @n) (#eq? @n \"a\"))", ["a"]),
    ("((declaration (identifier) @n) (#not-eq? @n \"a\"))", ["b_2", "Abc"]),
    ("((declaration (identifier) @n) (#match? @n \"[0-9]\"))", ["b_2"]),
    ("((declaration (identifier) @n) (#not-match? @n \"^[a-z]\"))", ["Abc"]),
    ("((declaration (identifier) @n) (#any-of? @n \"Abc\" \"a\"))", ["a", "Abc"]),
    ("((declaration (identifier) @n) (#not-any-of? @n \"Abc\" \"a\"))", ["b_2"]),
    ("((binary_expression left: (_) @n right: (_) @m) (#eq? @n @m))", []),
    ("((binary_expression left: (_) @n right: (_) @m) (#not-eq? @n @m))", ["a"]),
    ("((declaration (identifier) @n) (#set! key \"value\"))", ["a", "b_2", "Abc"]),
  ])
  func predicatesSelect(_ query: String, _ expected: [String]) throws {
    #expect(try captured(query) == expected)
  }

  @Test(arguments: [
    ("(declaration", 1, 13, "a tree-sitter query pattern", "the end of the line"),
    ("\n (no_such_node)", 2, 3, "a node kind of the grammar c", "'no_such_node'"),
    ("(declaration no_field: (_))", 1, 14, "a field of the grammar c", "'no_field'"),
    ("((identifier) @a (#eq? @b \"x\"))", 1, 25, "a capture of the same pattern", "'b'"),
    ("(declaration (return_statement))", 1, 14, "a pattern that the grammar c can produce", "'(return_statement))'"),
    (
      "((identifier) @a (#is? @a \"x\"))", 1, 1,
      "one of #eq? #not-eq? #match? #not-match? #any-of? #not-any-of?", "'#is?'"
    ),
    ("((identifier) @a (#eq? @a))", 1, 1, "a string or a capture as second argument of #eq?", "0 other arguments"),
    ("((identifier) @a (#eq? \"x\" @a))", 1, 1, "a capture as first argument of #eq?", "none"),
  ])
  func mistakesAreLocated(_ query: String, line: Int, column: Int, expected: String, found: String) throws {
    let grammar = try grammar("c")
    #expect(throws: SyntaxError.query(line: line, column: column, expected: expected, found: found)) {
      try SyntaxQuery(query, grammar: grammar)
    }
  }

  @Test func aBadRegularExpressionIsAMistake() throws {
    let grammar = try grammar("c")
    let error = #expect(throws: SyntaxError.self) {
      try SyntaxQuery("((identifier) @a (#match? @a \"[a-\"))", grammar: grammar)
    }
    guard case .query(1, 1, "a regular expression", let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.hasPrefix("'[a-'"))
  }

  @Test func anEmptyQueryMatchesNothing() throws {
    let grammar = try grammar("json")
    let query = try SyntaxQuery("", grammar: grammar)
    #expect(query.patternCount == 0)
    #expect(query.matches(in: try SyntaxParser(grammar).parse([0x31]).root).isEmpty)
  }
}
