import Grammar

/// A walk down a trie of bytes from the frontier, for masks over a vocabulary.
///
/// Nearly all bytes of a vocabulary go on with the terminal that is unfinished at the frontier. What they lead to depends
/// on the state of the lexical automaton alone: such a byte is one step of the automaton and one look at a verdict that
/// is computed once per state and walk. The other bytes, those that end a terminal or that an external scanner has
/// something to say about, are decided as `append` decides them, and what follows them starts with a parser of its own.
extension HoleRecogniser {
  struct Walk {
    /// By depth: what the bytes so far have led to.
    fileprivate var levels: [Level] = []
    /// Parsers that some level stands on.
    fileprivate var bases: [Base] = []
  }

  /// Where a parser stands, and what is known about the terminals that start there.
  fileprivate struct Base {
    var frontier: Frontier
    var mark: StackArena.Mark
    /// The number of bytes at which the frontier was reached.
    var depth: Int
    var kind: Kind = .unknown
    /// Shape (lexical states, 8): by state and place, 4 standing for padding: 0 unknown, 1 refused, 2 viable. Empty until
    /// it is needed.
    var verdicts: [UInt8] = []

    enum Kind {
      case unknown
      /// The scanner has no say in the terminal that is under way.
      case internally
      /// The scanner has to be asked again for every byte.
      case undecided
      /// Several parses, or the end of an extra: every byte is decided anew.
      case other
    }
  }

  /// A byte on the way: the terminal that it belongs to, on a base.
  fileprivate struct Level {
    var base: Int32
    /// The base's parser is all there is to know; else the fields below hold.
    var isAtBase: Bool
    var state: UInt16 = 0
    var word = LexicalAutomaton.dead
    /// Where the terminal starts, -1 in the padding before it.
    var start: Int32 = -1
    /// `fitsLayout` and `allowsExtra` at `start`, as bits.
    var place: UInt8 = 0
    /// The terminal, or what it started with, has been accepted on the way.
    var hasAccepted = false
  }

  /// Starts a walk. Until `endWalk` nothing but `ascend` and `descend` may be called.
  public func beginWalk() {
    walk.bases = [Base(frontier: frontier, mark: recogniser.arena.mark, depth: 0)]
    walk.levels = [Level(base: 0, isAtBase: true)]
  }

  public func endWalk() { ascend(to: 0) }

  /// Drops levels until `depth` bytes are left.
  public func ascend(to depth: Int) {
    let dropped = walk.levels.count - depth - 1
    if dropped <= 0 { return }
    walk.levels.removeLast(dropped)
    buffer.truncate(to: buffer.count - dropped)
    while let base = walk.bases.last, base.depth > depth {
      recogniser.arena.release(base.mark)
      walk.bases.removeLast()
    }
  }

  /// Goes one byte deeper if the bytes so far can be completed. Amortised O(1) for most bytes.
  public func descend(_ byte: UInt8) -> Bool {
    let level = walk.levels[walk.levels.count - 1]
    let base = Int(level.base)
    if level.isAtBase {
      if walk.bases[base].kind == .unknown { walk.bases[base].kind = kind(of: walk.bases[base].frontier) }
      switch walk.bases[base].kind {
      case .internally:
        if let current = current(level.base) { return step(current, byte) ?? parse(byte) }
      case .undecided: return ask(level.base, byte) ?? parse(byte)
      case .other, .unknown: break
      }
      return parse(byte)
    }
    return step(level, byte) ?? parse(byte)
  }

  private func kind(of frontier: Frontier) -> Base.Kind {
    guard frontier.heads.count == 1 else { return .other }
    let head = frontier.heads[0]
    let state = recogniser.arena.nodes[Int(head.node)].state
    if language.lexStates[Int(state)] == ParseTables.noLookahead { return .other }
    let row = Int(language.externalLexStates[Int(state)])
    guard row != 0, let scanner = recogniser.lexer.scanner else { return .internally }
    let scan = scanner.scan(buffer.bytes, head.position, row: row, state: head.scanner)
    return scan.sawEnd ? .undecided : scan.found ? .other : .internally
  }

  /// The terminal that is under way at a base; nil if the lexer is through with it.
  private func current(_ base: Int32) -> Level? {
    let head = walk.bases[Int(base)].frontier.heads[0]
    let lexState = language.lexStates[Int(recogniser.arena.nodes[Int(head.node)].state)]
    let text = buffer.bytes
    let match = language.lexer.match(text, head.position, lexState, isComplete: false)
    if match.openState == LexicalAutomaton.dead { return nil }
    var level = Level(base: base, isAtBase: false)
    level.state = match.openState
    level.hasAccepted = match.terminal != LexicalAutomaton.noTerminal
    if match.openStart < text.count { begin(&level, head, text, match.openStart) }
    return level
  }

  private func parserState(_ base: Int32) -> Int {
    Int(recogniser.arena.nodes[Int(walk.bases[Int(base)].frontier.heads[0].node)].state)
  }

  /// Notes where the terminal of `level` starts.
  private func begin(_ level: inout Level, _ head: Head, _ text: UnsafeBufferPointer<UInt8>, _ start: Int) {
    level.start = Int32(start)
    level.word = Word(language, text, start).state
    level.place =
      (recogniser.fitsLayout(head, text, start) ? 1 : 0) | (recogniser.allowsExtra(head, text, start) ? 2 : 0)
  }

