import Grammar

extension HoleRecogniser {
  /// What is left to write in the current hole: the rest of an unfinished terminal, then terminals.
  private struct Plan {
    var cost: Int
    var rest: [UInt8]
    /// The automaton's state behind `rest`, or `LexicalAutomaton.dead` where no terminal is unfinished.
    var endState: UInt16
    var terminals: [SymbolID]
    var head: Head
  }

  /// A lower bound of the terminals that the hole still needs after the known text; nil if nothing completes it.
  public func terminalsNeeded() -> Int? { plans().first.map { $0.terminals.count + ($0.rest.isEmpty ? 0 : 1) } }

  /// Writes a cheapest completion of the current hole and closes it; appended text starts at the returned offset.
  ///
  /// - Parameter limit: the number of terminals that may be written.
  /// - Returns: false, with everything as it was, if no text was found.
  public func completeAndClose(limit: Int = 400) -> Bool {
    if close() { return true }
    let start = checkpoint
    let style = TextStyle(text, tabWidth: language.layout?.tabWidth ?? 8)
    var budget = limit
    finishCharacter()
    while budget > 0 {
      let plans = plans()
      // The whole rest of a plan at once is nearly always right.
      for plan in plans.prefix(Self.plansTried) {
        if tryToFinish(render(plan, style), style) { return true }
        if let column = rightColumn, tryToFinish(render(plan, style, blockColumn: column), style) { return true }
      }
      if tryDetours(style) { return true }
      guard takeStep(plans, style) else { break }
      if close() { return true }
      budget -= 1
    }
    restore(start)
    return false
  }

  /// Where the cheapest way fails on the concrete text, another first terminal or a new line may lead to one that does not.
  private func tryDetours(_ style: TextStyle) -> Bool {
    var candidates: [[UInt8]] = []
    if language.layout != nil, let head = frontier.heads.first {
      candidates = openColumns(head).map { style.newline + style.indentation($0) }
    }
    for terminal in 1..<language.terminalCount {
      let sample = language.samples.texts[terminal]
      if !sample.isEmpty { candidates += [sample, [0x20] + sample] }
    }
    for candidate in candidates {
      let before = checkpoint
      if append(candidate) {
        for plan in plans().prefix(Self.plansTried) {
          if tryToFinish(render(plan, style), style) { return true }
          if let column = rightColumn, tryToFinish(render(plan, style, blockColumn: column), style) { return true }
        }
      }
      restore(before)
    }
    return false
  }

  /// The column of the first line that starts in the fixed text behind the hole.
  private var rightColumn: Int? {
    guard let layout = language.layout else { return nil }
    return rightText.withUnsafeBufferPointer { text in
      guard let end = text.firstIndex(of: 0x0A) else { return nil }
      let padding = layout.padding(text, end)
      return padding.reachesEnd ? nil : padding.column
    }
  }

  /// Completes a UTF-8 sequence that the text ends in, with the first bytes that may stand there.
  private func finishCharacter() {
    while text.withUnsafeBufferPointer(\.endsInsideCharacter) {
      guard (0x80...0xBF).contains(where: { append([UInt8($0)]) }) else { return }
    }
  }

  private func tryToFinish(_ bytes: [UInt8], _ style: TextStyle) -> Bool {
    let before = checkpoint
    for separator in [[], [0x20]] as [[UInt8]] {
      guard append(separator + bytes) else { continue }
      if close() { return true }
      for closing in closings(style) {
        let inner = checkpoint
        if append(closing), close() { return true }
        restore(inner)
      }
      restore(before)
    }
    return false
  }

  /// Text that separates the hole from what follows without adding a terminal.
  private func closings(_ style: TextStyle) -> [[UInt8]] {
    guard language.layout != nil else { return [[0x20], style.newline] }
    let columns = frontier.heads.first.map { openColumns($0) } ?? [0]
    return [[0x20], style.newline] + columns.map { style.newline + style.indentation($0) }
  }

