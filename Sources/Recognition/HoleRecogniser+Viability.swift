import Grammar

/// Whether the text so far, anything in the current hole and all that follows can be completed.
extension HoleRecogniser {
  /// Tries contexts for the holes to come that differ from those in front of them, where nothing else completes them,
  /// and keeps to that.
  func isViableInNextHole(_ next: Frontier) -> Bool {
    let context = completion.context
    completion.context = self.context(of: next)
    defer { completion.context = context }
    if isViable(next, buffer.bytes, hole + 1) { return true }
    if next.isDead || keepsContexts || completion.allowsOtherContexts || !language.mayLeaveContexts { return false }
    completion.allowsOtherContexts = true
    verdicts.removeAll(keepingCapacity: true)
    if isViable(next, buffer.bytes, hole + 1) { return true }
    completion.allowsOtherContexts = false
    verdicts.removeAll(keepingCapacity: true)
    return false
  }

  func isViable(_ frontier: Frontier, _ text: UnsafeBufferPointer<UInt8>, _ hole: Int) -> Bool {
    frontier.heads.contains { isViable($0, text, hole) }
  }

  /// Whether `token` behind the text is viable on `head`, a parser that has taken all of both but `pending` bytes.
  func isViable(_ head: Head, behind token: some Collection<UInt8>, pending: Int) -> Bool {
    let count = buffer.count
    buffer.append(contentsOf: token)
    defer { buffer.truncate(to: count) }
    var head = head
    head.position = buffer.count - pending
    return isViable(head, buffer.bytes, hole)
  }

  /// Runs `body` as if the text from `position` on were `pending`. O(bytes of both).
  func withText<Result>(from position: Int, _ pending: [UInt8], _ body: () -> Result) -> Result {
    let own = Array(buffer.bytes[position...])
    buffer.truncate(to: position)
    buffer.append(contentsOf: pending)
    defer {
      buffer.truncate(to: position)
      buffer.append(contentsOf: own)
    }
    return body()
  }

  /// - Parameter steps: how many terminals were taken in front of the last character, which is cut off.
  private func isViable(_ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ hole: Int, steps: Int = 0) -> Bool {
    if head.position >= text.count {
      return completion.isCompletable(head.node, hole: hole, completion.place(head))
    }
    let state = recogniser.arena.nodes[Int(head.node)].state
    let row = Int(language.externalLexStates[Int(state)])
    if row != 0, let scanner = recogniser.lexer.scanner {
      let result = scanner.scan(text, head.position, row: row, state: head.scanner)
      if result.sawEnd { return isViableByProbing(head, text, hole, scanner, row, steps) }
    }
    return isViableInternally(head, text, known: text.count, hole, depth: 0)
  }

