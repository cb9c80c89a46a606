import Grammar

/// How a key's state goes on where it stands: in a hole, at a terminal of the fixed text, or before text not yet lexed.
extension RightSummary {
  func expand(_ key: Int32) {
    let state = keys[key].state
    let position = suffix.positions[keys[key].position]
    switch position.kind {
    case .gap: expandGap(key, state, position)
    case .pending: expandPending(key, state, position)
    case .unlexed: expandUnlexed(key, state, position)
    }
  }

  private func expandGap(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    let row = language.row(state)
    let here = keys[key].position
    for reduction in row.reductions {
      guard let next = suffix.reduced(position, under: reduction.lookaheads) else { continue }
      reduce(key, reduction.symbol.rawValue, Int(reduction.childCount), next)
    }
    for reduction in row.extraReductions {
      reduce(key, reduction.symbol.rawValue | Exit.extraBit, Int(reduction.childCount), here)
    }
    for shift in shifts(row, state, position) where position.line.allows(shift.terminal, language) {
      if language.startsExtra[shift.target.index] {
        // One extra in another would only lead to more of the same.
        let mayEndInside = suffix.allowsOtherContexts || position.line.startsEnclosed
        if !mayEndInside || language.isEnclosed[Int(state)] { continue }
      }
      let line = position.line.behind(shift.terminal, language)
      let next =
        line == position.line ? here : suffix.identifier(.gap(Int(position.segment), position.scanner, line))
      subscribe(
        Subscription(
          parent: key, child: identifier(shift.target.rawValue, next), isOver: true,
          block: change(shift.terminal, column: nil), cost: language.samples.costs[shift.terminal.index],
          terminal: shift.terminal, hole: position.segment))
    }
    if position.line.lookaheads == .any { arrive(key, state, position) }
  }

  /// Leaves the hole for the text behind it.
  func arrive(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    for index in suffix.arrivals(state, behind: position) { become(key, state, suffix.arrival(index)) }
  }

  private func shifts(_ row: Language.Row, _ state: UInt16, _ position: SuffixPosition) -> [Language.Row.Shift] {
    let lookaheads = position.line.lookaheads
    if lookaheads == .any || lookaheads == row.lookaheads { return Array(row.shifts) }
    return language.cheapestShifts(state, under: lookaheads)
  }

  /// Runs the parser over fixed text as long as there is one way to go on.
  ///
  /// Where text leaves no choice, this finds a key's only exit at the cost of parsing, without keys for what lies between.
  /// Where it comes to a choice, the key goes on behind the last node that was complete: nothing is run twice but the
  /// beginning of the one that has the choice. Nodes that another run has gone through are taken in one step.
  ///
  /// - Returns: whether nothing is left to do for `key`.
  private func run(_ key: Int32) -> Bool {
    // Conditions on columns and brackets are left to the rules.
    guard language.layout == nil else { return false }
    running.removeAll()
    var (top, here) = (keys[key].state, keys[key].position)
    _ = running.append(Running(state: top, position: -1))
    var complete: (state: UInt16, position: Int32)?
    run: while true {
      let position = suffix.positions[here]
      guard position.kind == .pending else { break }
      let terminal = suffix.terminal(top, position)
      let actions = language.actions(top, terminal)
      if actions.isEmpty { return true }
      guard actions.count == 1 else { break }
      let action = actions[0]
      switch action.kind {
      case .accept:
        accept(key, position)
        return true
      case .reduce:
        let above = running.count - 1
        let count = Int(action.childCount)
        if count > above {
          reduce(key, action.operand, count - above, here)
          return true
        }
        if count > 0 { nodes.note(running[running.count - count], action.operand, here) }
        running.removeLast(count)
        top = language.goto(running[running.count - 1].state, action.operand)
        if top == 0 { return true }
        _ = running.append(Running(state: top, position: -1))
        if running.count == 2 { complete = (top, here) }
      case .shift, .shiftExtra:
        let isExtra = action.kind == .shiftExtra
        let target = isExtra ? top : action.operand
        var next: Int32 = -1
        for index in suffix.arrivals(
          target, behind: position, line: isExtra ? position.line : position.line.behindFixed(terminal, language))
        where takes(target, suffix.arrival(index)) {
          if next >= 0 { break run }
          next = suffix.arrival(index)
        }
        if next < 0 { return true }
        here = next
        if isExtra { continue }
        var pushed = Running(state: target, position: here)
        if let node = nodes.node(pushed) {
          pushed = Running(state: language.goto(top, node.symbol), position: -1)
          if pushed.state == 0 { return true }
          here = node.end
          if running.count == 1 { complete = (pushed.state, here) }
        }
        top = pushed.state
        _ = running.append(pushed)
      }
    }
    guard let complete else { return false }
    subscribe(
      Subscription(parent: key, child: identifier(complete.state, complete.position), isOver: true))
    return true
  }

