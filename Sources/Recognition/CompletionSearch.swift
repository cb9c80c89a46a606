import Grammar

extension HoleRecogniser {
  /// Writes a cheap completion of the current hole and closes it.
  ///
  /// A cheapest way through the summaries, written as text, is nearly always right. Where the concrete text refuses it,
  /// texts are tried in the order of what they and the rest are thought to cost (best-first search).
  ///
  /// - Parameters:
  ///   - limit: how many texts are looked at before the search is given up.
  ///   - room: ways that write no more terminals than this need not be the cheapest, and are much sooner found.
  /// - Returns: false, with everything as it was, if no text was found.
  public func completeAndClose(limit: Int = 200, room: Int? = nil) -> Bool {
    if close() { return true }
    let start = checkpoint
    let style = TextStyle(text, tabWidth: language.layout?.tabWidth ?? 8)
    finishCharacter()
    let base = buffer.count
    let first = checkpoint
    var queue: [Candidate] = [Candidate(text: [], written: 0, cost: 0)]
    var seen: Set<[UInt8]> = [[]]
    var similar: [Signature: Int] = [:]
    for _ in 0..<limit {
      // Among equals, the one that is nearer to the end.
      guard
        let next = queue.indices.min(by: { (queue[$0].cost, -queue[$0].written) < (queue[$1].cost, -queue[$1].written) }
        )
      else { break }
      let candidate = queue.remove(at: next)
      restore(first)
      if !candidate.text.isEmpty, !append(candidate.text) { continue }
      let plans = plans(room: room)
      for plan in plans.prefix(Self.plansTried) where tryToFinish(render(plan, style), style) { return true }
      let here = checkpoint
      for step in steps(plans, style) {
        let bytes = candidate.text + step.text
        guard !seen.contains(bytes), append(step.text) else { continue }
        seen.insert(bytes)
        if close() { return true }
        if let rest = self.plans(room: room).first {
          let signature = Signature(self, rest)
          if similar[signature, default: 0] < Self.similarTried {
            similar[signature, default: 0] += 1
            let written = candidate.written + step.cost
            queue.append(Candidate(text: Array(buffer.bytes[base...]), written: written, cost: written + rest.cost))
          }
        }
        restore(here)
      }
    }
    restore(start)
    return false
  }

  /// A text behind the frontier, what it costs, and what it and the rest cost at least.
  private struct Candidate {
    var text: [UInt8]
    var written: Int
    var cost: Int
  }

  /// What texts have in common that mostly go on alike.
  private struct Signature: Hashable {
    var state: UInt16
    var column: Int32
    var line: LinePlace
    var rest: Int

    init(_ recogniser: HoleRecogniser, _ plan: Plan) {
      let node = recogniser.recogniser.arena.nodes[Int(plan.head.node)]
      state = node.state
      column = node.open.column
      line = recogniser.completion.place(plan.head).line
      rest = plan.cost
    }
  }

  private static let plansTried = 6
  private static let similarTried = 3

  /// Completes a UTF-8 sequence that the text ends in, with the first bytes that may stand there.
  private func finishCharacter() {
    while buffer.bytes.endsInsideCharacter {
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
    [[0x20], style.newline] + openLines(style)
  }

  /// Line breaks to each column at which a block is open.
  private func openLines(_ style: TextStyle) -> [[UInt8]] {
    guard language.layout != nil, let head = frontier.heads.first else { return [] }
    return recogniser.arena.openColumns(of: head.node).map { style.newline + style.indentation($0) }
  }

  /// What may be written next: the beginnings of plans, lines, text for any terminal that the parser expects, and text
  /// that ends what a scanner has open.
  private func steps(_ plans: [Plan], _ style: TextStyle) -> [(text: [UInt8], cost: Int)] {
    var result: [(text: [UInt8], cost: Int)] = []
    func add(_ text: [UInt8], _ cost: Int) {
      if !text.isEmpty { result += [(text, cost), ([0x20] + text, cost)] }
    }
    for plan in plans.prefix(Self.plansTried) {
      if !plan.rest.isEmpty { add(plan.rest, plan.rest.count) }
      var first = plan
      var count = 1
      while count < first.terminals.count, language.layout?.isLayout(first.terminals[count - 1].symbol) ?? false {
        count += 1
      }
      first.terminals = Array(first.terminals.prefix(count))
      first.rest = []
      add(render(first, style), first.terminals.reduce(0) { $0 + Int(language.samples.costs[$1.symbol.index]) })
    }
    for line in openLines(style) { result.append((line, 4)) }
    for terminal in recogniser.expectedTerminals(at: frontier.heads) {
      add(language.samples.texts[terminal.index], Int(language.samples.costs[terminal.index]))
    }
    for closer in language.fixedProbes.closers { add(closer, 6) }
    let states = Set(frontier.heads.map(\.scanner)).sorted()
    for state in states {
      for closer in language.fixedProbes.filled(recogniser.lexer.scanner?.words(of: state) ?? []) { add(closer, 6) }
    }
    return result
  }
}
