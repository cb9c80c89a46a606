import Grammar

/// A stack top with what the lexer needs to go on: where the next terminal starts, and the scanner's state there.
public struct Head: Hashable, Sendable {
  var node: Int32
  /// The offset from which the next terminal, padding included, is lexed.
  public var position: Int
  var scanner: Int32
  /// The scanner's state had it never seen layout, by number: what the text right of a hole starts with.
  public var context: Int32
  /// The last terminal was one of layout, so the next one starts a logical line.
  var startsLine: Bool
}

/// All parses of a text up to its frontier. A value: keep a copy to roll back to it.
///
/// Heads are left where the terminal at the frontier starts; its bytes are lexed again when more text is known.
public struct Frontier: Hashable, Sendable {
  public internal(set) var heads: [Head]
  /// Nothing parses.
  public var isDead: Bool { heads.isEmpty }
}

/// Recognises text left to right with the grammar's own tables, all GLR alternatives together.
///
/// One session: it owns the stacks that its frontiers point into. Not for use from several threads at once.
public final class Recogniser {
  public let language: Language
  let arena = StackArena()
  let step: StackStep
  let lexer: TerminalLexer
  /// The furthest offset at which a terminal had no action, since the last `resetFailure()`.
  public private(set) var failure: Failure?

  /// Where and in which states recognition failed.
  public struct Failure: Sendable {
    /// The offset of the terminal that could not be taken, padding skipped.
    public var position: Int
    /// The heads that could not go on.
    public var heads: [Head]
  }

  /// `advance` gives up behind this moment, as if nothing parsed; nil for never.
  public var deadline: ContinuousClock.Instant?
  /// Whether the last `advance` gave up.
  public private(set) var wasInterrupted = false
  /// Inside the callback of `advance`: the heads that it was given are all there are.
  public private(set) var isWholeFrontier = true

  public init(_ language: Language) {
    self.language = language
    step = StackStep(language, arena)
    lexer = TerminalLexer(language)
    _ = arena.push(state: StateID.start.rawValue, Surroundings(), parent: -1)
  }

  /// The frontier at the start of `text`, behind its byte order mark.
  public func start(of text: some Collection<UInt8>) -> Frontier {
    let position = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return Frontier(heads: [Head(node: 0, position: position, scanner: 0, context: 0, startsLine: true)])
  }

  public func resetFailure() { failure = nil }

  /// Where fixed text starts with a terminal of its own, which none from the hole in front of it may cross.
  var border: Border?

  /// The end of a hole.
  struct Border {
    var offset: Int
    /// Where the hole starts, and the terminal that it was cut out of, if one.
    var holeStart: Int
    var cutTerminal: SymbolID?
  }

