import Grammar

/// Text for each gap of a canvas with which the whole text parses, and the parser's stacks along it.
///
/// The stacks at the start of each gap, and at stations in long fixed text, are what a change to the witness is compared
/// with: from where they are the same, the old witness goes on.
final class Witness {
  /// The fixed text in front of the first gap.
  private(set) var prefix: [UInt8]
  private(set) var gaps: [Gap]
  /// Whether there is one.
  private(set) var isKnown = false
  /// Its text is the witness, between changes.
  private var walker: HoleRecogniser
  private let language: Language
  private var recogniser: Recogniser { walker.recogniser }
  private var buffer: TextBuffer { walker.buffer }
  private let style: TextStyle
  /// How many nodes the stacks may have before those that nothing needs any more are dropped.
  private var nodeLimit = 0

  struct Gap {
    /// What the witness has in it.
    var filler: [UInt8] = []
    /// The fixed text behind it.
    var segment: [UInt8]
    /// Where it starts in the witness, and what the parser knows there.
    var start = HoleRecogniser.HoleStart()
    var frontier = Frontier(heads: [])
    /// The same within `segment`, every `stationDistance` bytes.
    var stations: [Frontier] = []
  }

  /// A gap to be taken; without `filler`, what to write in it is to be found.
  struct Entry {
    var filler: [UInt8]?
    var segment: [UInt8]
    /// Terminals that are thought to fit.
    var plan: [RightSummary.PlannedTerminal]?
    /// The gap that it stands for, where its text has not changed.
    var old: Int?
  }

  /// Another witness, as far as it differs from the one that is known.
  struct Draft {
    /// The gap at whose start it begins, and text that joins what is on the left of that.
    var first: Int
    var lead: [UInt8] = []
    var gaps: [Gap] = []
    var frontier: Frontier
    /// The gap from which on all is as it is, but for where it stands.
    var next: Int
    /// How many bytes further it stands.
    var shift = 0
    /// How often it may still look for what to write, at how many items of searches, and with how many summaries.
    var searches: Int
    var items: Int
    var summaries: Int
    /// The last entry, by number, behind which searches got stuck.
    var stuck = -1
    /// How many gaps that are as they were may follow before the stacks are, too.
    var room: Int
    var isDone = false
  }

  init(_ language: Language, prefix: [UInt8], segments: [[UInt8]]) {
    self.language = language
    self.prefix = prefix
    gaps = segments.map { Gap(segment: $0) }
    style = TextStyle(prefix + segments.joined(), tabWidth: language.layout?.tabWidth ?? 8)
    walker = HoleRecogniser(language, prefix: prefix, segments: [[]])
    isKnown = renew()
  }

  var text: [UInt8] { Array(buffer.bytes) }

  private static let stationDistance = 256
  /// What is looked at behind a gap whose text is searched for.
  struct Outlook {
    var gaps: Int
    /// Of the summary.
    var exits: Int
    /// For a change of a witness.
    static let quick = Outlook(gaps: 2, exits: 30_000)
    static let near = Outlook(gaps: 3, exits: 100_000)
    /// Where the summary needs more than that.
    static let deep = Outlook(gaps: 3, exits: 3_000_000)
    /// Where what was found leads nowhere further on.
    static let far = Outlook(gaps: 6, exits: 1_000_000)
  }
  private static let textsTried = 20
  private static let itemsFirst = 1_000_000
  private static let items = 100_000
  private static let summaries = 2
  /// For a first witness, before summaries are left to find all of it.
  private static let summariesFirst = 8
  private static let spareNodes = 1 << 16

  /// Takes a draft for the witness, which the text is already.
  func adopt(_ draft: Draft) {
    if draft.first > 0 {
      gaps[draft.first - 1].segment += draft.lead
    } else {
      prefix += draft.lead
    }
    let rest = gaps[draft.next...].map { gap in
      var gap = gap
      gap.start.offset += draft.shift
      gap.frontier = gap.frontier.moved(by: draft.shift)
      gap.stations = gap.stations.map { $0.moved(by: draft.shift) }
      return gap
    }
    gaps = gaps[..<draft.first] + draft.gaps + rest
    if recogniser.arena.nodeCount > nodeLimit { isKnown = renew() }
  }

