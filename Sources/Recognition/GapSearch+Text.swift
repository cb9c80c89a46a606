import Grammar

/// Stacks in the fixed text behind gaps.
extension GapSearch {
  /// Leaves the gap for the text behind it.
  func leave(_ node: Int32, _ key: GapStacks.Key) {
    if !refused.isEmpty, suffix.positions[key.position].segment == 0 {
      if refused.contains(terminals(way(to: node), upTo: 1)[0].map(\.symbol)) { return }
    }
    let lookaheads = suffix.positions[key.position].line.lookaheads
    var free = suffix.positions[suffix.free[key.position]]
    free.line.startsEnclosed = key.startsEnclosed
    for arrival in suffix.arrivals(key.state, behind: free) {
      let position = suffix.arrival(arrival)
      if suffix.takes(key.state, suffix.positions[position], under: lookaheads) {
        wait(moveOn(node, to: position))
      }
    }
  }

  /// What waits at `node` to be the same stack at a place that it has come to in fixed text.
  private func moveOn(_ node: Int32, to position: Int32) -> GapStacks.Wait {
    let place = suffix.positions[position]
    if place.kind == .gap { return move(node, to: place) }
    var wait = move(node, to: position, .reads)
    wait.target.startsEnclosed = false
    return wait
  }

  /// Takes the terminal that waits where a stack is.
  func read(_ node: Int32, _ key: GapStacks.Key) {
    let position = suffix.positions[key.position]
    func reduce(_ count: Int, _ symbol: UInt16, endsExtra: Bool) {
      var behind = key
      (behind.state, behind.role, behind.startsEnclosed) = (0, .reads, false)
      let wait = GapStacks.Wait(
        node: node, count: Int32(count), action: endsExtra ? .endsExtra : .reduces, operand: Int32(symbol),
        target: behind, cost: 0)
      if count > 0 { return self.wait(wait) }
      let target = language.goto(key.state, symbol)
      if target == 0 { return }
      var next = key
      next.state = target
      propose(GapStacks.Edge(node: graph.node(next), below: node, cost: 0))
    }
    if position.kind == .unlexed {
      if language.lexStates[Int(key.state)] == ParseTables.noLookahead {
        for reduction in language.row(key.state).extraReductions {
          reduce(Int(reduction.childCount), reduction.symbol.rawValue, endsExtra: true)
        }
      } else {
        for place in arrivals(key.state, behind: position, line: position.line) { wait(moveOn(node, to: place)) }
      }
      return
    }
    let column = blocks.nodes[key.columns].column
    guard position.condition.contains(column), position.brackets.contains(Int32(key.brackets)) else { return }
    let terminal = suffix.terminal(key.state, position)
    for action in language.actions(key.state, terminal) {
      switch action.kind {
      // Behind the last gap the text is left to the summary.
      case .accept: break
      case .reduce: reduce(Int(action.childCount), action.operand, endsExtra: false)
      case .shiftExtra:
        for place in arrivals(key.state, behind: position, line: position.line) { wait(moveOn(node, to: place)) }
      case .shift: shift(terminal, action.operand, node, key, position)
      }
    }
  }

  private func shift(
    _ terminal: SymbolID, _ state: UInt16, _ node: Int32, _ key: GapStacks.Key, _ position: SuffixPosition
  ) {
    var next = key
    next.state = state
    next.brackets = UInt8(clamping: Int(key.brackets) + Int(language.bracketChange[terminal.index]))
    if let layout = language.layout {
      if terminal == layout.indent { next.columns = columns(key.columns, position.column) }
      if terminal == layout.dedent {
        next.columns = columns(key.columns, blocks.outerColumn(of: key.columns))
      }
    }
    for place in arrivals(state, behind: position, line: position.line.behindFixed(terminal, language)) {
      next.position = place
      (next.role, next.startsEnclosed) = (.reads, false)
      var gap = suffix.positions[place]
      if gap.kind == .gap {
        (next.role, next.startsEnclosed) = (.starts, gap.line.startsEnclosed)
        gap.line.startsEnclosed = false
        next.position = suffix.identifier(gap)
      }
      propose(GapStacks.Edge(node: graph.node(next), below: node, cost: 0))
    }
  }

  /// Where `state` is behind a terminal.
  private func arrivals(_ state: UInt16, behind position: SuffixPosition, line: LinePlace) -> [Int32] {
    suffix.arrivals(state, behind: position, line: line).map { suffix.arrival($0) }.filter {
      let next = suffix.positions[$0]
      return next.kind != .pending || language.hasActions(state, suffix.terminal(state, next))
    }
  }
}