  /// The terminal at `head` has started: can it become one that the parser takes?
  private func isViableInternally(
    _ head: Head, _ text: UnsafeBufferPointer<UInt8>, known: Int, _ hole: Int, depth: Int
  ) -> Bool {
    let arena = recogniser.arena
    let state = arena.nodes[Int(head.node)].state
    let lexState = language.lexStates[Int(state)]
    if lexState == ParseTables.noLookahead {
      if head.position >= known { return completion.isCompletable(head.node, hole: hole, completion.place(head)) }
      // The extra ends; what follows it is lexed in the state around.
      let mark = arena.mark
      defer { arena.release(mark) }
      recogniser.step.endExtra(CollectionOfOne(head.node))
      let nodes = recogniser.step.results
      return nodes.contains { node in
        var next = head
        next.node = node
        return known == text.count
          ? isViable(next, text, hole) : isViableInternally(next, text, known: known, hole, depth: depth)
      }
    }
    if known < text.count {
      // Where the known text is nothing but padding, what a probe has behind it does not matter.
      let cut = UnsafeBufferPointer(rebasing: text[..<known])
      let padding = language.lexer.match(cut, head.position, lexState, isComplete: false)
      if language.isTight[Int(state)], padding.openStart > head.position { return false }
      if padding.openState != LexicalAutomaton.dead, padding.openStart >= known {
        return (head.startsLine || recogniser.fitsLayout(head, text, known))
          && completion.isCompletable(head.node, hole: hole, completion.place(head))
      }
    }
    let match = language.lexer.match(text, head.position, lexState, isComplete: false)
    if language.isTight[Int(state)], match.openStart > head.position { return false }
    if match.openState != LexicalAutomaton.dead {
      if match.openStart >= known {
        return (head.startsLine || recogniser.fitsLayout(head, text, match.openStart))
          && completion.isCompletable(head.node, hole: hole, completion.place(head))
      }
      let fitsLayout = recogniser.fitsLayout(head, text, match.openStart)
      let allowsExtra = recogniser.allowsExtra(head, text, match.openStart)
      let word = Word(language, text, match.openStart)
      if canBecome(
        head, match.openState, word, text, match.openStart, fitsLayout: fitsLayout, allowsExtra: allowsExtra, hole)
      {
        return true
      }
    }
    // The terminal may also have ended earlier, with the rest lexed anew; not before a character that is cut off, if it can
    // go on with that.
    if match.terminal != LexicalAutomaton.noTerminal, depth < Self.maximalDepth,
      match.openState == LexicalAutomaton.dead || !text.endsInsideCharacter
    {
      let terminal = SymbolID(rawValue: match.terminal)
      if match.end >= text.count {
        return match.openState == LexicalAutomaton.dead
          && isViableShift(
            head, terminal, fitsLayout: recogniser.fitsLayout(head, text, match.start),
            allowsExtra: recogniser.allowsExtra(head, text, match.start), hole)
      }
      guard match.start < known, recogniser.fitsLayout(head, text, match.start) || language.isExtra(state, terminal)
      else {
        return false
      }
      let cut = UnsafeBufferPointer(rebasing: text[..<match.end])
      guard
        case .found(let lookahead) = recogniser.lexer.lexInternally(
          cut, head.position, state: state, lexState: lexState, head.scanner, isComplete: false, isCut: true)
      else { return false }
      let mark = arena.mark
      defer { arena.release(mark) }
      recogniser.step.shift(
        CollectionOfOne(head.node), lookahead.terminal, fallback: lookahead.fallback, column: 0)
      let nodes = recogniser.step.results
      return nodes.contains { node in
        var next = head
        next.node = node
        next.position = lookahead.end
        if !language.isExtra(state, lookahead.terminal) { next.startsLine = false }
        let isEmpty = next.position == head.position
        return isViableInternally(next, text, known: known, hole, depth: isEmpty ? depth + 1 : 0)
      }
    }
    return false
  }
  /// More terminals than this in a row without bytes lead nowhere.
  private static let maximalDepth = 4

  /// How far the keyword automaton gets with the unfinished terminal at the end of a text.
  struct Word {
    /// `LexicalAutomaton.dead` where no keyword starts so.
    var state: UInt16 = LexicalAutomaton.dead

    init(_ language: Language, _ text: UnsafeBufferPointer<UInt8>, _ start: Int) {
      guard language.wordTerminal != .end, let keywords = language.keywords, start < text.count else { return }
      state = 0
      for byte in text[start...] where state != LexicalAutomaton.dead { state = keywords.next(state, byte) }
    }
  }

  /// Whether the unfinished terminal, with the lexical automaton in `openState`, can become one that the parser takes.
  func canBecome(
    _ head: Head, _ openState: UInt16, _ word: Word, _ text: UnsafeBufferPointer<UInt8>, _ start: Int,
    fitsLayout: Bool, allowsExtra: Bool, _ hole: Int
  ) -> Bool {
    let state = recogniser.arena.nodes[Int(head.node)].state
    for terminal in language.lexer.reachable[Int(openState)] {
      if terminal == language.wordTerminal, terminal != .end, word.state != LexicalAutomaton.dead,
        let keywords = language.keywords
      {
        for candidate in keywords.reachable[Int(word.state)] where language.hasActions(state, candidate) {
          if isViableShift(head, candidate, fitsLayout: fitsLayout, allowsExtra: true, hole) { return true }
        }
      }
      guard language.hasActions(state, terminal) else { continue }
      if let pattern = language.patterns[terminal.index],
        pattern.match(text, start..<text.count, terminalIsOpen: true, textIsComplete: false) == .fails
      {
        continue
      }
      if isViableShift(head, terminal, fitsLayout: fitsLayout, allowsExtra: allowsExtra, hole) { return true }
    }
    return false
  }

