import Foundation
import Grammar
import Testing

@testable import Recognition

@Suite(.enabled(if: storeIsThere, storeHint)) struct LanguageTablesTests {
  private func bytes(_ language: Language) -> Data { Data(language.tables.memory.bytes) }

  private func computed(_ grammar: Grammar, applyingDialect: Bool) throws -> Data {
    try LanguageBuilder(grammar, applyingDialect ? grammar.dialect : Dialect(), LayoutRule(grammar)).encoded()
  }

  /// Who changes how tables are computed has to raise the format of the file that keeps them.
  @Test(arguments: TestLanguages.installed.sorted(), [false, true])
  func filesHoldWhatIsComputed(_ name: String, _ dialect: Bool) throws {
    let language = try TestLanguages.language(name, dialect: dialect)
    #expect(
      try bytes(language) == computed(language.grammar, applyingDialect: dialect),
      "if the computation has changed, raise LanguageTables.format")
  }

  /// The rows for holes say what the cells say.
  @Test(arguments: ["json", "c", "python"], [false, true])
  func rowsAreThoseOfTheCells(_ name: String, _ dialect: Bool) throws {
    let language = try TestLanguages.language(name, dialect: dialect)
    var compared = 0
    for state in 0..<UInt16(language.stateCount) {
      let row = language.row(state)
      let isExtra = language.lexStates[Int(state)] == ParseTables.noLookahead
      for terminal in (0..<language.terminalCount).map({ SymbolID($0) }) {
        for action in language.actions(state, terminal) {
          switch action.kind {
          case .reduce where isExtra: #expect(terminal != .end || row.extraReductions.count > 0)
          case .reduce:
            let symbol = SymbolID(rawValue: action.operand)
            let found = row.reductions.filter { $0.symbol == symbol && $0.childCount == action.childCount }
            #expect(found.count == 1 && language.lookaheads.contains(found[0].lookaheads, terminal))
          case .shift:
            let shift = row.shifts.first { $0.target.rawValue == action.operand }
            let costs = language.samples.costs
            #expect(shift.map { costs[$0.terminal.index] <= costs[terminal.index] } ?? false)
          case .shiftExtra, .accept: break
          }
          compared += 1
        }
      }
    }
    #expect(compared > 100)
  }

  /// A file that is damaged, of another format or of another dialect is not used, but made anew.
  @Test func theFileBesideTheGrammarIsCheckedAndRenewed() throws {
    let (store, folder) = try TestLanguages.copyOfStore("c")
    defer { try? FileManager.default.removeItem(at: store.roots[0]) }
    let file = folder.appendingPathComponent("language.bin")
    try? FileManager.default.removeItem(at: file)
    func language() throws -> Language { try Language(store.open("c")) }
    let first = bytes(try language())
    let good = try Data(contentsOf: file)
    #expect(bytes(try language()) == first)
    for offset in [0, 9, 17, 25, 33, 40, good.count / 2, good.count - 1] {
      var damaged = good
      damaged[offset] ^= 0x40
      try damaged.write(to: file)
      #expect(bytes(try language()) == first)
      #expect(try Data(contentsOf: file) == good, "byte \(offset)")
    }
    for length in [0, 31, 32, 40, good.count / 2, good.count - 1] {
      try good.prefix(length).write(to: file)
      #expect(bytes(try language()) == first)
      #expect(try Data(contentsOf: file) == good, "\(length) bytes")
    }
    try (good + Data([0])).write(to: file)
    #expect(bytes(try language()) == first)

    let closures = folder.appendingPathComponent("holes.bin")
    _ = try language().holeClosure(allowsOtherContexts: false)
    let before = try Data(contentsOf: closures)
    let rule = "children:\n  - of: [translation_unit]\n    forbidden: [if_statement]\n"
    try Data(rule.utf8).write(to: folder.appendingPathComponent("dialect.yml"))
    let other = try language()
    #expect(bytes(other) != first)
    #expect(try Data(contentsOf: file) != good)
    _ = other.holeClosure(allowsOtherContexts: false)
    #expect(try Data(contentsOf: closures) != before)
  }

  /// Without a file that can be read or written, everything is computed.
  @Test func aFolderInPlaceOfTheFileDoesNoHarm() throws {
    let (store, folder) = try TestLanguages.copyOfStore("json")
    defer { try? FileManager.default.removeItem(at: store.roots[0]) }
    for name in ["language.bin", "holes.bin"] {
      let file = folder.appendingPathComponent(name)
      try? FileManager.default.removeItem(at: file)
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      try Data([1]).write(to: file.appendingPathComponent("x"))
    }
    let language = try Language(store.open("json"))
    #expect(accepts(language, "[1, 2]") && !accepts(language, "[1, 2"))
    #expect(language.holeClosure(allowsOtherContexts: false).keys.count > 0)
  }

  /// A file with the right hash and other contents is refused where its arrays do not fit together.
  @Test func arraysOfOtherSizesAreRefused() throws {
    let grammar = try GrammarStore.default.open("json")
    let good = try computed(grammar, applyingDialect: true)
    var refused = 0
    for length in stride(from: 0, to: good.count, by: 64) {
      if (try? LanguageTables(MappedBytes(copying: good.prefix(length)), grammar)) == nil { refused += 1 }
    }
    #expect(refused == (good.count + 63) / 64)
    #expect((try? LanguageTables(MappedBytes(copying: good), grammar)) != nil)
  }
}
