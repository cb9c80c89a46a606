import Foundation
import Grammar

/// Computes the tables of a language: those of its grammar, narrowed by the dialect, and what follows from them.
struct LanguageBuilder {
  private typealias Row = Language.Row

  private let grammar: Grammar
  private let dialect: Dialect
  private let layout: LayoutRule?
  private let narrowed: NarrowedTables
  private let terminalCount: Int
  private let samples: TerminalSamples
  private var lexStates: [UInt16]
  private var lexStatesBehindHoles: [UInt16]
  private var automaton: LexicalAutomaton
  private let keywords: LexicalAutomaton?
  private let lookaheads: LookaheadSets

  /// O(states × symbols), and what `StateSplitter` takes.
  ///
  /// Throws `unknownSymbol` for a name in the dialect that the grammar does not have, `tooManyStates`, and what patterns do.
  init(_ grammar: Grammar, _ dialect: Dialect, _ layout: LayoutRule?) throws(RecognitionError) {
    (self.grammar, self.dialect, self.layout) = (grammar, dialect, layout)
    let tables = grammar.tables
    terminalCount = tables.terminalCount
    narrowed = try NarrowedTables(grammar, dialect, layout)
    lexStates = narrowed.origins.map { tables.lexStates[Int($0)] }
    lexStatesBehindHoles = lexStates
    automaton = dialect.padding.map { grammar.lexer.limitingPadding(to: $0) } ?? grammar.lexer
    // A keyword starts where its word does.
    keywords = grammar.keywords.map { $0.limitingPadding(to: "") }
    samples = TerminalSamples(grammar, layout: layout)
    lookaheads = LookaheadSets(terminalCount: terminalCount, keywords: [], word: .end)
    if let names = dialect.lineEnds { try keepLineBreaks(behind: names) }
    lexStatesBehindHoles = lexStates
    if let rule = dialect.lineStarts {
      try keep(try symbols(rule.terminals), toLinesBehind: try symbols(rule.behind ?? []))
    }
  }

  private func symbols(_ names: [String]) throws(RecognitionError) -> Set<SymbolID> {
    var result: Set<SymbolID> = []
    for name in names { result.formUnion(try grammar.symbols(named: name)) }
    return result
  }

  /// Has states that the terminals `names` lead to lex without line breaks as padding.
  private mutating func keepLineBreaks(behind names: [String]) throws(RecognitionError) {
    let ends = try symbols(names)
    let behind = narrowed.shiftedTerminals()
    let states = lexStates.indices.filter {
      ends.contains(behind[$0]) && lexStates[$0] != ParseTables.noLookahead
    }
    let (changed, copies) = automaton.addingStates(
      without: [UInt8(ascii: "\n")], for: Set(states.map { lexStates[$0] }))
    automaton = changed
    for state in states { lexStates[state] = copies[lexStates[state]] ?? lexStates[state] }
  }

  /// Keeps terminals to the beginnings of lines, which the text in front of a parser's state tells where a terminal led
  /// to it.
  private mutating func keep(
    _ terminals: Set<SymbolID>, toLinesBehind ends: Set<SymbolID>
  ) throws(RecognitionError) {
    let behind = narrowed.shiftedTerminals()
    let states = lexStates.indices.filter {
      behind[$0] != .end && !ends.contains(behind[$0]) && lexStates[$0] != ParseTables.noLookahead
    }
    let (changed, copies) = automaton.addingStates(
      startingLines: terminals, for: Set(states.map { lexStates[$0] }))
    automaton = changed
    for state in states { lexStates[state] = copies[lexStates[state]] ?? lexStates[state] }
  }

