public import Grammar

/// What may come next, in the grammar's own terms.
extension HoleRecogniser {
  /// What may stand at a frontier.
  public struct Expectation: Sendable {
    /// The terminal that is under way at the frontier, if one has begun.
    public var unfinished: [UInt8] = []
    /// Terminals that may start there, or that the unfinished one may become, by symbol.
    public var terminals: [SymbolID] = []

    public init() {}
  }

  /// The terminals that may start at the frontier, or what the one that is under way there may become.
  ///
  /// O(terminals), each with the steps of the parser that shifting it takes.
  public func expectation() -> Expectation {
    var result = Expectation()
    if hole == holeCount { return result }
    var found: Set<SymbolID> = []
    for head in frontier.heads {
      let (started, candidates) = candidates(at: head)
      if started.count > result.unfinished.count { result.unfinished = started }
      for terminal in candidates where !found.contains(terminal) {
        if isViableShift(head, terminal, fitsLayout: true, allowsExtra: true, hole) { found.insert(terminal) }
      }
    }
    result.terminals = found.sorted { $0.rawValue < $1.rawValue }
    return result
  }

  private func candidates(at head: Head) -> (started: [UInt8], terminals: [SymbolID]) {
    let state = recogniser.arena.nodes[Int(head.node)].state
    let all = (1..<language.terminalCount).map { SymbolID($0) }.filter { language.hasActions(state, $0) }
    let lexState = language.lexStates[Int(state)]
    if lexState == ParseTables.noLookahead { return ([], all) }
    let text = buffer.bytes
    let row = Int(language.externalLexStates[Int(state)])
    if row != 0, let scanner = recogniser.lexer.scanner, head.position < text.count,
      scanner.scan(text, head.position, row: row, state: head.scanner).sawEnd
    {
      return ([], all)
    }
    let match = language.lexer.match(text, head.position, lexState, isComplete: false)
    if match.openState == LexicalAutomaton.dead || match.openStart >= text.count { return ([], all) }
    var terminals = Array(language.lexer.reachable[Int(match.openState)])
    if terminals.contains(language.wordTerminal), language.wordTerminal != .end, let keywords = language.keywords {
      let word = Word(language, text, match.openStart)
      if word.state != LexicalAutomaton.dead { terminals += keywords.reachable[Int(word.state)] }
    }
    return (Array(text[match.openStart...]), terminals.filter { language.hasActions(state, $0) })
  }
}
