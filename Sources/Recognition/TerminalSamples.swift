import Grammar

/// Text for every terminal, for shortest completions, and what a terminal costs in one.
public struct TerminalSamples: Sendable {
  /// Shape (terminalCount): bytes, empty where no text is known.
  public var texts: [[UInt8]]
  /// Shape (terminalCount): the cost of writing the terminal; terminals without text cost more than any other way.
  var costs: [Int32]

  static let unknownCost: Int32 = 400

  init(_ grammar: Grammar, layout: LayoutRule?) {
    let tables = grammar.tables
    var texts = [[UInt8]](repeating: [], count: tables.terminalCount)
    var costs = [Int32](repeating: TerminalSamples.unknownCost, count: tables.terminalCount)
    var shortest = grammar.keywords.map { TerminalSamples.shortestTexts($0, from: [0]) } ?? [:]
    let starts = Set(tables.lexStates).subtracting([ParseTables.noLookahead]).sorted()
    shortest.merge(TerminalSamples.shortestTexts(grammar.lexer, from: starts)) { keyword, _ in keyword }
    let placeholders = grammar.description.placeholders ?? [:]
    for index in 1..<max(tables.terminalCount, 1) {
      let symbol = tables.symbols[index]
      if let text = placeholders[symbol.name] {
        texts[index] = Array(text.utf8)
        costs[index] = 5
      } else if let layout, layout.isLayout(SymbolID(index)) {
        costs[index] = SymbolID(index) == layout.newline ? 4 : 1
      } else if symbol.isVisible, !symbol.isNamed {
        // An anonymous terminal is spelled as it is named.
        texts[index] = Array(symbol.name.utf8)
        costs[index] = symbol.name.utf8.allSatisfy { $0 < 0x80 && !Self.isWordByte($0) } ? 4 : 6
      } else if let text = shortest[index] {
        texts[index] = text
        costs[index] = 6
      }
    }
    if tables.terminalCount > 0 { costs[0] = 0 }
    self.texts = texts
    self.costs = costs
  }

  /// Reads what `append` wrote.
  init(_ reader: inout ArrayReader) throws(ArrayReader.Mismatch) {
    let lengths = try reader.elements(UInt32.self)
    var rest = try reader.elements(UInt8.self)[...]
    texts = []
    for length in lengths {
      if length > rest.count { throw ArrayReader.Mismatch(expected: "\(length) bytes of text", found: "\(rest.count)") }
      texts.append(Array(rest.prefix(Int(length))))
      rest = rest.dropFirst(Int(length))
    }
    costs = Array(try reader.elements(Int32.self))
  }

  func append(to writer: inout ArrayWriter) {
    writer.append(texts.map { UInt32($0.count) })
    writer.append(Array(texts.joined()))
    writer.append(costs)
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
      || byte >= 0x80
  }

  /// The shortest text that an automaton accepts as each terminal, by breadth-first search from all start states.
  ///
  /// Small letters are tried first, so that words look like words. O(states × 256).
  private static func shortestTexts(_ automaton: LexicalAutomaton, from starts: [UInt16]) -> [Int: [UInt8]] {
    var found: [Int: [UInt8]] = [:]
    var seen = Set(starts)
    var queue: [(UInt16, [UInt8])] = starts.map { ($0, []) }
    let order: [UInt8] =
      Array(0x61...0x7A) + Array(0x30...0x39) + Array(0x21...0x2F) + Array(0x3A...0x60)
      + Array(0x7B...0x7E) + [0x20, 0x0A, 0x09]
    var head = 0
    while head < queue.count {
      let (state, text) = queue[head]
      head += 1
      let accepted = automaton.accepts[Int(state)]
      if accepted != LexicalAutomaton.noTerminal, found[Int(accepted)] == nil, !text.isEmpty {
        found[Int(accepted)] = text
      }
      for byte in order {
        let next = automaton.next(state, byte)
        if next == LexicalAutomaton.dead || next & LexicalAutomaton.skipBit != 0 { continue }
        if seen.insert(next & LexicalAutomaton.stateMask).inserted {
          queue.append((next & LexicalAutomaton.stateMask, text + [byte]))
        }
      }
    }
    return found
  }
}