  /// The arrays in the order in which `LanguageTables` reads them. O(states × symbols).
  func encoded() throws(RecognitionError) -> Data {
    let externalLexStates = narrowed.origins.map { grammar.tables.externalLexStates[Int($0)] }
    let extras = ExtraStates(narrowed, grammar)
    let tight = try symbols(dialect.tightTerminals ?? [])
    let isTight = (0..<narrowed.stateCount).map { state in tight.contains { narrowed.cell(state, $0.index) != 0 } }
    let isEnclosed = zip(extras.within, isTight).map { $0 || $1 }
    let cells = CellTable(cellsOfActions(), columnCount: narrowed.symbolCount)
    var body = ArrayWriter()
    body.append([UInt64(narrowed.symbolCount)])
    body.append(cells.offsets)
    body.append(cells.blocks)
    body.append(narrowed.listStarts)
    body.append(narrowed.actions)
    body.append(lexStates)
    body.append(lexStatesBehindHoles)
    body.append(externalLexStates)
    body.append(lexClasses(externalLexStates, isTight, isEnclosed))
    body.append(isTight)
    body.append(isEnclosed)
    body.append(extras.starts)
    appendRows(to: &body)
    let reachable = ByteAutomaton.append(automaton, to: &body)
    ByteAutomaton.append(keywords, to: &body)
    let patterned = try symbols((dialect.terminalPatterns ?? [:]).keys.sorted())
    body.append(reachable.map { $0.contains { patterned.contains($0) } })
    try ReservedSets.append(grammar, dialect, narrowed, to: &body)
    samples.append(to: &body)
    return body.data
  }

  /// The cells of the narrowed tables, 0 where nothing is left of a list.
  private func cellsOfActions() -> [UInt16] {
    var cells = narrowed.cells
    for state in 0..<narrowed.stateCount {
      for terminal in 0..<terminalCount where narrowed.list(state, terminal).isEmpty {
        cells[state * narrowed.symbolCount + terminal] = 0
      }
    }
    return cells
  }

  private func lexClasses(_ externalLexStates: [UInt16], _ isTight: [Bool], _ isEnclosed: [Bool]) -> [UInt16] {
    var classes: [[UInt16]: UInt16] = [:]
    return lexStates.indices.map { state in
      let flags: UInt16 = (isTight[state] ? 2 : 0) | (isEnclosed[state] ? 1 : 0)
      let key = [lexStates[state], externalLexStates[state], flags]
      let number = classes[key] ?? UInt16(classes.count)
      classes[key] = number
      return number
    }
  }

  /// What each state does under any lookahead.
  private func appendRows(to body: inout ArrayWriter) {
    var reductions: [[Row.Reduction]] = []
    var extraReductions: [[Row.Reduction]] = []
    var shifts: [[Row.Shift]] = []
    var taken: [LookaheadSet] = []
    for state in 0..<narrowed.stateCount {
      var terminals: [SymbolID] = []
      var own: [Row.Reduction] = []
      var extra: [Row.Reduction] = []
      // Of each reduction, the terminals under which it is taken.
      var under: [[SymbolID]] = []
      for terminal in 0..<terminalCount where narrowed.cell(state, terminal) != 0 {
        terminals.append(SymbolID(terminal))
        for action in narrowed.list(state, terminal) where action.kind == .reduce {
          let reduction = Row.Reduction(
            symbol: SymbolID(rawValue: action.operand), childCount: UInt16(action.childCount))
          if lexStates[state] == ParseTables.noLookahead {
            if terminal == 0 { extra.append(reduction) }
          } else if let known = own.firstIndex(of: reduction) {
            under[known].append(SymbolID(terminal))
          } else {
            own.append(reduction)
            under.append([SymbolID(terminal)])
          }
        }
      }
      for index in under.indices { own[index].lookaheads = lookaheads.set(under[index]) }
      reductions.append(own)
      extraReductions.append(extra)
      shifts.append(
        Language.cheapestShifts(terminals, samples.costs) { narrowed.list(state, $0.index) })
      taken.append(lookaheads.set(terminals))
    }
    ListTable.append(reductions, to: &body)
    ListTable.append(extraReductions, to: &body)
    ListTable.append(shifts, to: &body)
    body.append(taken)
    body.append(lookaheads.allBits)
  }
}