  /// Writes one terminal, or what else brings the end nearer.
  private func takeStep(_ plans: [Plan], _ style: TextStyle) -> Bool {
    var candidates: [([UInt8], cost: Int)] = []
    for plan in plans.prefix(Self.plansTried) {
      if !plan.rest.isEmpty { candidates.append((plan.rest, plan.cost)) }
      var first = plan
      var count = 1
      while count < first.terminals.count, language.layout?.isLayout(first.terminals[count - 1]) ?? false { count += 1 }
      first.terminals = Array(first.terminals.prefix(count))
      first.rest = []
      candidates.append((render(first, style), plan.cost))
    }
    if let best = plans.first { candidates += language.closers.map { ($0, best.cost) } }
    for (candidate, cost) in candidates where !candidate.isEmpty {
      for separator in [[], [0x20], style.newline] as [[UInt8]] {
        let before = checkpoint
        // A blank behind the text ends a terminal that could go on.
        for tail in [[0x20], [], style.newline] as [[UInt8]] {
          if append(separator + candidate + tail) {
            if let next = self.plans().first, next.cost < cost { return true }
          }
          restore(before)
        }
      }
    }
    return false
  }

  private static let plansTried = 6

  private func plans() -> [Plan] {
    var result: [Plan] = []
    text.withUnsafeBufferPointer { text in
      for head in frontier.heads { collectPlans(head, text, &result) }
    }
    return result.sorted { $0.cost < $1.cost }
  }