  /// A byte behind text that the scanner could not decide on; nil if it still cannot.
  private func ask(_ base: Int32, _ byte: UInt8) -> Bool? {
    let head = walk.bases[Int(base)].frontier.heads[0]
    let row = Int(language.externalLexStates[Int(recogniser.arena.nodes[Int(head.node)].state)])
    guard let scanner = recogniser.lexer.scanner else { return nil }
    let scan = scanner.scan(
      buffer.continued(by: CollectionOfOne(byte)), head.position, row: row, state: head.scanner)
    if scan.sawEnd || scan.found { return nil }
    buffer.append(byte)
    guard let level = current(base), level.start >= 0, !language.lexer.isFinal[Int(level.state)],
      let verdict = verdict(level)
    else {
      buffer.truncate(to: buffer.count - 1)
      return nil
    }
    return conclude(level, verdict)
  }

  /// A byte that goes on with an unfinished terminal; nil if it ends it, or if the automaton alone cannot tell.
  @inline(__always)
  private func step(_ level: Level, _ byte: UInt8) -> Bool? {
    let next = language.lexer.table[Int(level.state) &* 256 &+ Int(byte)]
    if next == LexicalAutomaton.dead { return nil }
    let state = next & LexicalAutomaton.stateMask
    if language.lexer.isFinal[Int(state)] { return nil }
    var following = level
    following.state = state
    if next & LexicalAutomaton.skipBit != 0 {
      // Under a layout rule padding has a meaning, and inside a string there is none.
      if language.layout != nil { return nil }
      if language.isTight[parserState(level.base)] { return false }
      following.start = -1
      following.hasAccepted = false
      buffer.append(byte)
    } else {
      buffer.append(byte)
      if level.start < 0 {
        begin(&following, walk.bases[Int(level.base)].frontier.heads[0], buffer.bytes, buffer.count - 1)
      } else if level.word != LexicalAutomaton.dead, let keywords = language.keywords {
        let word = keywords.table[Int(level.word) &* 256 &+ Int(byte)]
        following.word = word == LexicalAutomaton.dead ? word : word & LexicalAutomaton.stateMask
      }
    }
    guard let verdict = verdict(following) else {
      buffer.truncate(to: buffer.count - 1)
      return nil
    }
    return conclude(following, verdict)
  }

  /// Takes the byte that was appended, or takes it back.
  @inline(__always)
  private func conclude(_ level: Level, _ verdict: Bool) -> Bool {
    if verdict {
      var level = level
      if language.lexer.accepts[Int(level.state)] != LexicalAutomaton.noTerminal { level.hasAccepted = true }
      walk.levels.append(level)
    } else {
      buffer.truncate(to: buffer.count - 1)
    }
    return verdict
  }

  /// Whether the text up to the byte that `level` stands for is viable; nil if the terminal may have ended earlier.
  @inline(__always)
  private func verdict(_ level: Level) -> Bool? {
    let base = Int(level.base)
    let hasPattern = language.hasPattern[Int(level.state)]
    let isSimple = level.word == LexicalAutomaton.dead && !hasPattern
    let index = Int(level.state) &* 8 &+ Int(level.start < 0 ? 4 : level.place)
    if isSimple {
      if walk.bases[base].verdicts.isEmpty {
        walk.bases[base].verdicts = [UInt8](repeating: 0, count: language.lexer.stateCount * 8)
      }
      let known = walk.bases[base].verdicts[index]
      if known == 2 { return true }
      if known == 1 { return endsHere(level) ? false : nil }
    }
    let head = walk.bases[base].frontier.heads[0]
    let isViable =
      level.start < 0
      ? completion.isCompletable(head.node, hole: hole, completion.place(head))
      : canBecome(
        head, level.state, Word(state: level.word), buffer.bytes, Int(level.start), fitsLayout: level.place & 1 != 0,
        allowsExtra: level.place & 2 != 0, hole)
    if isSimple { walk.bases[base].verdicts[index] = isViable ? 2 : 1 }
    return isViable ? true : endsHere(level) ? false : nil
  }

  /// Whether the terminal cannot have ended before the last byte, so that a refusal is final.
  @inline(__always)
  private func endsHere(_ level: Level) -> Bool {
    level.start < 0 || !level.hasAccepted || language.lexer.accepts[Int(level.state)] != LexicalAutomaton.noTerminal
  }

  /// Decides a byte with the parser, as `append` does.
  private func parse(_ byte: UInt8) -> Bool {
    let base = walk.bases[Int(walk.levels[walk.levels.count - 1].base)]
    let mark = recogniser.arena.mark
    buffer.append(byte)
    var next = base.frontier
    _ = recogniser.advance(&next, buffer.bytes, isComplete: false)
    guard isViable(next, buffer.bytes, hole) else {
      buffer.truncate(to: buffer.count - 1)
      recogniser.arena.release(mark)
      return false
    }
    walk.levels.append(Level(base: Int32(walk.bases.count), isAtBase: true))
    walk.bases.append(Base(frontier: next, mark: mark, depth: walk.levels.count - 1))
    return true
  }
}
