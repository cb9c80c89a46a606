import Grammar
import Vocabulary

/// What the lexer makes of bytes of a token, without the parser and without the text around them.
///
/// The same steps as `TerminalLexer` takes on a whole text; what depends on the parser's state is left open.
final class TokenLexer {
  let language: Language
  let scanner: ScannerSession?
  /// What `contents` has found last, and the probe that has ended text last.
  var lastContents: (row: UInt16, state: Int32, contents: [Language.Content])?
  var preferredProbe = 0
  /// Shape (states of the automaton): see `loops`; nil where nobody asked.
  private var knownLoops: [ByteKinds?]
  /// The contents of extras, which scanners look past.
  let comments: [Language.Content]
  /// The shortest words from a state of the automaton.
  var knownWords: [WordStart: [WordEnd: [UInt8]]] = [:]
  private var lastOrdinary: (bytes: ByteSet, kinds: ByteKinds)?

  enum Outcome {
    /// The bytes end within something; `isPadding` if no terminal has begun.
    case unfinished(Unfinished)
    /// The scanner asks for more; within text all of which is alike, what stands for it.
    case undecided(Alike?)
    /// The scanner declines, whatever follows.
    case declined
    /// A terminal ends at `end`, whatever follows the bytes.
    case terminal(LexicalCut.Terminal, end: Int)
    /// No text that starts so has a terminal.
    case refused
    /// The terminal has ended in the text in front of the bytes.
    case endedBefore
    /// The text in front of the bytes decides.
    case unknown
  }

  struct Unfinished {
    var state: UInt16
    var word: UInt16
    /// Terminals whose patterns the bytes do not match.
    var refused: [SymbolID] = []
    var place: StartPlace?
    var isPadding: Bool
    var match: ByteAutomaton.Match
    /// The terminal that would have ended before, were it not for the bytes behind it.
    var earlier: (terminal: LexicalCut.Terminal, end: Int)?
  }

  /// - Parameter scanner: the session that the states of starts are numbers of.
  init(_ language: Language, _ scanner: ScannerSession?) {
    self.language = language
    self.scanner = scanner
    // What is an extra anywhere is one where a file starts, in state 1.
    comments = language.contents.filter { language.isExtra(1, $0.terminal) }
    knownLoops = Array(repeating: nil, count: language.lexer.stateCount)
  }

  /// The kinds of bytes that lead from a state of the automaton to itself. O(1) once it was asked.
  func loops(_ state: UInt16) -> ByteKinds {
    if let known = knownLoops[Int(state)] { return known }
    let row = language.lexer.table + Int(state) * 256
    let loops = ByteKinds(allOf: { row[Int($0)] == state })
    knownLoops[Int(state)] = loops
    return loops
  }

  /// The kinds of bytes that are in a set as a whole. O(1) for the last one.
  func kinds(in bytes: ByteSet) -> ByteKinds {
    if let lastOrdinary, lastOrdinary.bytes == bytes { return lastOrdinary.kinds }
    let kinds = ByteKinds(allOf: bytes.contains)
    lastOrdinary = (bytes, kinds)
    return kinds
  }

  /// The number of a serialised state of the scanner.
  func number(ofScannerState bytes: [UInt8]) -> Int32 { scanner?.intern(bytes) ?? 0 }
  func scannerState(_ number: Int32) -> [UInt8] { scanner?.serialisedState(number) ?? [] }

  /// What `bytes` are from `start` on. O(bytes), with a run of the scanner where it is asked.
  func outcome(_ bytes: UnsafeBufferPointer<UInt8>, _ start: LexicalStart) -> Outcome {
    if start.row != 0, let scanner {
      // A byte in front, as a scanner may ask whether it is at the beginning of the text.
      var text: [UInt8] = [0x20]
      text.append(contentsOf: bytes)
      return text.withUnsafeBufferPointer { text in
        let scan = scanner.scan(text, 1, row: Int(start.row), state: start.scanner.actual)
        if scan.usedColumn { return .unknown }
        if scan.sawEnd { return .undecided(alike(bytes, start, scanner)) }
        if scan.found { return external(scan, text, start, scanner) }
        return .declined
      }
    }
    return internally(bytes, start)
  }

  private func external(
    _ scan: ScannerSession.Result, _ text: UnsafeBufferPointer<UInt8>, _ start: LexicalStart,
    _ scanner: ScannerSession
  ) -> Outcome {
    let from = min(scan.start, scan.end)
    var verdict = TerminalPattern.Verdict.matches
    if let pattern = language.patterns[scan.terminal.index] {
      verdict = pattern.match(text, from..<scan.end, terminalIsOpen: false, textIsComplete: false)
    }
    if verdict == .fails { return .refused }
    let bytes = UnsafeBufferPointer(rebasing: text[1...])
    var terminal = terminal(scan.terminal, bytes, from: from - 1, to: scan.end - 1, start)
    if scan.state != start.scanner.actual {
      var states = ScannerStates(actual: scan.state, context: scan.state)
      if let layout = language.layout {
        states.context = start.scanner.context
        if !layout.isLayout(scan.terminal) {
          let again = scanner.scan(text, 1, row: Int(start.row), state: start.scanner.context)
          if again.found, again.terminal == scan.terminal { states.context = again.state }
        }
      }
      terminal.scanner = states
    }
    if let layout = language.layout, layout.indent == scan.terminal {
      terminal.column = Int32(layout.padding(bytes, 0).column)
    }
    return .terminal(terminal, end: scan.end - 1)
  }

