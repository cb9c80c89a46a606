import CGrammar

extension LexicalAutomaton {
  /// Turns an automaton over code points into one over the bytes of their UTF-8 sequences.
  ///
  /// A state's number stays the same. Behind the last come nodes for unfinished sequences, shared wherever the same
  /// continuations lead to the same states. Overlong forms, surrogates and bytes that UTF-8 does not use are dead.
  /// O(states × 256 + ranges × 192). Throws `limitExceeded` if the nodes outgrow a transition.
  init(probe: LexerProbe, name: String) throws(GrammarError) {
    var sequences = SequenceNodes(firstID: probe.states.count)
    var rows: [[UInt16]] = []
    rows.reserveCapacity(probe.states.count)
    for state in probe.states { rows.append(sequences.row(of: state)) }
    for node in sequences.nodes {
      rows.append(
        [UInt16](repeating: Self.dead, count: 0x80) + node + [UInt16](repeating: Self.dead, count: 0x40))
    }
    guard rows.count < Int(Self.stateMask) else {
      throw .limitExceeded(grammar: name, what: "lexer states", given: rows.count, limit: Int(Self.stateMask))
    }

    // Bytes with equal columns share a class.
    stateCount = rows.count
    byteClasses = []
    var classOfColumn: [[UInt16]: UInt8] = [:]
    var columns: [[UInt16]] = []
    for byte in 0..<256 {
      let column = rows.map { $0[byte] }
      if let known = classOfColumn[column] {
        byteClasses.append(known)
      } else {
        let new = UInt8(columns.count)
        classOfColumn[column] = new
        columns.append(column)
        byteClasses.append(new)
      }
    }
    classCount = columns.count
    transitions = []
    transitions.reserveCapacity(stateCount * classCount)
    for state in 0..<stateCount {
      for column in columns { transitions.append(column[state]) }
    }
    let nodes = repeatElement(UInt16.max, count: sequences.nodes.count)
    endTransitions = probe.states.map(\.end) + nodes
    accepts = probe.states.map(\.accepted) + nodes
  }
}

/// The nodes for UTF-8 sequences whose continuation bytes are still to come, each stored once.
private struct SequenceNodes {
  let firstID: Int
  /// Shape (nodes, 64): the transitions under the continuation bytes 0x80...0xBF.
  private(set) var nodes: [[UInt16]] = []
  private var identifiers: [[UInt16]: UInt16] = [:]
  /// Nodes all of whose sequences lead to one state, by depth and that state.
  private var uniform: [Uniform: UInt16] = [:]

  private struct Uniform: Hashable {
    var depth: Int
    var target: UInt16
  }

  init(firstID: Int) { self.firstID = firstID }

  /// A lexer state's transitions under all 256 bytes.
  mutating func row(of state: LexerProbe.State) -> [UInt16] {
    var row = [UInt16](repeating: LexicalAutomaton.dead, count: 256)
    let ascii = Self.clip(state.ranges, 0, 0x7F)
    for range in ascii { for byte in range.first...range.last { row[Int(byte)] = range.value } }
    let pairs = Self.clip(state.ranges, 0x80, 0x7FF)
    for lead in 0xC2...0xDF { row[lead] = value(pairs, first: Int32(lead & 0x1F) << 6, depth: 1) }
    let triples = Self.clip(state.ranges, 0x800, 0xFFFF)
    for lead in 0xE0...0xEF { row[lead] = value(triples, first: Int32(lead & 0x0F) << 12, depth: 2) }
    let quadruples = Self.clip(state.ranges, 0x10000, 0x10FFFF)
    for lead in 0xF0...0xF4 { row[lead] = value(quadruples, first: Int32(lead & 0x07) << 18, depth: 3) }
    return row
  }

  private struct Range {
    var first: Int32
    var last: Int32
    var value: UInt16
  }

  private static func clip(_ ranges: [EspalierLexRange], _ low: Int32, _ high: Int32) -> [Range] {
    ranges.compactMap { range in
      guard range.last >= low && range.first <= high else { return nil }
      return Range(
        first: max(range.first, low), last: min(range.last, high),
        value: range.target | (range.is_skipped ? LexicalAutomaton.skipBit : 0))
    }
  }

  /// The transition to what follows a prefix that stands for the 64^depth code points from `first` on.
  private mutating func value(_ ranges: [Range], first: Int32, depth: Int) -> UInt16 {
    let last = first + (1 << (6 * Int32(depth))) - 1
    // The first range that does not end before the span.
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].last < first { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count && ranges[low].first <= last else { return LexicalAutomaton.dead }
    if ranges[low].first <= first && ranges[low].last >= last {
      return uniformValue(ranges[low].value, depth: depth)
    }
    let step: Int32 = 1 << (6 * Int32(depth - 1))
    return intern((0..<64).map { value(ranges, first: first + $0 * step, depth: depth - 1) })
  }

  private mutating func uniformValue(_ target: UInt16, depth: Int) -> UInt16 {
    guard depth > 0 else { return target }
    let key = Uniform(depth: depth, target: target)
    if let known = uniform[key] { return known }
    let new = intern([UInt16](repeating: uniformValue(target, depth: depth - 1), count: 64))
    uniform[key] = new
    return new
  }

  private mutating func intern(_ node: [UInt16]) -> UInt16 {
    if let known = identifiers[node] { return known }
    // Too many nodes show as too many states once all are built; until then the number only has to be distinct.
    let new = UInt16(truncatingIfNeeded: firstID + nodes.count)
    nodes.append(node)
    identifiers[node] = new
    return new
  }
}
