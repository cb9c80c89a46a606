import Grammar
import Vocabulary

/// What is decided one by one: ends of tokens, and terminals that end in them.
extension MaskEvaluator {
  /// Adds the tokens of one part: an end, the lines, a cut, or what the scanner declines on.
  func compute(part index: Int, of point: LexicalPoint, _ standing: Standing, _ parts: inout [TokenSet]) {
    var index = index
    if index < point.ends.count {
      let end = point.ends[index]
      if isViable(end, standing) {
        parts.append(end.tokens)
      } else if case .open(_, _, _, mayHaveEnded: true) = end.condition {
        others += end.tokens
      }
      return
    }
    index -= point.ends.count
    if index < point.cuts.count {
      let cut = point.cuts[index]
      if let tokens = cut.endedTokens {
        forEachShift(cut, standing) { _, behind in
          let head = behind.head
          if completion.isCompletable(head.node, hole: session.hole, completion.place(head)) { parts.append(tokens) }
        }
        return
      }
      forEachShift(cut, standing) { parts.append(tokens(self.point($0, cut.rests, $1.head), $1)) }
      return
    }
    index -= point.cuts.count
    // The lines are 0, what is bound 1, the rest 2.
    if point.lines.isEmpty { index += 1 }
    if index > 0, point.bound == nil { index += 1 }
    switch index {
    case 0: parts += viable(point.lines, standing).map(\.tokens)
    case 1:
      guard let rests = point.bound else { return }
      let start = bound(start(arena.nodes[Int(standing.head.node)].state, standing.head), standing.head)
      parts.append(tokens(paths.point(start, rests), standing))
      scanner?.hasPassedLine = true
    default:
      guard let rest = point.rest else { return }
      var standing = standing
      if let column = point.restColumn, standing.head.startsLine, language.strictLayout { standing.column = column }
      // With verdicts of its own, though they are the same: it is remembered with all that they depend on.
      parts.append(tokens(rest, standing))
    }
  }

  /// A blank more can only take ways away: the columns that are viable are the first ones.
  private func viable(_ lines: [LexicalEnd], _ standing: Standing) -> ArraySlice<LexicalEnd> {
    var (viable, refused) = (0, lines.count)
    while viable < refused {
      let middle = (viable + refused) / 2
      if isViable(lines[middle], standing) { viable = middle + 1 } else { refused = middle }
    }
    return lines[..<viable]
  }

  private func isViable(_ end: LexicalEnd, _ standing: Standing) -> Bool {
    let head = standing.head
    switch end.condition {
    case .complete: return completion.isCompletable(head.node, hole: session.hole, completion.place(head))
    case .padding(let place):
      return (head.startsLine || fitsLayout(standing, place))
        && completion.isCompletable(head.node, hole: session.hole, completion.place(head))
    case .undecided, .line:
      return session.isViable(head, behind: paths.vocabulary.bytes(of: end.example), pending: Int(end.pending))
    case .open(let terminals, let keywords, let place, _):
      let state = arena.nodes[Int(head.node)].state
      let fits = fitsLayout(standing, place)
      for keyword in keywords where language.hasActions(state, keyword) {
        if canShift(standing, keyword, fits: fits, allowsExtra: true) { return true }
      }
      let allowsExtra = allowsExtra(standing, place)
      for terminal in terminals where language.hasActions(state, terminal) {
        if canShift(standing, terminal, fits: fits, allowsExtra: allowsExtra) { return true }
      }
      return false
    }
  }

  private func canShift(_ standing: Standing, _ terminal: SymbolID, fits: Bool, allowsExtra: Bool) -> Bool {
    let head = standing.head
    let isExtra = language.isExtra(arena.nodes[Int(head.node)].state, terminal)
    if isExtra ? !allowsExtra : !fits { return false }
    var verdict = verdicts[depth][terminal.index]
    var before = reads
    if verdict.firstQuery < 0 {
      reads = Reads()
      verdict.firstQuery = Int32(observed.queries.count)
      verdict.isViable = session.isCompletable(head, behind: terminal, isExtra: isExtra, session.hole)
      verdict.endOfQueries = Int32(observed.queries.count)
      verdict.reads = reads
      verdicts[depth][terminal.index] = verdict
    } else {
      for index in verdict.firstQuery..<verdict.endOfQueries {
        observed.queries.append(observed.queries[Int(index)])
      }
    }
    before.merge(verdict.reads)
    reads = before
    return verdict.isViable
  }

