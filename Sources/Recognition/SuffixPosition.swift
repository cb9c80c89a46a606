import Grammar

/// A place right of a hole, as the parser meets it: a later hole, a terminal that waits there, or text not yet lexed.
struct SuffixPosition: Hashable {
  enum Kind: UInt8 { case gap, pending, unlexed }
  var kind: Kind
  /// For a gap, the hole's index; else the index of the fixed segment.
  var segment: Int32
  var terminal: UInt16 = 0
  var fallback: UInt16 = 0
  /// Where the terminal ends, or the text not yet lexed begins.
  var offset: Int32 = 0
  var scanner: Int32 = 0
  /// The column of the block that a pending indent opens.
  var column: Int32 = 0
  /// What must hold for the innermost block when the terminal is taken.
  var condition = ColumnCondition.any
  /// What must hold for the number of brackets between which lines are joined.
  var brackets = ColumnCondition.any
  var line = LinePlace.any

  var effect: BlockEffect { BlockEffect(inner: condition, brackets: brackets) }

  /// A hole with the scanner's state in front of it, which its text is expected to come back to.
  static func gap(_ hole: Int, _ scanner: Int32, _ line: LinePlace) -> SuffixPosition {
    SuffixPosition(kind: .gap, segment: Int32(hole), scanner: scanner, line: line)
  }
}

/// The fixed text right of the first hole, lexed on demand.
///
/// Segment `i` is what follows hole `i`, up to the next hole or the end of the file. Fixed text keeps its terminal
/// boundaries: a terminal starts afresh at a segment's start and ends at the latest at its end. What an unknown
/// indentation would make of a line break is left to conditions on the columns of open blocks.
final class SuffixText {
  let language: Language
  let segments: [[UInt8]]
  private let lexer: TerminalLexer
  private(set) var positions: [SuffixPosition] = []
  private var identifiers: [SuffixPosition: Int32] = [:]
  private var arrivals: [ArrivalKey: [Int32]] = [:]

  private struct ArrivalKey: Hashable {
    var state: UInt16
    var segment: Int32
    var offset: Int32
    var scanner: Int32
    var line: LinePlace
  }

  /// Text behind a hole may also go on in contexts that the hole's text can lead to.
  let allowsOtherContexts: Bool
  private var otherContexts: [Int32: [NearContext]] = [:]

  init(_ lexer: TerminalLexer, segments: [[UInt8]], allowsOtherContexts: Bool = false) {
    language = lexer.language
    self.lexer = lexer
    self.segments = segments
    self.allowsOtherContexts = allowsOtherContexts
  }

  func allowingOtherContexts() -> SuffixText { SuffixText(lexer, segments: segments, allowsOtherContexts: true) }

  func identifier(_ position: SuffixPosition) -> Int32 {
    if let known = identifiers[position] { return known }
    let identifier = Int32(positions.count)
    positions.append(position)
    identifiers[position] = identifier
    return identifier
  }

  /// Whether a position is hole `hole`; acceptance, -1, is not.
  @inline(__always)
  func isGap(_ position: Int32, _ hole: Int) -> Bool {
    position >= 0 && positions[Int(position)].kind == .gap && positions[Int(position)].segment == Int32(hole)
  }

  /// The positions at which the parser can find itself when `state` lexes at `offset` of `segment`.
  func arrivals(_ state: UInt16, segment: Int, offset: Int, scanner: Int32, line: LinePlace) -> [Int32] {
    let key = ArrivalKey(
      state: state, segment: Int32(segment), offset: Int32(offset), scanner: scanner, line: line)
    if let known = arrivals[key] { return known }
    let found = segments[segment].withUnsafeBufferPointer { text in
      lex(text, state, segment, offset, scanner, line).map(identifier)
    }
    arrivals[key] = found
    return found
  }