  private func accept(_ key: Int32, _ position: SuffixPosition) {
    schedule(
      Settled(
        exit: Exit(count: 0, symbol: 0, position: -1, blocks: position.effect), cost: 0,
        key: key, via: -1, childExit: -1))
  }

  private func expandPending(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    if run(key) { return }
    let terminal = suffix.terminal(state, position)
    let line = position.line.behindFixed(terminal, language)
    for action in language.actions(state, terminal) {
      switch action.kind {
      case .reduce: reduce(key, action.operand, Int(action.childCount), keys[key].position)
      case .shift:
        for index in suffix.arrivals(action.operand, behind: position, line: line)
        where takes(action.operand, suffix.arrival(index)) {
          subscribe(
            Subscription(
              parent: key, child: identifier(action.operand, suffix.arrival(index)), isOver: true,
              block: change(terminal, column: position.column), blocks: position.effect))
        }
      case .shiftExtra:
        for index in suffix.arrivals(state, behind: position, line: position.line) {
          become(key, state, suffix.arrival(index))
        }
      case .accept: accept(key, position)
      }
    }
  }

  /// `column` is that of the block which an indent opens, nil if it is unknown.
  private func change(_ terminal: SymbolID, column: Int32?) -> BlockChange {
    guard let layout = language.layout else { return .same }
    if terminal == layout.indent { return column.map { .opens($0) } ?? .opensUnknown }
    if terminal == layout.dedent { return .closes }
    switch language.bracketChange[terminal.index] {
    case 1: return .opensBracket
    case -1: return .closesBracket
    default: return .same
    }
  }

  private func expandUnlexed(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    if language.lexStates[Int(state)] == ParseTables.noLookahead {
      for reduction in language.row(state).extraReductions {
        reduce(key, reduction.symbol.rawValue | Exit.extraBit, Int(reduction.childCount), keys[key].position)
      }
      return
    }
    for index in suffix.arrivals(state, behind: position, line: position.line) {
      become(key, state, suffix.arrival(index))
    }
  }

  private func reduce(_ key: Int32, _ symbol: UInt16, _ count: Int, _ position: Int32) {
    if count > 0 {
      schedule(
        Settled(
          exit: Exit(count: UInt8(count), symbol: symbol, position: position, blocks: .none), cost: 0, key: key,
          via: -1,
          childExit: -1))
    } else {
      let target = language.goto(keys[key].state, symbol & ~Exit.extraBit)
      if target == 0 { return }
      let position = suffix.narrowed(position, by: target)
      if position < 0 { return }
      subscribe(
        Subscription(
          parent: key, child: identifier(target, position), isOver: true))
    }
  }

  /// Whether `state` takes the terminal that waits at a position.
  @inline(__always)
  private func takes(_ state: UInt16, _ position: Int32) -> Bool {
    let position = suffix.positions[position]
    if position.kind != .pending { return true }
    return language.hasActions(state, SymbolID(rawValue: position.terminal))
      || position.fallback != 0 && language.hasActions(state, SymbolID(rawValue: position.fallback))
  }

  /// The same state at another position.
  private func become(_ key: Int32, _ state: UInt16, _ position: Int32) {
    guard takes(state, position) else { return }
    subscribe(
      Subscription(
        parent: key, child: identifier(state, position), isOver: false))
  }
}
