import Foundation
public import Grammar
import Synchronization

/// A grammar prepared for recognition: tables narrowed by the dialect, flattened, and what follows from them.
///
/// Everything here is constant once built; sessions share one instance.
public final class Language: @unchecked Sendable {
  public let grammar: Grammar
  let appliesDialect: Bool
  /// Shape (stateCount, symbolCount), row-major; see `ParseTables.cells`.
  let cells: UnsafeMutablePointer<UInt16>
  /// Shape (lists + 1): where each action list starts in `actions`.
  let listStarts: [UInt32]
  let actions: UnsafeMutablePointer<Action>
  let symbolCount: Int
  let terminalCount: Int
  /// Those of the grammar, and copies that the dialect tells apart.
  public let stateCount: Int
  let lexStates: [UInt16]
  /// The same where a hole may have begun a line.
  let lexStatesBehindHoles: [UInt16]
  /// Terminals that begin lines only.
  let lineStarters: Set<SymbolID>
  let externalLexStates: [UInt16]
  let lexer: ByteAutomaton
  let keywords: ByteAutomaton?
  /// The terminal whose text may be a keyword; `SymbolID.end` if the grammar has none.
  let wordTerminal: SymbolID
  /// Keyword terminals that never fall back to the word terminal, in any state. Shape (terminalCount).
  let isReservedEverywhere: [Bool]
  /// The same by state; nil if the grammar has no sets of reserved words.
  let reserved: ReservedSets?
  /// Reserved words that the grammar has no keyword for.
  let reservedWords: [[UInt8]]
  let layout: LayoutRule?
  /// Shape (terminalCount): how a terminal changes the number of open brackets between which lines are joined.
  let bracketChange: [Int8]
  /// Shape (terminalCount): how a terminal changes the number of open contexts of the external scanner.
  let contextChange: [Int8]
  /// Whether the terminals that open and close contexts are known.
  var countsContexts: Bool { (grammar.description.contexts ?? []).contains { $0.count > 1 } }
  /// Whether text goes on in the state of the scanner in which a hole ends.
  let carriesState: Bool
  let scanner: ExternalScanner?
  /// Shape (terminalCount): a pattern that the terminal's text must match, where the dialect has one.
  let patterns: [TerminalPattern?]
  /// Shape (lexical states): whether a terminal that can still be reached has a pattern.
  let hasPattern: [Bool]
  /// Shape (stateCount): whether a state is inside a string, where nothing is padding.
  let isTight: [Bool]
  /// Shape (stateCount): states of the same number find the same in a text, but for what they make of keywords and
  /// extras.
  let lexClasses: [UInt16]
  /// A state of each number.
  let classStates: [UInt16]
  /// Shape (stateCount): whether a state is within an extra of several terminals, or in a string. A hole that ends in one
  /// that it opens would make the text behind it a part of it.
  let isEnclosed: [Bool]
  /// Whether a hole can end in another context than it starts in.
  let mayLeaveContexts: Bool
  /// Shape (stateCount): whether the first terminal of such an extra leads to a state.
  let startsExtra: [Bool]
  /// Shape (stateCount): what a state can do under some lookahead.
  let rows: [Row]
  let lookaheads: LookaheadSets
  /// Shape (terminalCount): text for each terminal, empty where none is known, and what it costs in a completion.
  let samples: TerminalSamples
  /// The text of external terminals, as of keywords that the scanner reads.
  let externalSpellings: [[UInt8]]
  let fixedProbes: FixedProbes
  /// External terminals with text all of which is alike, and the characters that it consists of.
  let contents: [Content]
  /// Blanks of which the external scanner takes any number as one, and each set as a pattern.
  let blanks: [(bytes: [UInt8], pattern: TerminalPattern)]
  /// How comments start and end.
  let commentMarks: (line: [UInt8], block: (start: [UInt8], end: [UInt8])?)
  /// What follows from the grammar alone about holes, computed when first asked for; by `allowsOtherContexts`.
  private let holeClosures = Mutex<[Bool: HoleClosure]>([:])
  typealias Content = (terminal: SymbolID, ordinary: TerminalPattern)
  /// What stands for such text.
  static let ordinaryByte = UInt8(ascii: "a")

  /// Everything that a state does under any lookahead, for gaps.
  struct Row {
    var reductions: [Reduction] = []
    var shifts: [Shift] = []
    /// Under the end of a non-terminal extra.
    var extraReductions: [Reduction] = []
    /// The terminals with an action.
    var lookaheads = LookaheadSet.empty
    struct Reduction: Equatable {
      var symbol: SymbolID
      var childCount: Int
      /// The terminals under which it is taken.
      var lookaheads = LookaheadSet.any
    }
    struct Shift {
      var terminal: SymbolID
      var target: StateID
    }
  }

