import Grammar

/// A terminal in the text, as the lexer of some state sees it.
struct Lookahead: Equatable {
  var terminal: SymbolID
  /// The word terminal, where `terminal` is a keyword that may fall back to it; else `.end`.
  var fallback: SymbolID
  var start: Int
  var end: Int
  /// The external scanner's state behind the terminal.
  var scanner: Int32
  /// The column of the block that it opens, for an indent.
  var column: Int32
}

enum LexOutcome {
  case found(Lookahead)
  /// The state ends a non-terminal extra: reduce, then lex again.
  case extraEnd
  /// The text ends before the terminal is decided.
  case open
  case none
}

/// Lexes one terminal at a time, as the runtime's `ts_parser__lex` does without its error mode
/// (lib/src/parser.c, 0.20.7).
final class TerminalLexer {
  let language: Language
  let scanner: ScannerSession?
  /// The text with a continuation behind it, where the scanner is to see one.
  var continued: UnsafeBufferPointer<UInt8>?
  /// Whether what the scanner looks for behind `continued` does not come.
  var declinesAtEnd = false

  init(_ language: Language) {
    self.language = language
    scanner = language.scanner.map(ScannerSession.init)
  }

  /// The terminal at `position` in LR state `state`. O(bytes of the terminal and its padding).
  func lex(
    _ text: UnsafeBufferPointer<UInt8>, _ position: Int, state: UInt16, scannerState: Int32, isComplete: Bool
  ) -> LexOutcome {
    let lexState = language.lexStates[Int(state)]
    if lexState == ParseTables.noLookahead { return .extraEnd }
    let row = Int(language.externalLexStates[Int(state)])
    if row != 0, let scanner {
      let text = continued ?? text
      let result = scanner.scan(text, position, row: row, state: scannerState)
      if result.sawEnd, !isComplete, result.found || !declinesAtEnd { return .open }
      if result.found {
        let found = external(result, text, position)
        if let pattern = language.patterns[found.terminal.index],
          pattern.match(text, found.start..<found.end, terminalIsOpen: false, textIsComplete: isComplete) == .fails
        {
          return .none
        }
        return .found(found)
      }
    }
    return lexInternally(text, position, state: state, lexState: lexState, scannerState, isComplete: isComplete)
  }

  func external(_ result: ScannerSession.Result, _ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Lookahead {
    var column: Int32 = 0
    if let layout = language.layout, layout.indent == result.terminal {
      column = Int32(layout.padding(text, position).column)
    }
    return Lookahead(
      terminal: result.terminal, fallback: .end, start: min(result.start, result.end), end: result.end,
      scanner: result.state, column: column)
  }

  /// The generated lexer alone. With `isCut` the last terminal ends where the text ends, though the input goes on.
  func lexInternally(
    _ text: UnsafeBufferPointer<UInt8>, _ position: Int, state: UInt16, lexState: UInt16, _ scannerState: Int32,
    isComplete: Bool, isCut: Bool = false
  ) -> LexOutcome {
    let match = language.lexer.match(text, position, lexState, isComplete: isComplete)
    if match.openState != LexicalAutomaton.dead, !isCut { return .open }
    if match.terminal == LexicalAutomaton.noTerminal { return .none }
    if match.start > position, language.isTight[Int(state)] { return .none }
    let terminal = SymbolID(rawValue: match.terminal)
    var found = Lookahead(
      terminal: terminal, fallback: .end, start: match.start, end: match.end, scanner: scannerState, column: 0)
    if terminal == language.wordTerminal, terminal != .end {
      let keyword = keyword(text, match.start..<match.end, isComplete: isComplete)
      if keyword != .end {
        (found.terminal, found.fallback) = language.lookahead(state, word: terminal, keyword: keyword)
      } else if language.reservedWords.contains(where: { $0.elementsEqual(text[match.start..<match.end]) }) {
        return .none
      }
    }
    if let pattern = language.patterns[found.terminal.index] {
      switch pattern.match(text, match.start..<match.end, terminalIsOpen: false, textIsComplete: isComplete) {
      case .matches: break
      case .open: return .open
      case .fails: return .none
      }
    }
    return .found(found)
  }

  /// What the generated lexer finds before a state says what it makes of it, and the keyword that its text is; `.end` for
  /// none.
  func word(
    _ text: UnsafeBufferPointer<UInt8>, _ position: Int, lexState: UInt16, isComplete: Bool
  ) -> (terminal: SymbolID, keyword: SymbolID) {
    let match = language.lexer.match(text, position, lexState, isComplete: isComplete)
    if match.terminal == LexicalAutomaton.noTerminal { return (.end, .end) }
    let terminal = SymbolID(rawValue: match.terminal)
    if terminal != language.wordTerminal { return (terminal, .end) }
    return (terminal, keyword(text, match.start..<match.end, isComplete: isComplete))
  }

  /// The keyword that the word in `range` is; `.end` for none.
  @inline(__always)
  private func keyword(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, isComplete: Bool) -> SymbolID {
    guard let match = language.keywords?.match(text, range.lowerBound, 0, isComplete: isComplete),
      match.terminal != LexicalAutomaton.noTerminal, match.end == range.upperBound
    else { return .end }
    return SymbolID(rawValue: match.terminal)
  }
}