  /// Whether the whole of `text` is in the language. O(bytes) for the deterministic parts of a grammar.
  public func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    failure = nil
    var frontier = start(of: text)
    let mark = arena.mark
    defer { arena.release(mark) }
    return advance(&frontier, text, isComplete: true)
  }

  /// Takes every terminal that `text` decides, from the heads of `frontier` on.
  ///
  /// - Parameters:
  ///   - text: all of the text from its beginning; the bytes before the heads are as they were.
  ///   - isComplete: the text ends here; else the terminal at its end stays open.
  ///   - limit: terminals that start here or later are left.
  ///   - boundary: called with each set of heads that shares a position before it goes on.
  /// - Returns: whether the text is complete and accepted.
  @discardableResult
  public func advance(
    _ frontier: inout Frontier, _ text: UnsafeBufferPointer<UInt8>, isComplete: Bool, limit: Int = .max,
    boundary: ((Int, [Head]) -> Void)? = nil
  ) -> Bool {
    var work = frontier.heads
    var open: [Head] = []
    var accepted = false
    var stalls = 0
    var lastPosition = -1
    var steps = 0
    wasInterrupted = false
    while !work.isEmpty {
      steps += 1
      if steps % 1_024 == 0, let deadline, ContinuousClock.now > deadline {
        wasInterrupted = true
        frontier.heads = []
        return false
      }
      // The leftmost heads first, so that parses meet at every boundary and merge.
      let position = work.count == 1 ? work[0].position : work.reduce(Int.max) { min($0, $1.position) }
      if position >= limit {
        open.append(contentsOf: work)
        break
      }
      if position == lastPosition {
        stalls += 1
        if stalls > 512 { break }
      } else {
        stalls = 0
        lastPosition = position
      }
      if work.count == 1 {
        let head = work.removeLast()
        isWholeFrontier = open.isEmpty
        boundary?(position, [head])
        accepted = take(CollectionOfOne(head), text, isComplete, limit, &work, &open) || accepted
      } else {
        let current = work.filter { $0.position == position }
        work.removeAll { $0.position == position }
        isWholeFrontier = work.isEmpty && open.isEmpty
        boundary?(position, current)
        accepted = take(current, text, isComplete, limit, &work, &open) || accepted
      }
    }
    frontier.heads = open
    return accepted
  }

  /// Lexes for heads at one position and steps those that see the same terminal together.
  private func take(
    _ heads: some Collection<Head>, _ text: UnsafeBufferPointer<UInt8>, _ isComplete: Bool, _ limit: Int,
    _ work: inout [Head], _ open: inout [Head]
  ) -> Bool {
    var accepted = false
    var groups: [(Lookahead, [Head])] = []
    for head in heads {
      let state = arena.nodes[Int(head.node)].state
      switch lexer.lex(text, head.position, state: state, scannerState: head.scanner, isComplete: isComplete) {
      case .found(let lookahead):
        if lookahead.start >= limit {
          open.append(head)
          continue
        }
        if let border, lookahead.start < border.offset, border.offset < lookahead.end,
          !mayCross(border, lookahead, head, text, isComplete)
        {
          fail(head, at: lookahead.start)
          continue
        }
        if heads.count == 1 { return shift(CollectionOfOne(head), lookahead, text, &work) }
        if let index = groups.firstIndex(where: { $0.0 == lookahead && $0.1[0].startsLine == head.startsLine }) {
          groups[index].1.append(head)
        } else {
          groups.append((lookahead, [head]))
        }
      case .extraEnd:
        step.endExtra(CollectionOfOne(head.node))
        for node in step.results {
          var next = head
          next.node = node
          add(next, &work)
        }
      case .open: open.append(head)
      case .none: fail(head, at: head.position)
      }
    }
    for (lookahead, members) in groups { accepted = shift(members, lookahead, text, &work) || accepted }
    return accepted
  }

  /// The heads that shifting `lookahead`, which is the terminal at `head`, leads to.
  func heads(behind lookahead: Lookahead, _ head: Head, _ text: UnsafeBufferPointer<UInt8>) -> [Head] {
    var (work, heads): ([Head], [Head]) = ([], [])
    _ = shift(CollectionOfOne(head), lookahead, text, &work)
    while let head = work.popLast() {
      guard language.lexStates[Int(arena.nodes[Int(head.node)].state)] == ParseTables.noLookahead else {
        heads.append(head)
        continue
      }
      step.endExtra(CollectionOfOne(head.node))
      for node in step.results {
        var next = head
        next.node = node
        add(next, &work)
      }
    }
    return heads
  }

  /// A terminal that a hole was cut out of may go on behind it, if the fixed text alone goes on with it as well.
  private func mayCross(
    _ border: Border, _ lookahead: Lookahead, _ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ isComplete: Bool
  ) -> Bool {
    guard let terminal = border.cutTerminal, terminal == lookahead.terminal else { return false }
    if lookahead.start < border.holeStart { return true }
    let state = arena.nodes[Int(head.node)].state
    let rest = lexer.lex(text, border.offset, state: state, scannerState: head.scanner, isComplete: isComplete)
    guard case .found(let rest) = rest else { return false }
    return rest.terminal == terminal && rest.start == border.offset && rest.end == lookahead.end
  }

  private func shift(
    _ heads: some Collection<Head>, _ lookahead: Lookahead, _ text: UnsafeBufferPointer<UInt8>, _ work: inout [Head]
  ) -> Bool {
    guard let first = heads.first else { return false }
    var startsLine = false
    if let layout = language.layout {
      if layout.isLayout(lookahead.terminal) {
        startsLine = true
      } else if first.startsLine {
        let state = arena.nodes[Int(first.node)].state
        startsLine = language.isExtra(state, lookahead.terminal)
      }
      if language.strictLayout, !layout.isLayout(lookahead.terminal), lookahead.terminal != .end {
        let state = arena.nodes[Int(first.node)].state
        let isExtra = language.isExtra(state, lookahead.terminal)
        // Of several parses one may be at the end of its line and another not.
        let isAllowed =
          isExtra
          ? heads.contains { allowsExtra($0, text, lookahead.start) } : fitsLayout(first, text, lookahead.start)
        if !isAllowed {
          for head in heads { fail(head, at: lookahead.start) }
          return false
        }
      }
    }
    step.shift(
      heads.lazy.map(\.node), lookahead.terminal, fallback: lookahead.fallback, column: lookahead.column)
    if step.results.isEmpty, !step.accepted {
      for head in heads { fail(head, at: lookahead.start) }
      return false
    }
    let context = context(behind: lookahead, first, text)
    for node in step.results {
      add(
        Head(
          node: node, position: lookahead.end, scanner: lookahead.scanner, context: context, startsLine: startsLine),
        &work)
    }
    return step.accepted
  }

  /// Whether a terminal of the language proper may start at `start`: the first of a line at the column of the innermost
  /// block, any other on the line of the one before it, unless brackets join lines.
  func fitsLayout(_ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    guard language.strictLayout, let layout = language.layout else { return true }
    if head.startsLine {
      arena.hasReadColumn = true
      return Int(arena.nodes[Int(head.node)].open.column) == layout.column(text, start)
    }
    return arena.nodes[Int(head.node)].open.brackets > 0 || start <= head.position
      || !layout.breaksLine(text, head.position..<start)
  }

  /// Whether an extra may start at `start`: a comment, where lines are not joined, only where the line may end.
  func allowsExtra(_ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    guard language.strictLayout, let layout = language.layout, !head.startsLine,
      arena.nodes[Int(head.node)].open.brackets == 0,
      let mark = layout.lineComment.first, start < text.count, text[start] == mark
    else { return true }
    let state = arena.nodes[Int(head.node)].state
    return language.hasActions(state, layout.newline) || language.hasActions(state, layout.indent)
  }

  /// The scanner's state behind a terminal but for layout. The scanner runs again only where the terminal changed it.
  private func context(behind lookahead: Lookahead, _ head: Head, _ text: UnsafeBufferPointer<UInt8>) -> Int32 {
    if lookahead.scanner == head.scanner { return head.context }
    guard let layout = language.layout, let scanner = lexer.scanner else { return lookahead.scanner }
    if layout.isLayout(lookahead.terminal) { return head.context }
    let row = Int(language.externalLexStates[Int(arena.nodes[Int(head.node)].state)])
    let again = scanner.scan(lexer.continued ?? text, head.position, row: row, state: head.context)
    return again.found && again.terminal == lookahead.terminal ? again.state : head.context
  }

  /// Adds a head, merged with one that differs in its past only.
  private func add(_ head: Head, _ work: inout [Head]) {
    let node = arena.nodes[Int(head.node)]
    for index in work.indices {
      let other = work[index]
      guard other.position == head.position, other.scanner == head.scanner, other.startsLine == head.startsLine,
        arena.nodes[Int(other.node)].state == node.state, arena.nodes[Int(other.node)].open == node.open
      else { continue }
      if other.node == head.node { return }
      let merged = arena.push(state: node.state, node.open, parent: node.parent)
      for source in [head.node, other.node] {
        arena.forEachAncestor(of: source, depth: 1) { parent in
          if !arena.hasParent(merged, parent) { arena.addParent(merged, parent) }
        }
      }
      work[index].node = merged
      return
    }
    work.append(head)
  }

  private func fail(_ head: Head, at position: Int) {
    guard let known = failure, known.position >= position else {
      failure = Failure(position: position, heads: [head])
      return
    }
    if known.position == position { failure?.heads.append(head) }
  }
}