  /// A parse action in eight bytes.
  struct Action: Hashable {
    enum Kind: UInt8 { case shift, shiftExtra, reduce, accept }
    var kind: Kind
    var childCount: UInt8
    /// The target state of a shift, the symbol of a reduction.
    var operand: UInt16
  }

  /// Prepares `grammar`. With `applyingDialect` false the grammar is taken as tree-sitter takes it.
  ///
  /// O(states × symbols); a few milliseconds for large grammars.
  public init(_ grammar: Grammar, applyingDialect: Bool = true) throws(RecognitionError) {
    self.grammar = grammar
    appliesDialect = applyingDialect
    let tables = grammar.tables
    let dialect = applyingDialect ? grammar.dialect : Dialect()
    terminalCount = tables.terminalCount
    layout = try LayoutRule(grammar)
    let narrowed = try NarrowedTables(grammar, dialect, layout)
    symbolCount = narrowed.symbolCount
    stateCount = narrowed.stateCount
    var lexStates = narrowed.origins.map { tables.lexStates[Int($0)] }
    externalLexStates = narrowed.origins.map { tables.externalLexStates[Int($0)] }
    var automaton = dialect.padding.map { grammar.lexer.limitingPadding(to: $0) } ?? grammar.lexer
    if let names = dialect.lineEnds {
      try Language.keepLineBreaks(behind: names, narrowed, grammar, &lexStates, &automaton)
    }
    lexStatesBehindHoles = lexStates
    var lineStarters: Set<SymbolID> = []
    for name in dialect.lineStarts?.terminals ?? [] { lineStarters.formUnion(try grammar.symbols(named: name)) }
    self.lineStarters = lineStarters
    if let rule = dialect.lineStarts {
      try Language.keep(lineStarters, toLinesBehind: rule.behind ?? [], narrowed, grammar, &lexStates, &automaton)
    }
    self.lexStates = lexStates
    lexer = ByteAutomaton(automaton, startStates: Set(lexStates + lexStatesBehindHoles))
    // A keyword starts where its word does.
    keywords = grammar.keywords.map { ByteAutomaton($0.limitingPadding(to: ""), startStates: [0]) }
    wordTerminal = tables.keywordCapture ?? .end
    scanner = try ExternalScanner(grammar, dialect)
    carriesState = scanner != nil && grammar.description.carriesState == true
    fixedProbes = FixedProbes(grammar.description)
    bracketChange = try Language.changes(
      (grammar.description.layout?.brackets ?? []).map { [String($0.prefix(1)), String($0.suffix(1))] }, grammar)
    contextChange = try Language.changes(grammar.description.contexts ?? [], grammar)

    var contents: [Content] = []
    for (name, expression) in grammar.description.contents ?? [:] {
      let pattern = try TerminalPattern(expression)
      for symbol in try grammar.symbols(named: name) where symbol.index < terminalCount {
        contents.append((symbol, pattern))
      }
    }
    self.contents = contents.sorted { $0.terminal.rawValue < $1.terminal.rawValue }

    blanks = try (grammar.description.blanks ?? []).map { set throws(RecognitionError) in
      let escaped = set.utf8.map { String(format: "\\x%02x", $0) }
      return (Array(set.utf8), try TerminalPattern("[\(escaped.joined())]"))
    }
    let block = (grammar.description.blockComment ?? []).map { Array($0.utf8) }
    commentMarks = (
      Array((grammar.description.lineComment ?? "").utf8), block.count == 2 ? (block[0], block[1]) : nil
    )

    var reserved = [Bool](repeating: false, count: terminalCount)
    var unknown: [[UInt8]] = []
    for word in dialect.reservedWords ?? [] {
      if let keyword = grammar.keyword(word.utf8) {
        reserved[keyword.index] = true
      } else {
        unknown.append(Array(word.utf8))
      }
    }
    isReservedEverywhere = reserved
    self.reserved = try ReservedSets(grammar, dialect, narrowed)
    reservedWords = unknown
    var patterns = [TerminalPattern?](repeating: nil, count: terminalCount)
    for (name, expression) in dialect.terminalPatterns ?? [:] {
      let pattern = try TerminalPattern(expression)
      for symbol in try grammar.symbols(named: name) where symbol.index < terminalCount {
        patterns[symbol.index] = pattern
      }
    }
    self.patterns = patterns
    hasPattern = lexer.reachable.map { $0.contains { patterns[$0.index] != nil } }

    let (starts, flat) = (narrowed.listStarts, narrowed.actions)
    listStarts = starts
    actions = .allocate(capacity: max(flat.count, 1))
    actions.initialize(from: flat, count: flat.count)
    cells = .allocate(capacity: max(narrowed.cells.count, 1))
    cells.initialize(from: narrowed.cells, count: narrowed.cells.count)
    let extras = ExtraStates(narrowed, grammar)
    strictLayout = dialect.strictLayout == true && layout != nil
    var tight: [SymbolID] = []
    for name in dialect.tightTerminals ?? [] { tight += try grammar.symbols(named: name) }
    let isTight = (0..<stateCount).map { state in tight.contains { narrowed.cell(state, $0.index) != 0 } }
    self.isTight = isTight
    isEnclosed = zip(extras.within, isTight).map { $0 || $1 }
    startsExtra = extras.starts
    mayLeaveContexts = scanner != nil || isTight.contains(true)

    lexClasses = Language.lexClasses(lexStates, externalLexStates, isTight, isEnclosed)
    var classStates: [UInt16] = []
    for (state, number) in lexClasses.enumerated() where number == classStates.count {
      classStates.append(UInt16(state))
    }
    self.classStates = classStates
    let mayBeWords = (keywords?.reachable[0] ?? []).filter { !reserved[$0.index] }
    let lookaheads = LookaheadSets(terminalCount: terminalCount, keywords: mayBeWords, word: wordTerminal)
    self.lookaheads = lookaheads
    var rows = [Row](repeating: Row(), count: stateCount)
    for state in 0..<stateCount {
      var row = Row()
      var taken: [SymbolID] = []
      // Of each reduction, the terminals under which it is taken.
      var under: [[SymbolID]] = []
      for terminal in 0..<terminalCount {
        let cell = Int(cells[state * symbolCount + terminal])
        if cell == 0 { continue }
        taken.append(SymbolID(terminal))
        for index in starts[cell]..<starts[cell + 1] {
          let action = flat[Int(index)]
          guard action.kind == .reduce else { continue }
          let reduction = Row.Reduction(
            symbol: SymbolID(rawValue: action.operand), childCount: Int(action.childCount))
          if lexStates[state] == ParseTables.noLookahead {
            if terminal == 0 { row.extraReductions.append(reduction) }
          } else if let known = row.reductions.firstIndex(of: reduction) {
            under[known].append(SymbolID(terminal))
          } else {
            row.reductions.append(reduction)
            under.append([SymbolID(terminal)])
          }
        }
      }
      for index in under.indices { row.reductions[index].lookaheads = lookaheads.set(under[index]) }
      row.lookaheads = lookaheads.set(taken)
      rows[state] = row
    }
    let samples = TerminalSamples(grammar, layout: layout)
    self.samples = samples
    externalSpellings = (scanner?.terminals ?? []).map { samples.texts[$0.index] }.filter { $0.count > 1 }
    for state in rows.indices {
      rows[state].shifts = Language.cheapestShifts(state, cells, symbolCount, starts, actions, samples)
    }
    self.rows = rows
  }

