import CGrammar
import Foundation
import Testing

@testable import Grammar

/// The tables, and the cache file that they live in.
@Suite struct TablesTests {
  @Test func `the cache file gives back what was extracted`() throws {
    guard let grammar = try TestSupport.grammar("json") else { return }
    let fresh = try ParseTables(language: grammar.library.language, name: "json")
    #expect(grammar.tables.cells == fresh.cells)
    #expect(grammar.tables.actionLists == fresh.actionLists)
    #expect(grammar.tables.symbols == fresh.symbols)
    #expect(grammar.tables.lexStates == fresh.lexStates)
    #expect(grammar.tables.externalValidity == fresh.externalValidity)
    #expect(grammar.tables.keywordCapture == fresh.keywordCapture)

    let contents = TablesFile.Contents(tables: grammar.tables, lexer: grammar.lexer, keywords: grammar.keywords)
    let data = TablesFile.encode(contents, language: grammar.library.language)
    let again = try data.withUnsafeBytes { try TablesFile.decode($0, language: grammar.library.language) }
    #expect(again.lexer.transitions == grammar.lexer.transitions)
    #expect(again.lexer.byteClasses == grammar.lexer.byteClasses)
    #expect(again.lexer.endTransitions == grammar.lexer.endTransitions)
    #expect(again.lexer.accepts == grammar.lexer.accepts)
    #expect(again.tables.actionLists == fresh.actionLists)
  }

  @Test func `reserved words of ABI 15 come back from the cache file`() throws {
    guard let grammar = try TestSupport.grammar("php") else { return }
    let fresh = try ParseTables(language: grammar.library.language, name: "php")
    #expect(fresh.reservedWords.count > 1)
    #expect(grammar.tables.reservedWords == fresh.reservedWords)
    #expect(grammar.tables.reservedSets == fresh.reservedSets)
    // The package names no version of this grammar; the grammar does.
    #expect(grammar.description.version == grammar.library.grammarVersion)
  }

  @Test func `a damaged cache file is an error`() throws {
    guard let grammar = try TestSupport.grammar("json") else { return }
    let language = grammar.library.language
    let contents = TablesFile.Contents(tables: grammar.tables, lexer: grammar.lexer, keywords: grammar.keywords)
    let data = TablesFile.encode(contents, language: language)
    func fails(_ data: Data) -> Bool {
      (try? data.withUnsafeBytes { try TablesFile.decode($0, language: language) }) == nil
    }
    #expect(!fails(data))
    for length in stride(from: 0, to: data.count, by: 97) { #expect(fails(data.prefix(length))) }
    #expect(fails(data + Data([0])))
    var random = Random(state: 3)
    for _ in 0..<300 {
      var damaged = data
      damaged[Int.random(in: 0..<data.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      #expect(fails(damaged))
    }
  }

  /// With the right hash, what is left to refuse a file are the bounds of its numbers.
  @Test func `numbers out of bounds never trap`() throws {
    guard let grammar = try TestSupport.grammar("json") else { return }
    let language = grammar.library.language
    let contents = TablesFile.Contents(tables: grammar.tables, lexer: grammar.lexer, keywords: grammar.keywords)
    let data = TablesFile.encode(contents, language: language)
    var random = Random(state: 5)
    var refused = 0
    for _ in 0..<2_000 {
      var damaged = data
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: TablesFile.headerSize..<data.count, using: &random)
        damaged[place] =
          [0x00, 0x7F, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      let hash = damaged.dropFirst(TablesFile.headerSize).withUnsafeBytes {
        espalier_hash($0.baseAddress, UInt64($0.count), 0)
      }
      withUnsafeBytes(of: hash.littleEndian) { damaged.replaceSubrange(32..<40, with: $0) }
      if (try? damaged.withUnsafeBytes({ try TablesFile.decode($0, language: language) })) == nil { refused += 1 }
    }
    #expect(refused > 500)
  }

  @Test func `the tables of another grammar are refused`() throws {
    guard let json = try TestSupport.grammar("json"), let python = try TestSupport.grammar("python") else { return }
    let contents = TablesFile.Contents(tables: json.tables, lexer: json.lexer, keywords: json.keywords)
    let data = TablesFile.encode(contents, language: json.library.language)
    let mismatch = #expect(throws: TablesFile.Mismatch.self) {
      try data.withUnsafeBytes { try TablesFile.decode($0, language: python.library.language) }
    }
    #expect(mismatch?.expected == "the tables of the compiled grammar beside it")
  }

  /// A pass over the tables of every grammar: what the recogniser may rely on.
  @Test(arguments: ["json", "c", "python", "java", "go", "javascript", "php"])
  func `every action and goto leads somewhere`(name: String) throws {
    guard let tables = try TestSupport.grammar(name)?.tables else { return }
    #expect(tables.actionLists[0].isEmpty)
    #expect((1..<tables.actionLists.count).allSatisfy { !tables.actionLists[$0].isEmpty })
    var accepts = 0
    for list in 0..<tables.actionLists.count {
      for action in tables.actionLists[list] {
        switch action {
        case .shift(let state): #expect(state.index > 0 && state.index < tables.stateCount)
        case .reduce(let symbol, _, _, _):
          #expect(symbol.index >= tables.terminalCount && symbol.index < tables.symbolCount)
        case .accept: accepts += 1
        case .shiftExtra: break
        }
      }
    }
    #expect(accepts == 1)
    #expect(tables.lexStates[StateID.start.index] != ParseTables.noLookahead)
    #expect(tables.externalTerminals.isEmpty == tables.externalValidity.isEmpty)
  }

  @Test func `spot checks against the grammar of JSON`() throws {
    guard let tables = try TestSupport.grammar("json")?.tables else { return }
    func symbol(_ name: String) -> SymbolID? { tables.symbols.firstIndex { $0.name == name }.map { SymbolID($0) } }
    let open = try #require(symbol("["))
    let close = try #require(symbol("]"))
    let array = try #require(symbol("array"))
    guard case .shift(let inside) = try #require(tables.actions(.start, open).first) else {
      Issue.record("[ is not shifted at the beginning")
      return
    }
    #expect(!tables.hasActions(.start, close))
    guard case .shift(let behind) = try #require(tables.actions(inside, close).first) else {
      Issue.record("] is not shifted behind [")
      return
    }
    guard case .reduce(array, 2, _, _) = try #require(tables.actions(behind, .end).first) else {
      Issue.record("[] is not reduced to an array")
      return
    }
    #expect(tables.goto(.start, array) != nil)
    // Comments are extras everywhere.
    let comment = try #require(symbol("comment"))
    #expect(tables.actions(inside, comment) == [.shiftExtra])
  }

  @Test func `keywords are found by their text, not by their symbol's name`() throws {
    guard let grammar = try TestSupport.grammar("python") else { return }
    func name(_ word: String) -> String? { grammar.keyword(word.utf8).map { grammar.tables.symbols[$0.index].name } }
    #expect(name("True") == "true")
    #expect(name("lambda") == "lambda")
    #expect(name("lambd") == nil)
    #expect(name("lambdas") == nil)
    #expect(name("") == nil)
    let unknown = (grammar.dialect.reservedWords ?? []).filter { grammar.keyword($0.utf8) == nil }
    #expect(unknown == ["except"])
  }
}
