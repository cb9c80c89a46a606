/// A regular expression over bytes that a terminal's text must match, with an optional condition on what follows.
///
/// Supported: literals, `\` escapes (`\d \w \s \n \r \t \xHH` and punctuation), classes with ranges and negation, `.`
/// (any byte but a newline), groups, `|`, `*`, `+`, `?`, `{n}`, `{m,n}`, and `(?=…)` at the end of the alternatives at
/// the top. The pattern is a position automaton; for the terminal's own text it is made deterministic once, since masks
/// look at that for every token, and for what follows it is simulated.
public struct TerminalPattern: Sendable {
  /// Matching text of a terminal that may still grow.
  enum Verdict { case matches, open, fails }

  private enum Node: Sendable {
    case bytes(ByteSet, next: Int)
    case split(Int, Int)
    /// The terminal ends here; what follows must match the look-ahead.
    case boundary(next: Int)
    case accept
  }
  private var nodes: [Node] = []
  private var start = 0
  /// Shape (sets, 256): the set of nodes that a byte leads to within the terminal, 0 for none; the first set is 1.
  private var table: [UInt16] = []
  /// Shape (sets): where the condition on what follows goes on if the terminal ends in the set.
  private var endings: [[Int]] = []
  /// The ASCII characters that match by themselves.
  private(set) var ownBytes = ByteSet()

  init(_ expression: String) throws(RecognitionError) {
    var parser = PatternParser(expression)
    nodes = [.accept]
    var starts: [Int] = []
    for (body, following) in try parser.parse() {
      starts.append(build(body, next: append(.boundary(next: following.map { build($0, next: 0) } ?? 0))))
    }
    start = starts.dropFirst().reduce(starts[0]) { append(.split($0, $1)) }
    determinise()
    for byte in UInt8.min...UInt8(0x7F) {
      let verdict = [byte].withUnsafeBufferPointer {
        match($0, 0..<1, terminalIsOpen: false, textIsComplete: true)
      }
      if verdict == .matches { ownBytes.insert(byte) }
    }
  }

  /// Builds `table` and `endings` by the subset construction. O(sets × (256 + classes of bytes × nodes)).
  private mutating func determinise() {
    // Bytes that no node tells apart lead to the same set: the first of them stands for all.
    var firsts: [[Bool]: Int] = [:]
    let alike = (0..<256).map { byte in
      let memberships = nodes.map { if case .bytes(let set, _) = $0 { set.contains(UInt8(byte)) } else { false } }
      let first = firsts[memberships] ?? byte
      firsts[memberships] = first
      return first
    }
    var first: Set<Int> = []
    close(start, into: &first, crossingBoundary: false)
    var sets: [Set<Int>] = [[], first]
    var numbers: [Set<Int>: UInt16] = [[]: 0, first: 1]
    var index = 0
    while index < sets.count {
      let current = sets[index]
      endings.append(
        current.sorted().compactMap { if case .boundary(let next) = nodes[$0] { next } else { nil } })
      for byte in 0..<256 {
        if alike[byte] < byte {
          table.append(table[index * 256 + alike[byte]])
          continue
        }
        let next = step(current, UInt8(byte), crossingBoundary: false)
        if numbers[next] == nil {
          numbers[next] = UInt16(sets.count)
          sets.append(next)
        }
        table.append(numbers[next] ?? 0)
      }
      index += 1
    }
  }

  private mutating func append(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  private mutating func build(_ tree: PatternTree, next: Int) -> Int {
    switch tree {
    case .empty: return next
    case .bytes(let set): return append(.bytes(set, next: next))
    case .sequence(let parts): return parts.reversed().reduce(next) { build($1, next: $0) }
    case .choice(let options):
      var result = build(options[options.count - 1], next: next)
      for option in options.dropLast().reversed() { result = append(.split(build(option, next: next), result)) }
      return result
    case .repeated(let inner, let low, let high):
      var result = next
      if let high {
        for _ in low..<max(low, high) { result = append(.split(build(inner, next: result), next)) }
      } else {
        let loop = append(.split(0, next))
        nodes[loop] = .split(build(inner, next: loop), next)
        result = loop
      }
      for _ in 0..<low { result = build(inner, next: result) }
      return result
    }
  }

  /// Matches `text[start..<end]` and the condition on the bytes from `end`. O(bytes × pattern length).
  ///
  /// - `open`: the known text is a prefix of a match; more bytes decide. A terminal is open only if the text ends.
  ///
  /// - Parameter beginning: what `state(after:)` says of bytes of the terminal that stand in front of the text.
  func match(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, terminalIsOpen: Bool, textIsComplete: Bool,
    beginning: UInt16 = Self.noBytes
  ) -> Verdict {
    let set = state(after: UnsafeBufferPointer(rebasing: text[range]), from: beginning)
    if set == 0 { return .fails }
    if terminalIsOpen { return .open }
    var following: Set<Int> = []
    for next in endings[Int(set)] { close(next, into: &following, crossingBoundary: true) }
    var index = range.upperBound
    while true {
      if following.contains(0) { return .matches }
      if following.isEmpty { return .fails }
      if index >= text.count { return textIsComplete ? .fails : .open }
      following = step(following, text[index], crossingBoundary: true)
      index += 1
    }
  }

  static let noBytes: UInt16 = 1

  /// What is known of a terminal that starts with `bytes`, as a number; 0 if it does not match whatever follows.
  func state(after bytes: UnsafeBufferPointer<UInt8>, from beginning: UInt16 = Self.noBytes) -> UInt16 {
    var set = beginning
    for byte in bytes where set != 0 { set = table[Int(set) &* 256 &+ Int(byte)] }
    return set
  }

  private func step(_ states: Set<Int>, _ byte: UInt8, crossingBoundary: Bool) -> Set<Int> {
    var result: Set<Int> = []
    for state in states {
      if case .bytes(let set, let next) = nodes[state], set.contains(byte) {
        close(next, into: &result, crossingBoundary: crossingBoundary)
      }
    }
    return result
  }

  private func close(_ state: Int, into states: inout Set<Int>, crossingBoundary: Bool) {
    if !states.insert(state).inserted { return }
    switch nodes[state] {
    case .split(let a, let b):
      close(a, into: &states, crossingBoundary: crossingBoundary)
      close(b, into: &states, crossingBoundary: crossingBoundary)
    case .boundary(let next) where crossingBoundary: close(next, into: &states, crossingBoundary: true)
    case .bytes, .boundary, .accept: break
    }
  }
}

/// A set of bytes.
struct ByteSet: Sendable, Hashable {
  private var words: [4 of UInt64] = [0, 0, 0, 0]
  static func == (a: ByteSet, b: ByteSet) -> Bool { (0..<4).allSatisfy { a.words[$0] == b.words[$0] } }
  func hash(into hasher: inout Hasher) { for word in 0..<4 { hasher.combine(words[word]) } }
  mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }
  mutating func invert() { for word in 0..<4 { words[word] = ~words[word] } }
  mutating func formUnion(_ other: ByteSet) { for word in 0..<4 { words[word] |= other.words[word] } }
}