  /// Parses everything anew, with what is known to fit into gaps, or for the first time.
  private func renew() -> Bool {
    // Where a way that a search has found leads into a corner, summaries alone may know better.
    renew(items: Self.itemsFirst) || !isKnown && renew(items: 0)
  }

  private func renew(items: Int) -> Bool {
    walker = HoleRecogniser(language, prefix: prefix, segments: [[]])
    if gaps.isEmpty { return recogniser.accepts(buffer.bytes) }
    let entries = gaps.map { Entry(filler: isKnown ? $0.filler : nil, segment: $0.segment) }
    var draft = Draft(
      first: 0, frontier: walker.frontier, next: gaps.count, searches: gaps.count, items: items,
      summaries: items > 0 ? Self.summariesFirst : gaps.count,
      room: 0)
    guard write(entries, &draft) else { return false }
    gaps = draft.gaps
    nodeLimit = 2 * recogniser.arena.nodeCount + Self.spareNodes
    return true
  }

  // MARK: Drafts

  /// Where the terminals of a gap's filler start, padding included, and where it ends.
  func cuts(in gap: Int) -> [Int] {
    let (start, count) = (gaps[gap].start.offset, gaps[gap].filler.count)
    if count == 0 { return [0] }
    let mark = recogniser.arena.mark
    defer { recogniser.arena.release(mark) }
    let text = UnsafeBufferPointer(rebasing: buffer.bytes[..<(start + count)])
    var frontier = gaps[gap].frontier
    var cuts: Set = [0, count]
    func add(_ position: Int) { if position > start { cuts.insert(position - start) } }
    _ = recogniser.advance(&frontier, text, isComplete: false) { position, _ in add(position) }
    for head in frontier.heads { add(head.position) }
    return cuts.sorted()
  }

  /// A new witness from the start of gap `first` on; nil, with everything as it was, if none is found.
  ///
  /// - Parameter replacing: how many gaps the entries stand for.
  func draft(
    from first: Int, _ lead: [UInt8], _ entries: [Entry], replacing: Int = 1, searches: Int, room: Int
  ) -> Draft? {
    let start = gaps[first].start.offset
    let old = Array(buffer.bytes[start...])
    let mark = recogniser.arena.mark
    var draft = Draft(
      first: first, lead: lead, frontier: gaps[first].frontier, next: first + replacing, searches: searches,
      items: Self.items, summaries: Self.summaries, room: room)
    buffer.truncate(to: start)
    if write(entries, &draft) {
      if draft.next < gaps.count {
        draft.shift = buffer.count - gaps[draft.next].start.offset
        buffer.append(contentsOf: old[(gaps[draft.next].start.offset - start)...])
      }
      return draft
    }
    buffer.truncate(to: start)
    buffer.append(contentsOf: old)
    recogniser.arena.release(mark)
    return nil
  }

