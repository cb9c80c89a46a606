extension LexicalAutomaton {
  /// The same automaton without the skips over characters that `padding` does not have.
  ///
  /// Grammars often let any white space that Unicode knows stand between terminals; languages rarely do. Characters
  /// outside ASCII are never padding in the result. O(states × classes).
  public func limitingPadding(to padding: String) -> LexicalAutomaton {
    let allowed = Set(padding.utf8)
    var (limited, isPadding) = telling(allowed)
    for index in limited.transitions.indices where !isPadding[index % limited.classCount] {
      if limited.skips(index) { limited.transitions[index] = Self.dead }
    }
    return limited
  }

  /// The same automaton with further states from which `bytes` are no padding: one for each of `starts`, by these.
  ///
  /// Padding of several bytes ends where such a state still holds. O(states × classes).
  public func addingStates(
    without bytes: Set<UInt8>, for starts: Set<UInt16>
  ) -> (automaton: LexicalAutomaton, states: [UInt16: UInt16]) {
    let (split, isLeftOut) = telling(bytes)
    return split.addingStates(for: starts) { column, target, isSkip in
      if !isSkip { return .target(target) }
      return isLeftOut[column] ? .target(Self.dead) : .copy
    }
  }

  /// The same automaton with further states, one for each of `starts`, from which `terminals` are found only behind a line
  /// break; by these.
  ///
  /// O(states × classes × length of the longest of them).
  public func addingStates(
    startingLines terminals: Set<SymbolID>, for starts: Set<UInt16>
  ) -> (automaton: LexicalAutomaton, states: [UInt16: UInt16]) {
    let lineFeed = UInt8(ascii: "\n")
    let (split, _) = telling([lineFeed])
    let lineBreak = Int(split.byteClasses[Int(lineFeed)])
    let leadsElsewhere = split.leadsToOthers(than: terminals)
    return split.addingStates(for: starts) { column, target, isSkip in
      if isSkip { return column == lineBreak ? .target(target) : .copy }
      return .target(target == Self.dead || leadsElsewhere[Int(target)] ? target : Self.dead)
    }
  }

  /// Where a state that was added leads: as `transitions` have it, or by a skip to the copy of the state that is there.
  private enum Successor {
    case target(UInt16)
    case copy
  }

  /// The same automaton with a copy of each of `starts`, by these, and of what copies skip to, which lead where `successor`
  /// says for a class and a transition. O(states × classes).
  private func addingStates(
    for starts: Set<UInt16>, _ successor: (_ column: Int, _ target: UInt16, _ isSkip: Bool) -> Successor
  ) -> (automaton: LexicalAutomaton, states: [UInt16: UInt16]) {
    var result = self
    var copies: [UInt16: UInt16] = [:]
    var originals: [UInt16] = []
    func copy(_ state: UInt16) -> UInt16 {
      if let known = copies[state] { return known }
      let number = UInt16(stateCount + originals.count)
      copies[state] = number
      originals.append(state)
      return number
    }
    for start in starts.sorted() { _ = copy(start) }
    var next = 0
    while next < originals.count {
      let original = Int(originals[next])
      for column in 0..<classCount {
        let index = original * classCount + column
        let target = transitions[index]
        switch successor(column, target, skips(index)) {
        case .target(let target): result.transitions.append(target)
        case .copy: result.transitions.append(copy(target & Self.stateMask) | Self.skipBit)
        }
      }
      result.endTransitions.append(endTransitions[original])
      result.accepts.append(accepts[original])
      next += 1
    }
    result.stateCount += originals.count
    return (result, copies.filter { starts.contains($0.key) })
  }

  /// Shape (states): whether a terminal that is none of `terminals` can be found from there.
  private func leadsToOthers(than terminals: Set<SymbolID>) -> [Bool] {
    var result = accepts.map { $0 != Self.noTerminal && !terminals.contains(SymbolID(rawValue: $0)) }
    var hasGrown = true
    while hasGrown {
      hasGrown = false
      for state in 0..<stateCount where !result[state] {
        result[state] = transitions[state * classCount..<(state + 1) * classCount].contains {
          $0 != Self.dead && result[Int($0 & Self.stateMask)]
        }
        hasGrown = hasGrown || result[state]
      }
    }
    return result
  }

  private func skips(_ index: Int) -> Bool { transitions[index] != Self.dead && transitions[index] & Self.skipBit != 0 }

  /// The same automaton with classes that have either bytes of `bytes` only or none; shape (classes): which have.
  private func telling(_ bytes: Set<UInt8>) -> (LexicalAutomaton, [Bool]) {
    var result = self
    var newClasses: [UInt16: UInt8] = [:]
    var sources: [(old: Int, isOf: Bool)] = []
    for byte in 0..<256 {
      let isOf = bytes.contains(UInt8(byte))
      let key = UInt16(byteClasses[byte]) << 1 | (isOf ? 1 : 0)
      if newClasses[key] == nil {
        newClasses[key] = UInt8(sources.count)
        sources.append((Int(byteClasses[byte]), isOf))
      }
      result.byteClasses[byte] = newClasses[key] ?? 0
    }
    result.classCount = sources.count
    result.transitions = []
    result.transitions.reserveCapacity(stateCount * sources.count)
    for state in 0..<stateCount {
      for source in sources { result.transitions.append(transitions[state * classCount + source.old]) }
    }
    return (result, sources.map(\.isOf))
  }
}
