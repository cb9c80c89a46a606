import Foundation
public import Grammar
import Synchronization

/// A grammar prepared for recognition: tables narrowed by the dialect, flattened, and what follows from them.
///
/// Everything here is constant once built; sessions share one instance.
public final class Language: @unchecked Sendable {
  public let grammar: Grammar
  let appliesDialect: Bool
  let tables: LanguageTables
  /// Of `tables`, what every step looks at.
  private let cellOffsets: Column<UInt32>
  private let cellBlocks: Column<UInt16>
  private let listStarts: Column<UInt32>
  private let actions: Column<Action>
  private let blocksPerRow: Int
  let symbolCount: Int
  let terminalCount: Int
  /// Those of the grammar, and copies that the dialect tells apart.
  public let stateCount: Int
  let lexStates: Column<UInt16>
  /// The same where a hole may have begun a line.
  let lexStatesBehindHoles: Column<UInt16>
  /// Terminals that begin lines only.
  let lineStarters: Set<SymbolID>
  let externalLexStates: Column<UInt16>
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
  let hasPattern: Column<Bool>
  /// Shape (stateCount): whether a state is inside a string, where nothing is padding.
  let isTight: Column<Bool>
  /// Shape (stateCount): states of the same number find the same in a text, but for what they make of keywords and
  /// extras.
  let lexClasses: Column<UInt16>
  /// A state of each number.
  let classStates: [UInt16]
  /// Shape (stateCount): whether a state is within an extra of several terminals, or in a string. A hole that ends in one
  /// that it opens would make the text behind it a part of it.
  let isEnclosed: Column<Bool>
  /// Whether a hole can end in another context than it starts in.
  let mayLeaveContexts: Bool
  /// Shape (stateCount): whether the first terminal of such an extra leads to a state.
  let startsExtra: Column<Bool>
  let hasLongExtras: Bool
  let lookaheads: LookaheadSets
  /// Shape (terminalCount): text for each terminal, empty where none is known, and what it costs in a completion.
  let samples: TerminalSamples
  /// The text of external terminals, as of keywords that the scanner reads.
  let externalSpellings: [[UInt8]]
  let fixedProbes: FixedProbes
  /// External terminals with text all of which is alike, and the characters that it consists of.
  let contents: [Content]
  /// The bytes of words that the external scanner passes to see what stands behind them.
  let words: [ByteSet]
  let wordMarks: [[UInt8]]
  /// Shape (rows of the scanner): whether they are alike to it there.
  let hasWords: [Bool]
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
    let reductions: Column<Reduction>
    let shifts: Column<Shift>
    /// Under the end of a non-terminal extra.
    let extraReductions: Column<Reduction>
    /// The terminals with an action.
    let lookaheads: LookaheadSet
    struct Reduction: Hashable, BitwiseCopyable {
      var symbol: SymbolID
      var childCount: UInt16
      /// The terminals under which it is taken.
      var lookaheads = LookaheadSet.any
    }
    struct Shift: Hashable, BitwiseCopyable {
      var terminal: SymbolID
      var target: StateID
    }
  }

  /// A parse action in four bytes.
  struct Action: Hashable, BitwiseCopyable {
    enum Kind: UInt8 { case shift, shiftExtra, reduce, accept }
    var kind: Kind
    var childCount: UInt8
    /// The target state of a shift, the symbol of a reduction.
    var operand: UInt16
  }

  /// Prepares `grammar`. With `applyingDialect` false the grammar is taken as tree-sitter takes it.
  ///
  /// O(bytes of its tables) where these lie in a file beside the grammar, which else is written; O(states × symbols) then.
  public init(_ grammar: Grammar, applyingDialect: Bool = true) throws(RecognitionError) {
    self.grammar = grammar
    appliesDialect = applyingDialect
    let dialect = applyingDialect ? grammar.dialect : Dialect()
    terminalCount = grammar.tables.terminalCount
    layout = try LayoutRule(grammar)
    let tables = try LanguageTables.cached(grammar, applyingDialect: applyingDialect, layout)
    self.tables = tables
    (cellOffsets, cellBlocks) = (tables.cellOffsets, tables.cellBlocks)
    (listStarts, actions) = (tables.listStarts, tables.actions)
    symbolCount = tables.symbolCount
    blocksPerRow = CellTable.blocksPerRow(columnCount: symbolCount)
    stateCount = tables.lexStates.count
    lexStates = tables.lexStates
    lexStatesBehindHoles = tables.lexStatesBehindHoles
    externalLexStates = tables.externalLexStates
    lexClasses = tables.lexClasses
    var classStates: [UInt16] = []
    for (state, number) in tables.lexClasses.enumerated() where number == classStates.count {
      classStates.append(UInt16(state))
    }
    self.classStates = classStates
    isTight = tables.isTight
    isEnclosed = tables.isEnclosed
    startsExtra = tables.startsExtra
    lexer = tables.lexer
    keywords = tables.keywords
    hasPattern = tables.hasPattern
    reserved = tables.reserved
    samples = tables.samples
    var lineStarters: Set<SymbolID> = []
    for name in dialect.lineStarts?.terminals ?? [] { lineStarters.formUnion(try grammar.symbols(named: name)) }
    self.lineStarters = lineStarters
    wordTerminal = grammar.tables.keywordCapture ?? .end
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
    words = try (grammar.description.words?.sets ?? []).map { set throws(RecognitionError) in
      try TerminalPattern(set).ownBytes
    }
    wordMarks = (grammar.description.words?.marks ?? []).map { Array($0.utf8) }
    var madeOfWords: [SymbolID] = []
    for name in grammar.description.words?.unless ?? [] { madeOfWords += try grammar.symbols(named: name) }
    hasWords = scanner?.rows(without: madeOfWords) ?? []

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
    reservedWords = unknown
    var patterns = [TerminalPattern?](repeating: nil, count: terminalCount)
    for (name, expression) in dialect.terminalPatterns ?? [:] {
      let pattern = try TerminalPattern(expression)
      for symbol in try grammar.symbols(named: name) where symbol.index < terminalCount {
        patterns[symbol.index] = pattern
      }
    }
    self.patterns = patterns
    strictLayout = dialect.strictLayout == true && layout != nil
    hasLongExtras = tables.startsExtra.contains(true)
    mayLeaveContexts = scanner != nil || isTight.contains(true)
    let mayBeWords = keywords.map { Array($0.reachable[0]) } ?? []
    lookaheads = LookaheadSets(
      terminalCount: terminalCount, keywords: mayBeWords.filter { !reserved[$0.index] }, word: wordTerminal,
      known: tables.lookaheadBits)
    externalSpellings = (scanner?.terminals ?? []).map { tables.samples.texts[$0.index] }.filter { $0.count > 1 }
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

  /// For each state that a shift leads to, the cheapest of `terminals` that does.
  static func cheapestShifts(
    _ terminals: some Sequence<SymbolID>, _ costs: [Int32], _ actions: (SymbolID) -> some Sequence<Action>
  ) -> [Row.Shift] {
    var best: [UInt16: SymbolID] = [:]
    for terminal in terminals {
      for action in actions(terminal) where action.kind == .shift {
        if let other = best[action.operand], costs[other.index] <= costs[terminal.index] { continue }
        best[action.operand] = terminal
      }
    }
    return best.map { Row.Shift(terminal: $1, target: StateID(rawValue: $0)) }
      .sorted { $0.target.rawValue < $1.target.rawValue }
  }

  /// The same of the terminals in `lookaheads`. O(terminals).
  func cheapestShifts(_ state: UInt16, under lookaheads: LookaheadSet) -> [Row.Shift] {
    let terminals = (0..<terminalCount).lazy.map { SymbolID($0) }.filter { terminal in
      self.hasActions(state, terminal) && self.lookaheads.contains(lookaheads, terminal)
    }
    return Language.cheapestShifts(terminals, samples.costs) { actions(state, $0) }
  }

  /// What a state can do under some lookahead. O(1).
  func row(_ state: UInt16) -> Row {
    let state = Int(state)
    return Row(
      reductions: tables.reductions[state], shifts: tables.shifts[state],
      extraReductions: tables.extraReductions[state], lookaheads: tables.lookaheads[state])
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

  /// See `ParseTables.cells` and `CellTable`.
  @inline(__always)
  private func cell(_ state: UInt16, _ symbol: UInt16) -> UInt16 {
    let size = UInt16(CellTable.blockSize)
    let block = cellOffsets[Int(state) &* blocksPerRow &+ Int(symbol / size)]
    return cellBlocks[Int(block) &+ Int(symbol % size)]
  }

  /// The actions of `state` under `lookahead`. O(1), no allocation.
  @inline(__always)
  func actions(_ state: UInt16, _ lookahead: SymbolID) -> UnsafeBufferPointer<Action> {
    let list = Int(cell(state, lookahead.rawValue))
    let start = Int(listStarts[list])
    return UnsafeBufferPointer(
      start: actions.baseAddress.unsafelyUnwrapped + start, count: Int(listStarts[list + 1]) - start)
  }

  @inline(__always)
  func hasActions(_ state: UInt16, _ lookahead: SymbolID) -> Bool {
    cell(state, lookahead.rawValue) != 0
  }

  /// Whether a text may end in `state` where one of `set` comes next. O(1).
  func mayEnd(_ state: UInt16, _ set: LookaheadSet) -> Bool {
    actions(state, .end).contains { $0.kind == .accept } && lookaheads.contains(set, .end)
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
  func goto(_ state: UInt16, _ symbol: UInt16) -> UInt16 { cell(state, symbol) }
}