  func isViableShift(
    _ head: Head, _ terminal: SymbolID, fitsLayout: Bool, allowsExtra: Bool, _ hole: Int
  ) -> Bool {
    let isExtra = language.isExtra(recogniser.arena.nodes[Int(head.node)].state, terminal)
    if isExtra ? !allowsExtra : !fitsLayout { return false }
    let key =
      UInt64(UInt32(bitPattern: head.node)) << 24 | UInt64(terminal.rawValue) << 8 | UInt64(hole & 0x7F) << 1
      | (head.startsLine ? 1 : 0)
    // What a verdict was read from is not known any more.
    let isKept = head.node < completion.stableCount && completion.observations == nil
    if isKept, let verdict = verdicts[key] { return verdict }
    let viable = isCompletable(head, behind: terminal, isExtra: isExtra, hole)
    if isKept { verdicts[key] = viable }
    return viable
  }

  /// Whether `head` can shift `terminal` and be completed behind it.
  func isCompletable(_ head: Head, behind terminal: SymbolID, isExtra: Bool, _ hole: Int) -> Bool {
    let mark = recogniser.arena.mark
    defer { recogniser.arena.release(mark) }
    recogniser.step.shift(CollectionOfOne(head.node), terminal, fallback: .end, column: 0)
    let nodes = recogniser.step.results
    let place = isExtra ? completion.place(head) : completion.place(head).behind(terminal, completion)
    return nodes.contains { completion.isCompletable($0, hole: hole, place) }
  }

  /// The scanner needs more text than is known: try continuations; each answer is a hypothesis.
  private func isViableByProbing(
    _ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ hole: Int, _ scanner: ScannerSession, _ row: Int, _ steps: Int
  ) -> Bool {
    var probing = Probing(head: head, known: text.count, hole: hole, row: row)
    let fixed = language.fixedProbes.texts
    // Scanners read whole characters: the last one is ended in some ways first.
    let ends = text.endsInsideCharacter ? text.endsOfCharacter : [[]]
    for end in ends {
      if !end.isEmpty, let isViable = isViable(head, hole, endOfCharacter: end, scanner, row, steps) {
        if isViable { return true }
        continue
      }
      // What helped last mostly helps again.
      let preferred = preferredProbe
      if isViable(&probing, with: end + fixed[preferred], scanner) { return true }
      for index in fixed.indices where index != preferred {
        if isViable(&probing, with: end + fixed[index], scanner) {
          preferredProbe = index
          return true
        }
      }
      for probe in language.fixedProbes.filled(scanner.words(of: head.scanner)) {
        if isViable(&probing, with: end + probe, scanner) { return true }
      }
      for probe in endsOfSpellings(behind: text[head.position...]) {
        if isViable(&probing, with: end + probe, scanner) { return true }
      }
      for probe in language.layoutProbes(recogniser.arena, head, text) {
        if isViable(&probing, with: end + probe, scanner) { return true }
      }
    }
    return !text.endsInsideCharacter && endsInternally(head, text.count) && isViableAtEnd(probing, scanner)
  }

  /// What makes the known text of a terminal one that the scanner spells, as a keyword. O(external terminals).
  private func endsOfSpellings(behind text: Slice<UnsafeBufferPointer<UInt8>>) -> [[UInt8]] {
    let known = text.drop { $0 <= 0x20 }
    if known.isEmpty { return [] }
    return language.externalSpellings.filter { $0.count > known.count && $0.starts(with: known) }.map {
      $0.dropFirst(known.count) + [0x20]
    }
  }