  /// Writes the lead, then `entries`, then the old gaps until all is as it was.
  private func write(_ entries: [Entry], _ draft: inout Draft) -> Bool {
    if !draft.lead.isEmpty {
      guard CharacterState(endOf: buffer.bytes).allows(draft.lead) else { return false }
      buffer.append(contentsOf: draft.lead)
      let isComplete = entries.isEmpty && draft.next == gaps.count
      let isAccepted = recogniser.advance(&draft.frontier, buffer.bytes, isComplete: isComplete)
      if isComplete { return isAccepted }
      if draft.frontier.isDead { return false }
    }
    var entries = entries
    var index = 0
    var farthest = -1
    var back = 1
    while true {
      if index == entries.count {
        if draft.next == gaps.count || draft.isDone { return true }
        let old = gaps[draft.next]
        if isSame(draft.frontier, old.frontier, shift: buffer.count - old.start.offset) { return true }
        if draft.room == 0 { return false }
        draft.room -= 1
        entries.append(Entry(filler: old.filler, segment: old.segment, old: draft.next))
        draft.next += 1
      }
      if take(&entries, index, index > farthest ? .near : .far, &draft) {
        index += 1
        continue
      }
      // Where the text is stuck, what was found for the gaps before looked at too little of it.
      if index > farthest { (farthest, back) = (index, 1) } else { back *= 2 }
      guard back / 2 < farthest, back < 2 * Outlook.far.gaps, draft.searches > 0 else { return false }
      index = max(farthest - back, 0)
      for dropped in index..<farthest { (entries[dropped].filler, entries[dropped].plan) = (nil, nil) }
      buffer.truncate(to: draft.gaps[index].start.offset)
      draft.frontier = draft.gaps[index].frontier
      draft.gaps.removeSubrange(index...)
    }
  }

  /// Goes on over a gap and the text behind it, with other text in the gap where what it is given does not lead on.
  private func take(_ entries: inout [Entry], _ index: Int, _ outlook: Outlook, _ draft: inout Draft) -> Bool {
    let entry = entries[index]
    let isLast = index == entries.count - 1 && draft.next == gaps.count
    let old = entry.old.map { gaps[$0] }
    var gap = Gap(segment: entry.segment, frontier: draft.frontier)
    if let old, isAlike(draft.frontier, old.frontier, shift: buffer.count - old.start.offset) {
      gap.start = old.start
      gap.start.offset = buffer.count
    } else {
      gap.start = walker.start(of: draft.frontier, before: entry.segment, isLast: isLast)
    }
    if let filler = entry.filler, take(filler, &gap, isLast, &draft, old: old) { return true }
    if draft.frontier.isDead { return false }
    var refused: [[SymbolID]] = []
    if let plan = entry.plan {
      if take(plan, &gap, isLast, &draft) { return true }
      refused.append(plan.map(\.symbol))
    }
    guard draft.searches > 0 else { return false }
    draft.searches -= 1
    while index > draft.stuck, refused.count < Self.plansTried, plan(&entries, index, gap, refused, &draft),
      let plan = entries[index].plan
    {
      if take(plan, &gap, isLast, &draft) { return true }
      refused.append(plan.map(\.symbol))
    }
    if draft.summaries == 0 { return false }
    draft.summaries -= 1
    let behind =
      entries[(index + 1)...].prefix(Outlook.far.gaps + 1).map(\.segment)
      + gaps[draft.next...].prefix(Outlook.far.gaps + 1).map(\.segment)
    let found = find(gap, behind, isKnown ? .quick : outlook)
    guard let filler = found ?? (walker.isSpent && !isKnown ? find(gap, behind, .deep) : nil) else { return false }
    return take(filler, &gap, isLast, &draft, old: nil)
  }

  // MARK: Plans

  private static let plansTried = 6

  /// Looks for terminals for a gap and those behind it, up to one from which the old witness goes on.
  ///
  /// - Parameter refused: terminals that did not fit into the gap.
  private func plan(
    _ entries: inout [Entry], _ index: Int, _ gap: Gap, _ refused: [[SymbolID]], _ draft: inout Draft
  ) -> Bool {
    let mark = recogniser.arena.mark
    defer { recogniser.arena.release(mark) }
    walker.stand(at: gap.start)
    let starts = settled(draft.frontier)
    let own = entries[index...].map(\.segment)
    let behind = gaps[draft.next...]
    var farthest: GapSearch?
    let attempts = isKnown ? GapSearch.attemptsNear : GapSearch.attempts
    for (gapCost, items) in attempts where draft.items > 0 && !starts.isEmpty {
      let limit = min(draft.items, items)
      let search = GapSearch(
        recogniser, segments: own + behind.map(\.segment), gapCost: gapCost, refused: refused, limit: limit)
      for (number, gap) in behind.enumerated() {
        search.goals[own.count + number] = Set(
          gap.frontier.heads.flatMap { search.copies(of: $0.node, recogniser.arena) })
      }
      for head in starts {
        let place = walker.place(head)
        for node in search.copies(of: head.node, recogniser.arena) { search.start(node, place) }
      }
      let found = search.find()
      draft.items -= limit - search.itemsLeft
      if let found {
        take(found, &entries, index, &draft)
        return true
      }
      if farthest.map({ $0.farthest.gap < search.farthest.gap }) ?? true { farthest = search }
    }
    guard let farthest else { return false }
    // A summary helps to get further. Without a witness, a way to there is half.
    draft.stuck = max(draft.stuck, index + farthest.farthest.gap)
    guard !isKnown, let part = farthest.part else { return false }
    take(part, &entries, index, &draft)
    return true
  }