  private func internally(_ bytes: UnsafeBufferPointer<UInt8>, _ start: LexicalStart) -> Outcome {
    let match = language.lexer.match(bytes, 0, start.lexState, isComplete: false)
    let hasBegun = start.unfinished?.hasBegun ?? false
    let isPadded = match.openStart > 0 || start.unfinished.map { !$0.hasBegun } ?? false
    if match.openState == LexicalAutomaton.dead {
      guard match.terminal != LexicalAutomaton.noTerminal else {
        return start.unfinished?.hasAccepted ?? false ? .endedBefore : .refused
      }
      if start.isTight, match.start > 0 || isPadded && !hasBegun { return .refused }
      return ended(bytes, match, start)
    }
    if start.isTight, isPadded, !hasBegun { return .refused }
    if match.openStart >= bytes.count, !hasBegun {
      return .unfinished(
        Unfinished(
          state: match.openState, word: LexicalAutomaton.dead,
          place: place(bytes, match.openStart, start), isPadding: true, match: match))
    }
    var result = Unfinished(
      state: match.openState, word: word(bytes, match.openStart..<bytes.count, start),
      place: hasBegun ? nil : place(bytes, match.openStart, start), isPadding: false, match: match)
    if language.hasPattern[Int(match.openState)] {
      let own = UnsafeBufferPointer(rebasing: bytes[match.openStart...])
      for terminal in language.lexer.reachable[Int(match.openState)] {
        guard let pattern = language.patterns[terminal.index] else { continue }
        if pattern.state(after: own, from: beginning(terminal, start)) == 0 { result.refused.append(terminal) }
      }
    }
    if match.terminal != LexicalAutomaton.noTerminal, match.end < bytes.count, !bytes.endsInsideCharacter,
      case .terminal(var terminal, let end) = ended(UnsafeBufferPointer(rebasing: bytes[..<match.end]), match, start)
    {
      terminal.isHypothesis = true
      result.earlier = (terminal, end)
    }
    return .unfinished(result)
  }

  /// The terminal that `match` found, with what its text says about keywords and patterns.
  private func ended(
    _ bytes: UnsafeBufferPointer<UInt8>, _ match: ByteAutomaton.Match, _ start: LexicalStart
  ) -> Outcome {
    let symbol = SymbolID(rawValue: match.terminal)
    let range = match.start..<match.end
    let hasBegun = start.unfinished?.hasBegun ?? false
    var terminal = terminal(symbol, bytes, from: match.start, to: match.end, start)
    if hasBegun { terminal.place = nil }
    if symbol == language.wordTerminal, symbol != .end {
      let word = word(bytes, range, start)
      if word != LexicalAutomaton.dead, let keywords = language.keywords,
        keywords.accepts[Int(word)] != LexicalAutomaton.noTerminal
      {
        terminal.keyword = SymbolID(rawValue: keywords.accepts[Int(word)])
      } else if !language.reservedWords.isEmpty {
        let text = (start.unfinished?.text ?? []) + bytes[range]
        if language.reservedWords.contains(text) { return .refused }
      }
    }
    if let pattern = language.patterns[symbol.index] {
      if terminal.keyword != .end { return .unknown }
      let verdict = pattern.match(
        bytes, range, terminalIsOpen: false, textIsComplete: false, beginning: beginning(symbol, start))
      switch verdict {
      case .matches: break
      case .open: return .unknown
      case .fails: return .refused
      }
    }
    return .terminal(terminal, end: match.end)
  }

  /// How far the pattern of `terminal` has got before the bytes.
  private func beginning(_ terminal: SymbolID, _ start: LexicalStart) -> UInt16 {
    guard let unfinished = start.unfinished, unfinished.hasBegun, !unfinished.patterns.isEmpty else {
      return TerminalPattern.noBytes
    }
    return unfinished.patterns[terminal.index]
  }

  /// The state of the keyword automaton behind the part of a terminal that is in `range`.
  private func word(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ start: LexicalStart
  ) -> UInt16 {
    guard language.wordTerminal != .end, let keywords = language.keywords else { return LexicalAutomaton.dead }
    var word = start.unfinished?.hasBegun ?? false ? start.unfinished?.word ?? LexicalAutomaton.dead : 0
    for index in range {
      word = keywords.next(word, bytes[index])
    }
    return word
  }

  func terminal(
    _ symbol: SymbolID, _ bytes: UnsafeBufferPointer<UInt8>, from: Int, to end: Int, _ start: LexicalStart
  ) -> LexicalCut.Terminal {
    var result = LexicalCut.Terminal(symbol: symbol, place: place(bytes, from, start))
    if let layout = language.layout, start.startsLine || layout.isLayout(symbol) {
      let (column, isRelative) = column(bytes, end)
      result.endColumn = column
      result.isRelative = isRelative
    }
    return result
  }

  /// The place of a terminal that starts at `offset`.
  func place(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int, _ start: LexicalStart) -> StartPlace {
    var result = StartPlace()
    guard language.strictLayout, let layout = language.layout else { return result }
    if start.startsLine {
      (result.column, result.isRelative) = column(bytes, offset)
      return result
    }
    result.isPadded = offset > 0 || start.isBehindLine
    result.breaksLine = start.isBehindLine || layout.breaksLine(bytes, 0..<offset)
    result.isComment = offset < bytes.count && layout.lineComment.first == bytes[offset]
    return result
  }

  /// The column at `end`, from the beginning of `bytes` on if no line starts in them.
  private func column(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int) -> (column: Int32, isRelative: Bool) {
    guard let layout = language.layout else { return (0, true) }
    let startsLine = bytes[..<end].contains { $0 == 0x0A || $0 == 0x0D || $0 == 0x0C }
    return (Int32(layout.column(bytes, end)), !startsLine)
  }
}
