import Grammar

extension HoleRecogniser {
  /// What is left to write in the current hole: the rest of an unfinished terminal, then terminals.
  struct Plan {
    var cost: Int
    var rest: [UInt8]
    /// The automaton's state behind `rest`, or `LexicalAutomaton.dead` where no terminal is unfinished.
    var endState: UInt16
    var terminals: [RightSummary.PlannedTerminal]
    var head: Head

    /// How many terminals there are to write.
    var count: Int { terminals.count + (rest.isEmpty ? 0 : 1) }
  }

  /// A lower bound of the terminals that the hole still needs after the known text; nil if nothing completes it.
  ///
  /// - Parameter room: the answer is any number up to this one if some way needs no more. It is much sooner found: what
  ///   is cheapest need not be known then.
  public func terminalsNeeded(room: Int? = nil) -> Int? {
    let plans = plans(room: room)
    return (plans.first { $0.count <= room ?? -1 } ?? plans.first)?.count
  }

  /// A cheapest way to complete the hole for each head and each terminal that the unfinished one can become, the
  /// cheapest first; once one writes no more than `room` terminals, the others are left out.
  func plans(room: Int? = nil) -> [Plan] {
    var result: [Plan] = []
    for head in frontier.heads { collectPlans(head, buffer.bytes, room, &result) }
    return result.sorted { $0.cost < $1.cost }
  }

  private func collectPlans(
    _ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ room: Int?, _ result: inout [Plan]
  ) {
    let arena = recogniser.arena
    let state = arena.nodes[Int(head.node)].state
    var isEnough = result.contains { $0.count <= room ?? -1 }
    func add(
      _ node: Int32, _ place: Completion.Place, rest: [UInt8], endState: UInt16 = LexicalAutomaton.dead, extra: Int
    ) {
      if isEnough { return }
      let left = room.map { $0 - (rest.isEmpty ? 0 : 1) }
      guard let found = completion.shortest(node, hole: hole, place, room: left) else { return }
      let plan = Plan(
        cost: found.cost + rest.count + extra, rest: rest, endState: endState, terminals: found.terminals, head: head)
      result.append(plan)
      isEnough = plan.count <= room ?? -1
    }
    let lexState = language.lexStates[Int(state)]
    guard head.position < text.count, lexState != ParseTables.noLookahead else {
      add(head.node, completion.place(head), rest: [], extra: 0)
      return
    }
    let match = language.lexer.match(text, head.position, lexState, isComplete: false)
    if match.openStart >= text.count {
      add(head.node, completion.place(head), rest: [], extra: 0)
      return
    }
    // An unfinished terminal costs more than any padding, so that finishing it counts as progress.
    if language.externalLexStates[Int(state)] != 0 { add(head.node, completion.place(head), rest: [], extra: 6) }
    guard match.openState != LexicalAutomaton.dead else { return }
    func shift(_ terminal: SymbolID, rest: [UInt8], endState: UInt16) {
      let mark = arena.mark
      defer { arena.release(mark) }
      recogniser.step.shift(CollectionOfOne(head.node), terminal, fallback: .end, column: 0)
      let place = completion.place(head).behind(terminal, completion)
      for node in recogniser.step.results {
        add(node, node == head.node ? completion.place(head) : place, rest: rest, endState: endState, extra: 2)
      }
    }
    let word = Array(text[match.openStart...])
    for terminal in language.lexer.reachable[Int(match.openState)] {
      if terminal == language.wordTerminal, terminal != .end, let keywords = language.keywords {
        for keyword in keywords.reachable[0] where language.hasActions(state, keyword) {
          let spelling = language.samples.texts[keyword.index]
          if spelling.starts(with: word) {
            shift(keyword, rest: Array(spelling.dropFirst(word.count)), endState: LexicalAutomaton.dead)
          }
        }
      }
      guard language.hasActions(state, terminal),
        let (rest, endState) = language.lexer.shortestPath(from: match.openState, to: terminal)
      else { continue }
      if let pattern = language.patterns[terminal.index] {
        let whole = word + rest
        let verdict = whole.withUnsafeBufferPointer {
          pattern.match($0, 0..<whole.count, terminalIsOpen: false, textIsComplete: false)
        }
        if verdict == .fails { continue }
      }
      shift(terminal, rest: rest, endState: endState)
    }
  }
}

extension ByteAutomaton {
  /// The shortest bytes from `state` to one that accepts `terminal`, and that state; nil if there are none.
  ///
  /// O(states × 256).
  func shortestPath(from state: UInt16, to terminal: SymbolID) -> ([UInt8], UInt16)? {
    var previous: [UInt16: (UInt16, UInt8)] = [:]
    var queue = [state]
    var head = 0
    while head < queue.count {
      let current = queue[head]
      head += 1
      if accepts[Int(current)] == terminal.rawValue {
        var path: [UInt8] = []
        var step = current
        while step != state, let (before, byte) = previous[step] {
          path.append(byte)
          step = before
        }
        return (path.reversed(), current)
      }
      for byte in Self.tried {
        let next = table[Int(current) * 256 + Int(byte)]
        if next == LexicalAutomaton.dead || next & LexicalAutomaton.skipBit != 0 { continue }
        let target = next & LexicalAutomaton.stateMask
        if target == state || previous[target] != nil { continue }
        previous[target] = (current, byte)
        queue.append(target)
      }
    }
    return nil
  }

  /// Printable bytes, plain ones first.
  private static let tried: [UInt8] =
    Array(0x61...0x7A) + Array(0x30...0x39) + Array(0x20...0x2F) + Array(0x3A...0x60) + Array(0x7B...0x7E)
    + [0x0A, 0x09] + Array(0x80...0xF4)
}