  /// Calls `body` with every way in which the parser goes on behind a terminal of tokens.
  private func forEachShift(
    _ cut: LexicalCut, _ standing: Standing, _ body: (LexicalStart, Standing) -> Void
  ) {
    let found = cut.terminal
    let head = standing.head
    let state = arena.nodes[Int(head.node)].state
    var (terminal, fallback) = (found.symbol, SymbolID.end)
    if found.keyword != .end {
      (terminal, fallback) = language.lookahead(state, word: terminal, keyword: found.keyword)
    }
    // A keyword that only a state further on reserves stays one up to there.
    guard language.hasActions(state, terminal) || fallback != .end && language.hasActions(state, fallback) else {
      return
    }
    let isExtra = language.isExtra(state, terminal)
    var startsLine = false
    if let layout = language.layout {
      if layout.isLayout(terminal) {
        startsLine = true
      } else {
        if isExtra ? !allowsExtra(standing, found.place) : !fitsLayout(standing, found.place) { return }
        startsLine = head.startsLine && isExtra
      }
    }
    let mark = arena.mark
    defer { arena.release(mark) }
    session.recogniser.step.shift(
      CollectionOfOne(head.node), terminal, fallback: fallback, column: found.column)
    var nodes = session.recogniser.step.results
    var next = standing
    next.head.startsLine = startsLine
    next.place = 0
    next.column =
      startsLine && language.strictLayout ? found.endColumn + (found.isRelative ? standing.column : 0) : 0
    if let states = found.scanner {
      next.head.scanner = cut.example.isEmpty ? own(states.actual) : scannerState(behind: cut, head)
      next.head.context = own(states.context)
    }
    depth += 1
    defer { depth -= 1 }
    while let node = nodes.popLast() {
      let state = arena.nodes[Int(node)].state
      if language.lexStates[Int(state)] == ParseTables.noLookahead {
        session.recogniser.step.endExtra(CollectionOfOne(node))
        nodes += session.recogniser.step.results
        continue
      }
      next.head.node = node
      // What no text completes has no tokens behind it: a run of minus signs would be followed to its end for nothing. Of
      // what stands in a context, a "no" may only say that another one would have to be opened in it.
      if completion.isOpenEnded, arena.nodes[Int(node)].open.contexts == 0,
        !completion.isCompletable(node, hole: session.hole, completion.place(next.head))
      {
        continue
      }
      var start = start(state, next.head)
      if found.isHypothesis {
        start = start.withoutScanner
      }
      body(start, next)
    }
  }

  /// The scanner's state behind a terminal that is not one of layout, which changes its context. A run of the scanner.
  private func scannerState(behind cut: LexicalCut, _ head: Head) -> Int32 {
    guard let scanner else { return 0 }
    let row = Int(language.externalLexStates[Int(arena.nodes[Int(head.node)].state)])
    // A byte in front, as a scanner may ask whether it is at the beginning of the text.
    return ([0x20] + cut.example).withUnsafeBufferPointer { scanner.scan($0, 1, row: row, state: head.scanner).state }
  }

  private func fitsLayout(_ standing: Standing, _ place: StartPlace?) -> Bool {
    guard language.strictLayout else { return true }
    guard let place else { return standing.place & 1 != 0 }
    let open = arena.nodes[Int(standing.head.node)].open
    if standing.head.startsLine {
      if !place.isRelative { arena.hasReadColumn = true }
      return open.column == place.column + (place.isRelative ? standing.column : 0)
    }
    return open.brackets > 0 || !place.isPadded || !place.breaksLine
  }

  private func allowsExtra(_ standing: Standing, _ place: StartPlace?) -> Bool {
    guard language.strictLayout, let layout = language.layout else { return true }
    guard let place else { return standing.place & 2 != 0 }
    let node = arena.nodes[Int(standing.head.node)]
    if standing.head.startsLine || node.open.brackets > 0 || !place.isComment { return true }
    return language.hasActions(node.state, layout.newline) || language.hasActions(node.state, layout.indent)
  }
}
