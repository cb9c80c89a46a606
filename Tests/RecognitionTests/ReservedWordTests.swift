import Grammar
import Recognition
import Syntax
import Testing

/// Sets of reserved words, which grammars have from ABI 15 on.
///
/// The verdicts are those of tree-sitter 0.25, which reads ABI 15 by itself. The runtime that judges here reads ABI 14, so
/// the second test is about the copy that it is handed.
@Suite(.enabled(if: TestLanguages.installed.contains("php"), "the store has no grammar for PHP: run make test"))
struct ReservedWordTests {
  static let verdicts: [(text: String, isAccepted: Bool)] = [
    ("class A {}", true),
    ("class Class {}", false),
    ("class static {}", false),
    ("class A { function list() {} }", true),
    ("class A { const CLASS = 1; }", true),
    ("enum E { case Default; }", true),
    ("enum enum {}", true),
    ("$a->class;", true),
    ("$a->list();", true),
    ("A::class;", true),
    ("$x = enum;", true),
    ("readonly();", false),
    ("goto if;", false),
    ("if: goto x;", false),
    ("f(default: 1);", true),
    ("const if = 1;", true),
    ("function f(int $if) {}", true),
  ]

  @Test func `the grammar is of ABI 15 and has reserved words`() throws {
    let grammar = try TestLanguages.language("php").grammar
    #expect(grammar.library.abi == 15)
    #expect(grammar.tables.reservedSets.count == grammar.tables.stateCount)
    #expect(grammar.tables.reservedWords.first == [])
    let names = Set(grammar.tables.reservedWords.joined().map { grammar.tables.symbols[$0.index].name })
    #expect(names.isSuperset(of: ["class", "if", "function"]))
  }

  @Test(arguments: verdicts)
  func `the recogniser reserves words where the grammar does`(text: String, isAccepted: Bool) throws {
    #expect(accepts(try TestLanguages.language("php"), "<?php " + text) == isAccepted)
  }

  @Test(arguments: verdicts)
  func `the runtime does so as well`(text: String, isAccepted: Bool) throws {
    let parser = try SyntaxParser(try TestLanguages.language("php").grammar)
    #expect(parser.accepts(Array(("<?php " + text).utf8)) == isAccepted)
  }

  @Test func `a reserved word is where the text fails`() throws {
    let text = Array("<?php\nclass  Class {}\n".utf8)
    let recogniser = Recogniser(try TestLanguages.language("php"))
    #expect(!text.withUnsafeBufferPointer { recogniser.accepts($0) })
    #expect(recogniser.failure?.position == 13)
  }

  @Test func `a hole is not filled with a reserved word`() throws {
    let language = try TestLanguages.language("php")
    func permits(_ word: String) -> Bool {
      let recogniser = HoleRecogniser(
        language, prefix: Array("<?php class ".utf8), segments: [Array(" {}".utf8)])
      return recogniser.append(Array(word.utf8)) && recogniser.close()
    }
    #expect(permits("Classic"))
    #expect(!permits("Class"))
    #expect(!permits("static"))
  }

  @Test func `trees and queries work on a grammar of ABI 15`() throws {
    let grammar = try TestLanguages.language("php").grammar
    let tree = try SyntaxParser(grammar).parse(Array("<?php\nfunction f() { return static::g($a->if); }\n".utf8))
    #expect(tree.isClean)
    #expect(tree.root.children.map(\.kind) == ["php_tag", "function_definition"])
    let query = try SyntaxQuery("(function_definition name: (name) @name)", grammar: grammar)
    #expect(query.matches(in: tree.root).map { $0.captures.map(\.node.text) } == [["f"]])
  }
}
