extension LexicalAutomaton {
  /// The same automaton without the skips over characters that `padding` does not have.
  ///
  /// Grammars often let any white space that Unicode knows stand between terminals; languages rarely do. Characters
  /// outside ASCII are never padding in the result. O(states × classes).
  public func limitingPadding(to padding: String) -> LexicalAutomaton {
    let allowed = Set(padding.utf8)
    // Bytes of one class may now differ, so a class is split if some of its bytes are padding and others are not.
    var limited = self
    var newClasses: [UInt16: UInt8] = [:]
    var sources: [(old: Int, isPadding: Bool)] = []
    for byte in 0..<256 {
      let isPadding = allowed.contains(UInt8(byte))
      let key = UInt16(byteClasses[byte]) << 1 | (isPadding ? 1 : 0)
      if newClasses[key] == nil {
        newClasses[key] = UInt8(sources.count)
        sources.append((Int(byteClasses[byte]), isPadding))
      }
      limited.byteClasses[byte] = newClasses[key] ?? 0
    }
    limited.classCount = sources.count
    limited.transitions = []
    limited.transitions.reserveCapacity(stateCount * sources.count)
    for state in 0..<stateCount {
      for source in sources {
        let next = transitions[state * classCount + source.old]
        let isSkip = next != Self.dead && next & Self.skipBit != 0
        limited.transitions.append(isSkip && !source.isPadding ? Self.dead : next)
      }
    }
    return limited
  }
}