  /// The positions at which the parser can find itself when `state` lexes the text behind a hole.
  ///
  /// It goes on in the context in front of the hole; in the one around that, where the hole has closed it; and where
  /// other contexts are allowed, in one that the hole has opened.
  func arrivals(_ state: UInt16, behind gap: SuffixPosition) -> [Int32] {
    if language.isInExtra[Int(state)], !gap.line.startsInExtra, !allowsOtherContexts { return [] }
    var line = gap.line
    line.contexts = 0
    line.startsInExtra = false
    func arrivals(_ scanner: Int32) -> [Int32] {
      self.arrivals(state, segment: Int(gap.segment), offset: 0, scanner: scanner, line: line)
    }
    let change = gap.line.contexts == LinePlace.unknownContexts ? 0 : gap.line.contexts
    var found = change == 0 ? arrivals(gap.scanner) : []
    if change >= 0, !allowsOtherContexts { return found }
    if !language.countsContexts { return found + otherArrivals(found, gap, arrivals) }
    // Of several contexts that read the text alike one will do: strings of many kinds do.
    for context in contexts(near: gap.scanner) where context.change == change {
      for arrival in arrivals(context.state) where !found.contains(where: { readsAlike($0, arrival) }) {
        found.append(arrival)
      }
    }
    return found
  }

  /// Whether two positions wait for the same terminal.
  private func readsAlike(_ first: Int32, _ second: Int32) -> Bool {
    let (first, second) = (positions[Int(first)], positions[Int(second)])
    return first.kind == second.kind && first.terminal == second.terminal && first.offset == second.offset
      && first.condition == second.condition && first.brackets == second.brackets
  }

  /// Where it is not known which terminals open and close contexts, another counts only where the scanner finds something
  /// else in it, as the end of a string that the hole opens.
  private func otherArrivals(
    _ usual: [Int32], _ gap: SuffixPosition, _ arrivals: (Int32) -> [Int32]
  ) -> [Int32] {
    guard let scanner = language.scanner else { return [] }
    var result: [Int32] = []
    for context in contexts(near: gap.scanner) {
      for arrival in arrivals(context.state) {
        let position = positions[Int(arrival)]
        guard position.kind == .pending, scanner.terminals.contains(SymbolID(rawValue: position.terminal)) else {
          continue
        }
        if !(usual + result).contains(where: { readsAlike($0, arrival) }) { result.append(arrival) }
      }
    }
    return result
  }

  /// A state of the scanner that one or two terminals lead to, and how many contexts more are open in it.
  private struct NearContext: Equatable {
    var state: Int32
    var change: Int8
  }

  /// The contexts that the scanner can come to from `scanner`. O(probes × rows of valid terminals), once for each.
  private func contexts(near scanner: Int32) -> [NearContext] {
    if let known = otherContexts[scanner] { return known }
    guard let session = lexer.scanner else { return [] }
    var result: [NearContext] = []
    let rows = Set(language.externalLexStates).subtracting([0]).sorted()
    var first = [NearContext(state: scanner, change: 0)]
    for _ in 0..<2 {
      var next: [NearContext] = []
      for context in first {
        for row in rows {
          for probe in language.fixedProbes.contextTexts(session.words(of: context.state)) {
            let scan = probe.withUnsafeBufferPointer {
              session.scan($0, 0, row: Int(row), state: context.state, isFragment: true)
            }
            guard scan.found, !(language.layout.map { $0.isLayout(scan.terminal) } ?? false) else { continue }
            // Some scanners are in the same state in a string and behind it.
            let found = NearContext(
              state: scan.state, change: context.change + language.contextChange[scan.terminal.index])
            if found == NearContext(state: scanner, change: 0) || result.contains(found) { continue }
            next.append(found)
            result.append(found)
          }
        }
      }
      first = next
    }
    otherContexts[scanner] = result
    return result
  }