  /// Whether the text is viable if the scanner looks in vain for what it declines without, as for a second backquote.
  private func isViableAtEnd(_ probing: Probing, _ scanner: ScannerSession) -> Bool {
    recogniser.lexer.declinesAtEnd = true
    defer { recogniser.lexer.declinesAtEnd = false }
    // The end of a text is also that of a line.
    scanner.hasPassedLine = true
    return language.fixedProbes.texts.contains { probe in
      let virtual = buffer.continued(by: probe)
      let result = scanner.scan(virtual, probing.head.position, row: probing.row, state: probing.head.scanner)
      return result.sawEnd && !result.found && isViable(probing.head, virtual, probing.known, probing.hole)
    }
  }

  /// Whether the text is viable with the character at its end ended, if the scanner needs no more than that.
  private func isViable(
    _ head: Head, _ hole: Int, endOfCharacter: [UInt8], _ scanner: ScannerSession, _ row: Int, _ steps: Int
  ) -> Bool? {
    let known = buffer.count
    let virtual = buffer.continued(by: endOfCharacter)
    let scan = scanner.scan(virtual, head.position, row: row, state: head.scanner)
    if scan.sawEnd || scan.found && scan.end > known { return nil }
    let state = recogniser.arena.nodes[Int(head.node)].state
    // A terminal in front of the character is what it is; its own is judged by what is known of it.
    let outcome =
      scan.found
      ? recogniser.lexer.lex(virtual, head.position, state: state, scannerState: head.scanner, isComplete: false)
      : recogniser.lexer.lexInternally(
        buffer.bytes, head.position, state: state, lexState: language.lexStates[Int(state)], head.scanner,
        isComplete: false)
    guard case .found(let lookahead) = outcome, steps < Self.maximalSteps else {
      return !scan.found && isViableInternally(head, buffer.bytes, known: known, hole, depth: 0)
    }
    let mark = recogniser.arena.mark
    defer { recogniser.arena.release(mark) }
    return recogniser.heads(behind: lookahead, head, virtual).contains {
      isViable($0, buffer.bytes, hole, steps: steps + 1)
    }
  }
  /// More terminals than this in front of a character have no bytes.
  private static let maximalSteps = 64

  /// A scanner that is tried with continuations behind the known text.
  private struct Probing {
    var head: Head
    var known: Int
    var hole: Int
    var row: Int
    /// It has declined with one of them; what follows does not matter then.
    var hasDeclined = false
    /// The terminals that it has found in all of the known text and that lead nowhere, whatever follows.
    var refused: [Refused] = []

    struct Refused: Equatable {
      var terminal: SymbolID
      var start: Int
      var scanner: Int32
    }
  }

  private func isViable(_ probing: inout Probing, with probe: [UInt8], _ scanner: ScannerSession) -> Bool {
    let virtual = buffer.continued(by: probe)
    let head = probing.head
    let result = scanner.scan(virtual, head.position, row: probing.row, state: head.scanner)
    if result.sawEnd || !result.found && probing.hasDeclined { return false }
    if result.found {
      let refused = Probing.Refused(terminal: result.terminal, start: result.start, scanner: result.state)
      if probing.refused.contains(refused) { return false }
      if isViableProbe(head, virtual, result, probing.known, probing.hole) { return true }
      if isAlike(result, probing) { probing.refused.append(refused) }
      return false
    }
    if endsInternally(head, probing.known) { return isViable(head, virtual, probing.known, probing.hole) }
    probing.hasDeclined = true
    return isViableInternally(head, buffer.bytes, known: probing.known, probing.hole, depth: 0)
  }

  /// Whether it does not matter behind which continuation the scanner has found a terminal: it takes all of the known text,
  /// and nothing but its symbol is asked for.
  private func isAlike(_ result: ScannerSession.Result, _ probing: Probing) -> Bool {
    result.start < probing.known
      && (result.end == probing.known
        || result.end > probing.known && language.patterns[result.terminal.index] == nil)
      && !(language.layout?.isLayout(result.terminal) ?? false)
      && !language.isExtra(recogniser.arena.nodes[Int(probing.head.node)].state, result.terminal)
  }