  /// Notes what was found for the entries from `index` on and for old gaps behind them.
  private func take(
    _ found: [[RightSummary.PlannedTerminal]], _ entries: inout [Entry], _ index: Int, _ draft: inout Draft
  ) {
    let own = entries.count - index
    for entry in index..<entries.count where entry - index < found.count {
      (entries[entry].filler, entries[entry].plan) = (nil, found[entry - index])
    }
    for plan in found.dropFirst(own) {
      entries.append(Entry(segment: gaps[draft.next].segment, plan: plan))
      draft.next += 1
    }
  }

  /// Where parsers stand if the text ends here: a terminal that could go on ends as well.
  private func settled(_ frontier: Frontier) -> [Head] {
    let count = buffer.count
    var result: [Head] = []
    for head in frontier.heads {
      if isBlank(behind: head) {
        result.append(head)
        continue
      }
      var next = Frontier(heads: [head])
      _ = recogniser.advance(&next, buffer.continued(by: [0x20]), isComplete: false, limit: count)
      for head in next.heads {
        if isBlank(behind: head) {
          result.append(head)
          continue
        }
        let state = recogniser.arena.nodes[Int(head.node)].state
        let lookahead = recogniser.lexer.lexInternally(
          buffer.bytes, head.position, state: state, lexState: language.lexStates[Int(state)], head.scanner,
          isComplete: false, isCut: true)
        if case .found(let found) = lookahead, found.end == count {
          result += recogniser.heads(behind: found, head, buffer.bytes)
        }
      }
    }
    return result
  }

  private func isBlank(behind head: Head) -> Bool {
    head.position >= buffer.count || buffer.bytes[head.position...].allSatisfy { $0 <= 0x20 }
  }

  /// Writes planned terminals, closer together or further apart.
  private func take(
    _ plan: [RightSummary.PlannedTerminal], _ gap: inout Gap, _ isLast: Bool, _ draft: inout Draft
  ) -> Bool {
    guard let head = draft.frontier.heads.first else { return false }
    let way = HoleRecogniser.Plan(
      cost: 0, rest: [], endState: LexicalAutomaton.dead, terminals: plan, head: head)
    var tried: Set<[UInt8]> = []
    for isWide in [false, true] {
      let text = walker.render(way, style, before: gap.segment, isWide: isWide)
      let isWord = gap.segment.first.map(TerminalSamples.isWordByte) ?? false
      let last = text.last ?? buffer.bytes.last ?? 0x20
      let blank: [[UInt8]] = isWide || isWord && TerminalSamples.isWordByte(last) ? [[0x20], []] : [[], [0x20]]
      for closing in blank + [style.newline] where tried.insert(text + closing).inserted {
        if take(text + closing, &gap, isLast, &draft, old: nil) { return true }
      }
    }
    return false
  }