  private func lex(
    _ text: UnsafeBufferPointer<UInt8>, _ state: UInt16, _ segment: Int, _ offset: Int, _ scanner: Int32,
    _ line: LinePlace
  ) -> [SuffixPosition] {
    let base = SuffixPosition(
      kind: .pending, segment: Int32(segment), offset: Int32(offset), scanner: scanner, line: line)
    let lexState = language.lexStates[Int(state)]
    if lexState == ParseTables.noLookahead {
      var unlexed = base
      unlexed.kind = .unlexed
      return [unlexed]
    }
    let isLast = segment == segments.count - 1
    if !isLast, offset == text.count || !language.isTight[Int(state)],
      text[offset...].allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 })
    {
      var line = line
      line.startsInExtra = language.isInExtra[Int(state)]
      return [.gap(segment + 1, scanner, line)]
    }
    var result: [SuffixPosition] = []
    var condition = ColumnCondition.any
    let row = Int(language.externalLexStates[Int(state)])
    let padding = language.layout?.padding(text, offset)
    if row != 0, let layout = language.layout, let padding, padding.crossesLine || padding.reachesEnd && isLast {
      let column = padding.reachesEnd ? 0 : padding.column
      let allowsIndent = isValid(layout.indent, row) && !padding.reachesEnd
      let allowsDedent = isValid(layout.dedent, row)
      var terminal = base
      terminal.brackets = language.strictLayout ? .equal(0) : .any
      if allowsIndent {
        terminal.terminal = layout.indent.rawValue
        terminal.condition = .below(column)
        terminal.column = Int32(column)
        result.append(terminal)
        condition = condition.intersection(ColumnCondition.above(column - 1))
      }
      terminal.column = 0
      if allowsDedent {
        terminal.terminal = layout.dedent.rawValue
        terminal.condition = .above(column)
        result.append(terminal)
        condition = condition.intersection(ColumnCondition.below(column + 1))
      }
      if isValid(layout.newline, row) {
        terminal.terminal = layout.newline.rawValue
        terminal.condition = condition
        result.append(terminal)
        if !language.strictLayout { return result }
      }
    }
    if row != 0, let session = lexer.scanner {
      let scan = session.scan(text, offset, row: row, state: scanner, isFragment: true)
      if scan.sawEnd, !isLast {
        result += cut(text, base, row, session).map { pending($0, base, condition, state, padding, text) }
      }
      let isLayout = language.layout.map { $0.isLayout(scan.terminal) } ?? false
      if scan.found, !isLayout, !scan.sawEnd || isLast {
        let found = lexer.external(scan, text, offset)
        result.append(pending(found, base, condition, state, padding, text))
        return result
      }
    }
    if case .found(let found) = lexer.lexInternally(
      text, offset, state: state, lexState: lexState, scanner, isComplete: isLast, isCut: !isLast)
    {
      result.append(pending(found, base, condition, state, padding, text))
    }
    return result
  }

  /// What the scanner makes of the end of a segment if the hole behind it starts in one way or another.
  private func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ base: SuffixPosition, _ row: Int, _ session: ScannerSession
  ) -> [Lookahead] {
    var found: [Lookahead] = []
    for probe in language.fixedProbes.contextTexts(session.words(of: base.scanner)) {
      let virtual = Array(text) + probe
      let lookahead = virtual.withUnsafeBufferPointer { virtual -> Lookahead? in
        let scan = session.scan(virtual, Int(base.offset), row: row, state: base.scanner, isFragment: true)
        guard scan.found, scan.end <= text.count, !(language.layout.map { $0.isLayout(scan.terminal) } ?? false) else {
          return nil
        }
        return lexer.external(scan, virtual, Int(base.offset))
      }
      if let lookahead, !found.contains(lookahead) { found.append(lookahead) }
    }
    return found
  }

  private func isValid(_ terminal: SymbolID, _ row: Int) -> Bool {
    language.scanner?.isValid(terminal, row: row) ?? false
  }

  private func pending(
    _ found: Lookahead, _ base: SuffixPosition, _ condition: ColumnCondition, _ state: UInt16,
    _ padding: LayoutRule.Padding?, _ text: UnsafeBufferPointer<UInt8>
  ) -> SuffixPosition {
    var position = base
    position.terminal = found.terminal.rawValue
    position.fallback = found.fallback.rawValue
    position.offset = Int32(found.end)
    position.scanner = found.scanner
    position.condition = condition
    let isExtra = language.isExtra(state, found.terminal)
    if base.line.startsLine, language.strictLayout, let padding, !isExtra, found.terminal != .end {
      // Without a line break here, the hole ends on the line, and its blanks come on top.
      position.condition = condition.intersection(
        padding.crossesLine ? .equal(padding.column) : .above(padding.column - 1))
    }
    if language.strictLayout, let layout = language.layout, !base.line.startsLine, !isExtra, found.terminal != .end,
      Int(base.offset) < found.start, layout.breaksLine(text, Int(base.offset)..<found.start)
    {
      position.brackets = .above(0)
    }
    return position
  }
}