  /// Whether the terminal that the generated lexer finds at `head` is over in front of `known`, whatever follows.
  func endsInternally(_ head: Head, _ known: Int) -> Bool {
    let lexState = language.lexStates[Int(recogniser.arena.nodes[Int(head.node)].state)]
    if lexState == ParseTables.noLookahead { return false }
    let match = language.lexer.match(buffer.bytes, head.position, lexState, isComplete: false)
    return match.openState == LexicalAutomaton.dead && match.terminal != LexicalAutomaton.noTerminal
      && match.end < known
  }

  /// Whether a terminal that the scanner finds with a continuation behind the known text leads on.
  private func isViableProbe(
    _ head: Head, _ virtual: UnsafeBufferPointer<UInt8>, _ result: ScannerSession.Result, _ known: Int, _ hole: Int
  ) -> Bool {
    // Behind padding that the scanner skips, its terminal may be empty.
    if result.start >= known, result.end >= result.start {
      return (head.startsLine || recogniser.fitsLayout(head, virtual, result.start))
        && completion.isCompletable(head.node, hole: hole, completion.place(head))
    }
    return isViable(head, virtual, known, hole)
  }

  /// Whether the known text is viable if the scanner finds in it what it finds with a probe behind it.
  private func isViable(_ head: Head, _ virtual: UnsafeBufferPointer<UInt8>, _ known: Int, _ hole: Int) -> Bool {
    let mark = recogniser.arena.mark
    defer { recogniser.arena.release(mark) }
    return heads(behind: head, continued: virtual).contains { isViableProbed($0, virtual, known, hole) }
  }

  /// Where the known text leads from `head` if the scanner sees all of `virtual`, which goes on with a probe.
  func heads(behind head: Head, continued virtual: UnsafeBufferPointer<UInt8>) -> [Head] {
    recogniser.lexer.continued = virtual
    defer { recogniser.lexer.continued = nil }
    var next = Frontier(heads: [head])
    _ = recogniser.advance(&next, buffer.bytes, isComplete: false, limit: buffer.count)
    return next.heads
  }

  /// A head that a probe led to: behind the known text it is completable, within it its terminal must fit.
  private func isViableProbed(
    _ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ known: Int, _ hole: Int
  ) -> Bool {
    if let layout = language.layout, head.startsLine, language.strictLayout {
      let padding = layout.padding(text, head.position)
      if padding.end >= known, !padding.reachesEnd, !recogniser.fitsLayout(head, text, padding.end) { return false }
    }
    if head.position >= known || startsBehind(known, head, text) {
      return completion.isCompletable(head.node, hole: hole, completion.place(head))
    }
    // A terminal at the end of the known text may become more than the probe makes of it.
    return isViableInternally(head, UnsafeBufferPointer(rebasing: text[..<known]), known: known, hole, depth: 0)
  }

  /// Whether what is left of the known text is padding that the scanner skips in front of a terminal behind it.
  private func startsBehind(_ known: Int, _ head: Head, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard language.carriesState, let scanner = recogniser.lexer.scanner else { return false }
    let row = Int(language.externalLexStates[Int(recogniser.arena.nodes[Int(head.node)].state)])
    if row == 0 { return false }
    let scan = scanner.scan(text, head.position, row: row, state: head.scanner)
    return scan.found && scan.start >= known && scan.end >= scan.start
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Some continuations of the unfinished character at the end; none if it is whole.
  var endsOfCharacter: [[UInt8]] {
    if !endsInsideCharacter { return [] }
    let known = reversed().prefix { $0 & 0xC0 == 0x80 }.count + 1
    guard count >= known else { return [] }
    let lead = self[count - known]
    let missing = (lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2) - known
    return missing > 0 ? [0xAA, 0x80, 0xBF].map { [UInt8](repeating: $0, count: missing) } : []
  }

  /// The last character's UTF-8 sequence is cut off.
  var endsInsideCharacter: Bool {
    var length = 1
    for byte in reversed() {
      if byte & 0xC0 != 0x80 {
        return byte >= 0xF0 ? length < 4 : byte >= 0xE0 ? length < 3 : byte >= 0xC0 && length < 2
      }
      length += 1
      if length > 4 { return false }
    }
    return false
  }
}
