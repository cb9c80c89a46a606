extension Grammar {
  /// The terminal that the keyword automaton accepts for exactly these bytes; nil if they are no keyword.
  ///
  /// A keyword's symbol need not be named like its text: Python's `True` is the symbol `true`. O(bytes).
  public func keyword(_ word: some Sequence<UInt8>) -> SymbolID? {
    guard let keywords else { return nil }
    var state: UInt16 = 0
    for byte in word {
      let next = keywords.next(state, byte)
      if next == LexicalAutomaton.dead { return nil }
      state = next & LexicalAutomaton.stateMask
    }
    let terminal = keywords.accepts[Int(state)]
    return terminal == LexicalAutomaton.noTerminal ? nil : SymbolID(rawValue: terminal)
  }
}