  let strictLayout: Bool

  /// Shape (terminalCount): 1 for the first terminal of each pair, -1 for the last.
  private static func changes(_ pairs: [[String]], _ grammar: Grammar) throws(RecognitionError) -> [Int8] {
    var result = [Int8](repeating: 0, count: grammar.tables.terminalCount)
    for pair in pairs {
      for (name, change) in zip(pair, [1, -1] as [Int8]) {
        for symbol in try grammar.symbols(named: name) where symbol.index < result.count {
          result[symbol.index] = change
        }
      }
    }
    return result
  }

  /// Has states that the terminals `names` lead to lex without line breaks as padding.
  private static func keepLineBreaks(
    behind names: [String], _ narrowed: NarrowedTables, _ grammar: Grammar, _ lexStates: inout [UInt16],
    _ automaton: inout LexicalAutomaton
  ) throws(RecognitionError) {
    var ends: Set<SymbolID> = []
    for name in names { ends.formUnion(try grammar.symbols(named: name)) }
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
  private static func keep(
    _ terminals: Set<SymbolID>, toLinesBehind names: [String], _ narrowed: NarrowedTables, _ grammar: Grammar,
    _ lexStates: inout [UInt16], _ automaton: inout LexicalAutomaton
  ) throws(RecognitionError) {
    var ends: Set<SymbolID> = [.end]
    for name in names { ends.formUnion(try grammar.symbols(named: name)) }
    let behind = narrowed.shiftedTerminals()
    let states = lexStates.indices.filter {
      !ends.contains(behind[$0]) && lexStates[$0] != ParseTables.noLookahead
    }
    let (changed, copies) = automaton.addingStates(
      startingLines: terminals, for: Set(states.map { lexStates[$0] }))
    automaton = changed
    for state in states { lexStates[state] = copies[lexStates[state]] ?? lexStates[state] }
  }

  private static func lexClasses(
    _ lexStates: [UInt16], _ externalLexStates: [UInt16], _ isTight: [Bool], _ isEnclosed: [Bool]
  ) -> [UInt16] {
    var classes: [[UInt16]: UInt16] = [:]
    return lexStates.indices.map { state in
      let flags: UInt16 = (isTight[state] ? 2 : 0) | (isEnclosed[state] ? 1 : 0)
      let key = [lexStates[state], externalLexStates[state], flags]
      let number = classes[key] ?? UInt16(classes.count)
      classes[key] = number
      return number
    }
  }

  /// For each state that a shift leads to, the cheapest terminal that does.
  private static func cheapestShifts(
    _ state: Int, _ cells: UnsafeMutablePointer<UInt16>, _ symbolCount: Int,
    _ starts: [UInt32], _ actions: UnsafeMutablePointer<Action>, _ samples: TerminalSamples,
    where allows: (SymbolID) -> Bool = { _ in true }
  ) -> [Row.Shift] {
    var best: [UInt16: SymbolID] = [:]
    for terminal in samples.costs.indices {
      let cell = Int(cells[state * symbolCount + terminal])
      if cell == 0 || !allows(SymbolID(terminal)) { continue }
      for index in starts[cell]..<starts[cell + 1] where actions[Int(index)].kind == .shift {
        let target = actions[Int(index)].operand
        if let other = best[target], samples.costs[other.index] <= samples.costs[terminal] { continue }
        best[target] = SymbolID(terminal)
      }
    }
    return best.map { Row.Shift(terminal: $1, target: StateID(rawValue: $0)) }
      .sorted { $0.target.rawValue < $1.target.rawValue }
  }

  /// The same of the terminals in `lookaheads`. O(terminals).
  func cheapestShifts(_ state: UInt16, under lookaheads: LookaheadSet) -> [Row.Shift] {
    Language.cheapestShifts(Int(state), cells, symbolCount, listStarts, actions, samples) {
      self.lookaheads.contains(lookaheads, $0)
    }
  }

  /// What follows from the grammar alone about holes. Safe to call from any thread.
  func holeClosure(allowsOtherContexts: Bool) -> HoleClosure {
    holeClosures.withLock { closures in
      if let known = closures[allowsOtherContexts] { return known }
      let closure = HoleClosure.cached(self, allowsOtherContexts: allowsOtherContexts)
      closures[allowsOtherContexts] = closure
      return closure
    }
  }

  deinit {
    cells.deallocate()
    actions.deallocate()
  }

  /// The actions of `state` under `lookahead`. O(1), no allocation.
  @inline(__always)
  func actions(_ state: UInt16, _ lookahead: SymbolID) -> UnsafeBufferPointer<Action> {
    let list = Int(cells[Int(state) &* symbolCount &+ lookahead.index])
    let start = Int(listStarts[list])
    return UnsafeBufferPointer(start: actions + start, count: Int(listStarts[list + 1]) - start)
  }

  @inline(__always)
  func hasActions(_ state: UInt16, _ lookahead: SymbolID) -> Bool {
    let list = Int(cells[Int(state) &* symbolCount &+ lookahead.index])
    return listStarts[list] != listStarts[list + 1]
  }

  /// Whether `terminal` is an extra in `state`. O(1).
  @inline(__always)
  func isExtra(_ state: UInt16, _ terminal: SymbolID) -> Bool {
    actions(state, terminal).first?.kind == .shiftExtra
  }

  /// What a word is in `state` whose text is `keyword`, and the terminal that it may fall back to, `.end` for none.
  ///
  /// Where nothing takes a reserved word, it stays that: the place where it starts is where the text fails. O(1).
  func lookahead(
    _ state: UInt16, word: SymbolID, keyword: SymbolID
  ) -> (terminal: SymbolID, fallback: SymbolID) {
    if hasActions(state, keyword) { return (keyword, isReservedEverywhere[keyword.index] ? .end : word) }
    if isReserved(state, keyword) { return (keyword, .end) }
    // Reductions may lead to a state that reserves it.
    return reserved?.isReservedSomewhere(keyword) ?? false ? (keyword, word) : (word, .end)
  }

  /// Whether a keyword is never the word terminal in `state`. O(1).
  @inline(__always)
  func isReserved(_ state: UInt16, _ keyword: SymbolID) -> Bool {
    isReservedEverywhere[keyword.index] || reserved?.contains(state, keyword) ?? false
  }

  /// The goto state, 0 if there is none.
  @inline(__always)
  func goto(_ state: UInt16, _ symbol: UInt16) -> UInt16 {
    cells[Int(state) &* symbolCount &+ Int(symbol)]
  }
}