  private func collectPlans(_ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ result: inout [Plan]) {
    let arena = recogniser.arena
    let state = arena.nodes[Int(head.node)].state
    func add(_ node: Int32, line: LinePlace, rest: [UInt8], endState: UInt16 = LexicalAutomaton.dead, extra: Int) {
      guard let found = completion.shortest(node, hole: hole, line: line) else {
        return
      }
      result.append(
        Plan(
          cost: found.cost + rest.count + extra, rest: rest, endState: endState, terminals: found.terminals, head: head)
      )
    }
    let lexState = language.lexStates[Int(state)]
    guard head.position < text.count, lexState != ParseTables.noLookahead else {
      add(head.node, line: LinePlace(head), rest: [], extra: 0)
      return
    }
    let match = language.lexer.match(text, head.position, lexState, isComplete: false)
    if match.openStart >= text.count {
      add(head.node, line: LinePlace(head), rest: [], extra: 0)
      return
    }
    // An unfinished terminal costs more than any padding, so that finishing it counts as progress.
    if language.externalLexStates[Int(state)] != 0 { add(head.node, line: LinePlace(head), rest: [], extra: 6) }
    guard match.openState != LexicalAutomaton.dead else { return }
    func shift(_ terminal: SymbolID, rest: [UInt8], endState: UInt16) {
      let mark = arena.mark
      defer { arena.release(mark) }
      recogniser.step.shift(CollectionOfOne(head.node), terminal, fallback: .end, column: 0)
      let line = LinePlace(head).behind(terminal, language)
      for node in recogniser.step.results {
        add(node, line: node == head.node ? LinePlace(head) : line, rest: rest, endState: endState, extra: 2)
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

  /// The columns of the blocks that are open at `head`, innermost first.
  private func openColumns(_ head: Head) -> [Int] {
    var columns: [Int] = []
    var node = head.node
    while node >= 0 {
      let entry = recogniser.arena.nodes[Int(node)]
      // Indents of blocks that are closed may still stand on the stack, beside the block around them.
      if columns.last.map({ Int(entry.column) < $0 }) ?? true { columns.append(Int(entry.column)) }
      node = entry.parent
    }
    if columns.last != 0 { columns.append(0) }
    return columns
  }

  /// The text of a plan: words apart, layout as line breaks at the columns of the blocks.
  ///
  /// - Parameter blockColumn: the column of the last block that the plan opens, where the fixed text behind wants one.
  private func render(_ plan: Plan, _ style: TextStyle, blockColumn: Int? = nil) -> [UInt8] {
    var bytes = plan.rest
    var columns = Array(openColumns(plan.head).reversed())
    var breaksLine = false
    let lastIndent = language.layout.flatMap { layout in plan.terminals.lastIndex(of: layout.indent) }
    for (index, terminal) in plan.terminals.enumerated() {
      if let layout = language.layout, layout.isLayout(terminal) {
        breaksLine = true
        if terminal == layout.indent {
          let outer = columns.last ?? 0
          let wanted = index == lastIndent ? blockColumn.flatMap { $0 > outer ? $0 : nil } : nil
          columns.append(wanted ?? outer + style.unit)
        }
        if terminal == layout.dedent, columns.count > 1 { columns.removeLast() }
        continue
      }
      if breaksLine {
        bytes += style.newline + style.indentation(columns.last ?? 0)
        breaksLine = false
      }
      let sample = language.samples.texts[terminal.index]
      if bytes.count == plan.rest.count, let first = sample.first { bytes += separator(plan, first, columns, style) }
      let last = bytes.last ?? text.last ?? 0x20
      if let first = sample.first, TerminalSamples.isWordByte(first), TerminalSamples.isWordByte(last) {
        bytes.append(0x20)
      }
      bytes += sample
    }
    if breaksLine, let first = rightText.first(where: { $0 != 0x20 }), first > 0x20 {
      // The fixed text goes on in the new line; its own blanks count.
      let blanks = rightText.prefix { $0 == 0x20 }.count
      bytes += style.newline + style.indentation(max(0, (columns.last ?? 0) - blanks))
    }
    return bytes
  }
}

extension HoleRecogniser {
  /// What keeps an unfinished terminal from running on into text that starts with `first`.
  private func separator(_ plan: Plan, _ first: UInt8, _ columns: [Int], _ style: TextStyle) -> [UInt8] {
    func runsOn(_ byte: UInt8) -> Bool {
      plan.endState != LexicalAutomaton.dead
        && language.lexer.table[Int(plan.endState) * 256 + Int(byte)] != LexicalAutomaton.dead
    }
    if !runsOn(first) { return [] }
    if !runsOn(0x20) { return [0x20] }
    return style.newline + (language.layout == nil ? [] : style.indentation(columns.last ?? 0))
  }
}

/// How a file breaks and indents its lines.
struct TextStyle {
  var newline: [UInt8] = [0x0A]
  var usesTabs = false
  var unit = 4
  private let tabWidth: Int

  init(_ text: [UInt8], tabWidth: Int) {
    self.tabWidth = tabWidth
    var index = 0
    var found = false
    while let end = text[index...].firstIndex(of: 0x0A) {
      if !found {
        if end > index, text[end - 1] == 0x0D { newline = [0x0D, 0x0A] }
        found = true
      }
      index = end + 1
      if index < text.count, text[index] == 0x09 {
        usesTabs = true
        unit = tabWidth
        break
      }
      let spaces = text[index...].prefix { $0 == 0x20 }.count
      if spaces >= 2, index + spaces < text.count, text[index + spaces] > 0x20 {
        unit = min(spaces, 8)
        break
      }
    }
  }

  func indentation(_ column: Int) -> [UInt8] {
    usesTabs
      ? [UInt8](repeating: 0x09, count: column / tabWidth) + [UInt8](repeating: 0x20, count: column % tabWidth)
      : [UInt8](repeating: 0x20, count: column)
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

extension Language {
  /// Text that may end what an external scanner has open.
  var closers: [[UInt8]] {
    (grammar.description.probes ?? []).map { Array($0.utf8) }
      + ["\"", "'", "`", ")", "]", "}", "\"\"\"", "'''", "*/", "\n", ";", ">"].map { Array($0.utf8) }
  }
}
