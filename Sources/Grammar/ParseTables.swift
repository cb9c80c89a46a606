/// What the parser does in a state under a lookahead.
public enum ParseAction: Equatable, Sendable {
  /// Consume the lookahead and enter the state.
  case shift(StateID)
  /// Consume the lookahead as an extra: the stack stays as it is.
  case shiftExtra
  /// Replace the top `childCount` states (extras not counted) by the goto on `symbol`.
  case reduce(symbol: SymbolID, childCount: Int, dynamicPrecedence: Int, production: Int)
  /// The whole input is derived.
  case accept
}

/// The LR tables of a grammar, read from the `TSLanguage` that its `parser.c` defines.
///
/// Shifts flagged `repetition` and recover actions are left out when the tables are read, since a parse without
/// errors never takes them.
public struct ParseTables: Sendable {
  public var stateCount: Int
  /// Terminals (the end of input and external ones included) have the identifiers below this.
  public var terminalCount: Int
  /// Terminals and nonterminals, aliases not counted.
  public var symbolCount: Int
  /// Shape (symbolCount).
  public var symbols: [Symbol]
  /// Shape (stateCount, symbolCount). A terminal's cell is an index into `actionLists`,
  /// a nonterminal's is the goto state; 0 is "none" in both.
  public var cells: CellTable
  /// The actions that a cell stands for; several are alternatives. Element 0 is empty.
  public var actionLists: ActionTable
  /// Shape (stateCount): the state of the lexical automaton in which lexing starts, or `Self.noLookahead`.
  public var lexStates: [UInt16]
  /// Shape (stateCount): the row of `externalValidity`; row 0 means that the scanner is not asked.
  public var externalLexStates: [UInt16]
  /// Shape (rows, externalTerminals.count), row-major: which external terminals a row enables.
  public var externalValidity: [Bool]
  /// The external scanner's own numbering, as terminals.
  public var externalTerminals: [SymbolID]
  /// The terminal whose text may be a keyword, if the grammar has one.
  public var keywordCapture: SymbolID?
  /// Shape (stateCount): which of `reservedWords` a state has; empty if the grammar has none, as before ABI 15.
  public var reservedSets: [UInt16] = []
  /// Sets of keywords that are never the word terminal where the set holds. The first is empty.
  public var reservedWords: [[SymbolID]] = []

  /// The lex state of a non-terminal extra's end: reduce by the END column, then lex again.
  public static let noLookahead: UInt16 = 0xFFFF

  /// A symbol as the grammar declares it.
  public struct Symbol: Equatable, Sendable {
    public var name: String
    public var isVisible: Bool
    public var isNamed: Bool
    public init(name: String, isVisible: Bool, isNamed: Bool) {
      self.name = name
      self.isVisible = isVisible
      self.isNamed = isNamed
    }
  }

  /// The actions of `state` under `lookahead`. O(actions).
  public func actions(_ state: StateID, _ lookahead: SymbolID) -> [ParseAction] {
    actionLists[Int(cells[state.index, lookahead.index])]
  }

  /// Whether `state` has any action under `lookahead`. O(1).
  public func hasActions(_ state: StateID, _ lookahead: SymbolID) -> Bool { cells[state.index, lookahead.index] != 0 }

  /// The state after a reduction to `nonterminal` uncovered `state`; nil if the table has none. O(1).
  public func goto(_ state: StateID, _ nonterminal: SymbolID) -> StateID? {
    let cell = cells[state.index, nonterminal.index]
    return cell == 0 ? nil : StateID(rawValue: cell)
  }
}
