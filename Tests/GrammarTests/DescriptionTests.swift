import Foundation
import Testing

@testable import Grammar

/// The YAML files of a grammar's folder: those that we ship, and mistakes in others.
@Suite struct DescriptionTests {
  private func message(_ text: String, dialect: Bool = false) throws -> String {
    try TestSupport.withFolder { folder in
      let path = folder.appendingPathComponent(dialect ? "dialect.yml" : "grammar.yml").path
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      do {
        if dialect { _ = try Dialect(path: path) } else { _ = try GrammarDescription(path: path) }
        return "read"
      } catch {
        return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
      }
    }
  }

  @Test func `reads every key`() throws {
    try TestSupport.withFolder { folder in
      let path = folder.appendingPathComponent("grammar.yml")
      let text = """
        name: demo
        version: "1.2"
        licence: MIT
        extensions: [demo, dm]
        lineComment: "#"
        layout: {newline: nl, indent: in, dedent: de, tabWidth: 8}
        placeholders: {identifier: x}
        probes: ["a", "\\n"]
        words: {sets: ["[a-z]"], marks: ["-"], unless: [text]}
        functions: [{node: function, name: name, body: body}]
        reference: [demo, "{}"]
        diagnostics: {error: "e", meaning: [m], undecided: [u]}
        """
      try Data(text.utf8).write(to: path)
      let description = try GrammarDescription(path: path.path)
      #expect(description.name == "demo")
      #expect(description.version == "1.2")
      #expect(description.extensions == ["demo", "dm"])
      #expect(description.layout?.dedent == "de")
      #expect(description.layout?.tabWidth == 8)
      #expect(description.placeholders == ["identifier": "x"])
      #expect(description.probes == ["a", "\n"])
      #expect(description.words == .init(sets: ["[a-z]"], marks: ["-"], unless: ["text"]))
      #expect(description.functions?.first?.body == "body")
      #expect(description.reference == ["demo", "{}"])
      #expect(description.diagnostics == .init(error: "e", meaning: ["m"], undecided: ["u"]))
    }
  }

  @Test func `a mistake names its file and line`() throws {
    #expect(
      try message("name: a\nextensions: [a]\nlayuot: 1\n")
        == "grammar.yml:3: expected one of the keys blanks, blockComment, carriesState, contents, contexts, diagnostics, "
        + "extensions, functions, layout, licence, lineComment, lineNumbers, name, placeholders, probes, reference, "
        + "version, words, found 'layuot'")
    #expect(
      try message("name: a\nextensions: [a]\nlayout:\n  newline: n\n  tabwidth: 8\n")
        == "grammar.yml:5: expected one of the keys brackets, dedent, indent, newline, tabWidth, found 'tabwidth'")
    #expect(
      try message("name: a\n") == "grammar.yml:1: expected the key 'extensions', found a mapping without it")
    #expect(try message("name: a\nextensions: a\n") == "grammar.yml:2: expected a list, found 'a'")
    #expect(
      try message("name: a\nextensions: []\nlayout: {newline: n, indent: i, dedent: d, tabWidth: wide}\n")
        == "grammar.yml:3: expected a value of type Int, found 'wide'")
    #expect(try message("") == "grammar.yml:1: expected a mapping, found an empty file")
    #expect(try message("- a\n") == "grammar.yml:1: expected a mapping, found a list")
    #expect(try message("name: a\nname: b\n").hasPrefix("grammar.yml:"))
    #expect(try message("name: [a\nb: c").hasPrefix("grammar.yml:2: expected YAML, found "))
    #expect(try message("forbiddenSymbol: [a]\n", dialect: true).hasPrefix("dialect.yml:1: expected one of the keys"))
    #expect(
      try message("\nstrictLayout: many\n", dialect: true).hasPrefix("dialect.yml:2: expected a value of type Bool"))
    #expect(try message("# nothing\n", dialect: true) == "read")
  }

  @Test(arguments: ["json", "c", "python", "java", "go", "javascript"])
  func `our descriptions name what the grammar has`(name: String) throws {
    let folder = TestSupport.package.appendingPathComponent("grammars/\(name)")
    let description = try GrammarDescription(path: folder.appendingPathComponent("grammar.yml").path)
    #expect(description.name == name)
    let dialectPath = folder.appendingPathComponent("dialect.yml").path
    let dialect = FileManager.default.fileExists(atPath: dialectPath) ? try Dialect(path: dialectPath) : Dialect()
    guard let grammar = try TestSupport.grammar(name) else { return }
    #expect(grammar.description.version != nil)
    #expect(grammar.dialect == dialect)
    let names = Set(grammar.tables.symbols.map(\.name))
    for symbol in dialect.forbiddenSymbols ?? [] { #expect(names.contains(symbol)) }
    for symbol in (dialect.terminalPatterns ?? [:]).keys { #expect(names.contains(symbol)) }
    for function in description.functions ?? [] { #expect(names.contains(function.node)) }
    if let layout = description.layout {
      let externals = grammar.tables.externalTerminals.map { grammar.tables.symbols[$0.index].name }
      for symbol in [layout.newline, layout.indent, layout.dedent] {
        #expect(externals.contains(symbol))
      }
    }
    for (symbol, text) in description.placeholders ?? [:] {
      #expect(canLex(grammar, text, as: symbol), "\(text.debugDescription) as \(symbol)")
    }
  }

  /// Whether some lexer state takes the whole text for the terminal; true for external terminals, which it lacks.
  private func canLex(_ grammar: Grammar, _ text: String, as name: String) -> Bool {
    let terminals = (0..<grammar.tables.terminalCount).filter { grammar.tables.symbols[$0].name == name }
    if terminals.contains(where: { grammar.tables.externalTerminals.contains(SymbolID($0)) }) { return true }
    let modes = Set(grammar.tables.lexStates).subtracting([ParseTables.noLookahead])
    let entries = modes.map { (grammar.lexer, $0) } + (grammar.keywords.map { [($0, UInt16(0))] } ?? [])
    for (automaton, start) in entries {
      var state = start
      for byte in text.utf8 where state != LexicalAutomaton.dead {
        let next = automaton.next(state, byte)
        state = next & LexicalAutomaton.skipBit != 0 ? LexicalAutomaton.dead : next
      }
      guard state != LexicalAutomaton.dead else { continue }
      if terminals.contains(Int(automaton.accepts[Int(state)])) { return true }
    }
    return false
  }
}
