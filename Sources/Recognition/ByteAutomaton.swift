import Grammar

/// A `LexicalAutomaton` laid out for stepping: one load per byte.
final class ByteAutomaton: @unchecked Sendable {
  /// Shape (stateCount, 256), row-major; see `LexicalAutomaton.transitions`.
  let table: UnsafePointer<UInt16>
  let ends: Column<UInt16>
  let accepts: Column<UInt16>
  let stateCount: Int
  /// Shape (stateCount): no byte leads on, so what has been read is all there is.
  let isFinal: Column<Bool>
  /// Shape (stateCount): the terminals that some continuation accepts, the state's own included, in ascending order.
  let reachable: ListTable<SymbolID>
  private let memory: MappedBytes

  /// Reads what `append` wrote; nil for no automaton.
  init?(_ reader: inout ArrayReader, _ memory: MappedBytes) throws(ArrayReader.Mismatch) {
    self.memory = memory
    let table = try reader.elements(UInt16.self)
    guard let start = table.baseAddress, !table.isEmpty else { return nil }
    self.table = start
    stateCount = table.count / 256
    ends = try reader.elements(UInt16.self)
    accepts = try reader.elements(UInt16.self)
    isFinal = try reader.elements(Bool.self)
    reachable = try ListTable(&reader, rowCount: stateCount)
    if table.count % 256 != 0 || [ends.count, accepts.count, isFinal.count].contains(where: { $0 != stateCount }) {
      throw ArrayReader.Mismatch(expected: "an automaton of \(stateCount) states", found: "arrays of other sizes")
    }
  }

  /// Writes an automaton, and tells what its states can reach. O(states × 256).
  @discardableResult
  static func append(_ automaton: LexicalAutomaton?, to writer: inout ArrayWriter) -> [[SymbolID]] {
    guard let automaton, automaton.stateCount > 0 else {
      writer.append([UInt16]())
      return []
    }
    var table: [UInt16] = []
    table.reserveCapacity(automaton.stateCount * 256)
    var successors = [Set<Int>](repeating: [], count: automaton.stateCount)
    for state in 0..<automaton.stateCount {
      for byte in 0..<256 {
        let next = automaton.next(UInt16(state), UInt8(byte))
        table.append(next)
        if next != LexicalAutomaton.dead { successors[state].insert(Int(next & LexicalAutomaton.stateMask)) }
      }
    }
    let reachable = closure(successors, automaton.accepts)
    writer.append(table)
    writer.append(automaton.endTransitions)
    writer.append(automaton.accepts)
    writer.append(successors.map(\.isEmpty))
    ListTable.append(reachable, to: &writer)
    return reachable
  }

  /// Propagates accepted terminals backwards until nothing changes.
  private static func closure(_ successors: [Set<Int>], _ accepts: [UInt16]) -> [[SymbolID]] {
    var predecessors = [[Int]](repeating: [], count: successors.count)
    for (state, targets) in successors.enumerated() { for target in targets { predecessors[target].append(state) } }
    let width = (Int(accepts.filter { $0 != LexicalAutomaton.noTerminal }.max() ?? 0) + 64) / 64
    var sets = [UInt64](repeating: 0, count: successors.count * width)
    var queue: [Int] = []
    for (state, terminal) in accepts.enumerated() where terminal != LexicalAutomaton.noTerminal {
      sets[state * width + Int(terminal) / 64] |= 1 << (UInt64(terminal) % 64)
      queue.append(state)
    }
    while let state = queue.popLast() {
      for previous in predecessors[state] {
        var changed = false
        for word in 0..<width {
          let merged = sets[previous * width + word] | sets[state * width + word]
          if merged != sets[previous * width + word] {
            sets[previous * width + word] = merged
            changed = true
          }
        }
        if changed { queue.append(previous) }
      }
    }
    return successors.indices.map { state in
      (0..<width * 64).filter { sets[state * width + $0 / 64] >> (UInt64($0) % 64) & 1 == 1 }.map { SymbolID($0) }
    }
  }

  /// The state that `byte` leads to, whether it is skipped or not; `LexicalAutomaton.dead` for none, and from there. O(1).
  @inline(__always)
  func next(_ state: UInt16, _ byte: UInt8) -> UInt16 {
    if state == LexicalAutomaton.dead { return state }
    let next = table[Int(state) &* 256 &+ Int(byte)]
    return next == LexicalAutomaton.dead ? next : next & LexicalAutomaton.stateMask
  }

  /// What a run over bytes found.
  struct Match {
    /// The accepted terminal, `LexicalAutomaton.noTerminal` if none.
    var terminal: UInt16
    /// Where the terminal starts, padding skipped.
    var start: Int
    /// Where the last accepted terminal ends.
    var end: Int
    /// The state at the end of the text, if the run got there and more bytes could change the result.
    var openState: UInt16
    /// The automaton's own start of the terminal at the point where the run stopped.
    var openStart: Int
  }

  /// Runs from `state` at `position`, longest match. `isComplete` says that the text ends where the buffer ends.
  ///
  /// O(bytes read), no allocation.
  @inline(__always)
  func match(_ text: UnsafeBufferPointer<UInt8>, _ position: Int, _ state: UInt16, isComplete: Bool) -> Match {
    var state = state
    var index = position
    var start = position
    var match = Match(
      terminal: LexicalAutomaton.noTerminal, start: position, end: position, openState: LexicalAutomaton.dead,
      openStart: position)
    while true {
      let accepted = accepts[Int(state)]
      if accepted != LexicalAutomaton.noTerminal {
        match.terminal = accepted
        match.start = start
        match.end = index
      }
      if index >= text.count {
        if isComplete {
          var steps = 0
          while ends[Int(state)] != LexicalAutomaton.dead, steps < 4 {
            state = ends[Int(state)] & LexicalAutomaton.stateMask
            steps += 1
            if accepts[Int(state)] != LexicalAutomaton.noTerminal {
              match.terminal = accepts[Int(state)]
              match.start = start
              match.end = index
            }
          }
        } else if !isFinal[Int(state)] {
          match.openState = state
        }
        break
      }
      let next = table[Int(state) &* 256 &+ Int(text[index])]
      if next == LexicalAutomaton.dead { break }
      index &+= 1
      if next & LexicalAutomaton.skipBit != 0 { start = index }
      state = next & LexicalAutomaton.stateMask
    }
    match.openStart = start
    return match
  }
}