  private func take(_ filler: [UInt8], _ gap: inout Gap, _ isLast: Bool, _ draft: inout Draft, old: Gap?) -> Bool {
    let (count, mark) = (buffer.count, recogniser.arena.mark)
    gap.filler = filler
    gap.stations = []
    if let next = cross(&gap, isLast, old, &draft.isDone) {
      draft.frontier = next
      draft.gaps.append(gap)
      return true
    }
    buffer.truncate(to: count)
    recogniser.arena.release(mark)
    return false
  }

  /// The frontier behind a gap and its segment, which are written; nil if they do not parse. Stops where all is as it was
  /// in `old`.
  private func cross(_ gap: inout Gap, _ isLast: Bool, _ old: Gap?, _ isDone: inout Bool) -> Frontier? {
    guard CharacterState(endOf: buffer.bytes).allows(gap.filler + gap.segment.prefix(4)) else { return nil }
    walker.stand(at: gap.start)
    buffer.append(contentsOf: gap.filler)
    let end = buffer.count
    buffer.append(contentsOf: gap.segment)
    var next = gap.frontier
    walker.leaveHole(&next, at: end, isComplete: isLast)
    for offset in stride(from: Self.stationDistance, to: gap.segment.count, by: Self.stationDistance) {
      if next.isDead { return nil }
      _ = recogniser.advance(&next, buffer.bytes, isComplete: isLast, limit: end + offset)
      if let old, gap.stations.count < old.stations.count {
        let shift = gap.start.offset - old.start.offset
        if isSame(next, old.stations[gap.stations.count], shift: shift) {
          gap.stations += old.stations[gap.stations.count...].map { $0.moved(by: shift) }
          isDone = true
          return next
        }
      }
      gap.stations.append(next)
    }
    let accepted = recogniser.advance(&next, buffer.bytes, isComplete: isLast)
    return isLast ? accepted ? next : nil : next.isDead ? nil : next
  }

  /// Text for a gap with which it, its segment and, as far as terminals tell, those behind it can be completed.
  private func find(_ gap: Gap, _ behind: [[UInt8]], _ outlook: Outlook) -> [UInt8]? {
    let count = buffer.count
    let rest = behind.count > outlook.gaps ? behind.prefix(outlook.gaps) + [[]] : behind[...]
    walker.begin(gap.frontier, at: gap.start, segments: [gap.segment] + rest, exitLimit: outlook.exits)
    let start = walker.checkpoint
    defer { walker.restore(start) }
    // Where both sides would make one terminal, something else was meant to stand between them.
    for separator in gap.start.cutTerminal == nil ? [[]] : [[0x20], []] as [[UInt8]]
    where separator.isEmpty || walker.append(separator) {
      if walker.completeAndClose(limit: Self.textsTried, room: .max) {
        return Array(buffer.bytes[count..<(buffer.count - gap.segment.count)])
      }
      walker.restore(start)
    }
    return nil
  }

  /// Whether two frontiers differ in nothing but where they are.
  private func isSame(_ frontier: Frontier, _ old: Frontier, shift: Int) -> Bool {
    isAlike(frontier, old, shift: shift)
      && zip(frontier.heads, old.heads).allSatisfy { recogniser.arena.isSame($0.node, $1.node) }
  }

  /// Whether two frontiers differ in nothing but where they are and what is below the tops of their stacks.
  private func isAlike(_ frontier: Frontier, _ old: Frontier, shift: Int) -> Bool {
    let nodes = recogniser.arena.nodes
    return frontier.heads.count == old.heads.count
      && zip(frontier.heads, old.heads).allSatisfy {
        let (node, other) = (nodes[Int($0.node)], nodes[Int($1.node)])
        return $0.position == $1.position + shift && $0.scanner == $1.scanner && $0.context == $1.context
          && $0.startsLine == $1.startsLine && node.state == other.state && node.open == other.open
      }
  }
}

extension Frontier {
  /// The same in a text that is longer in front of it by `shift` bytes.
  fileprivate func moved(by shift: Int) -> Frontier {
    if shift == 0 { return self }
    var moved = self
    for index in moved.heads.indices { moved.heads[index].position += shift }
    return moved
  }
}
