import Grammar
import Vocabulary

/// Computes masks over a vocabulary at the frontier of a text with holes.
///
/// From the lexical point at the frontier, each group of tokens that end in one condition is decided once, and each
/// terminal in which tokens end is shifted once; what they go on with is a point of its own. Masks of points are
/// remembered with all that they depend on (`MaskMemory`).
final class MaskEvaluator {
  private unowned let session: HoleRecogniser
  let paths: TokenPaths
  private let language: Language
  private let arena: StackArena
  private let completion: Completion
  private let scanner: ScannerSession?
  /// What the verdicts of a mask depend on.
  private let observed = Completion.Observations()
  /// With the session's numbers of the scanner's states.
  private let lexer: TokenLexer
  /// Numbers of the scanner's states, from the session's to those of `paths`, and back.
  private var shared: [Int32: Int32] = [:]
  private var own: [Int32: Int32] = [:]
  /// Tokens that have to be checked one by one.
  private var others: [TokenID] = []
  /// By depth, and by terminal for the point that is computed there.
  private var verdicts: [UnsafeMutablePointer<Verdict>] = []
  private var depth = 0
  /// A token ends more terminals than this only where terminals have no bytes.
  private static let maximalDepth = 160

  private static let rememberedDepth = 3
  /// What is deeper is remembered if it takes this many points, as many opening brackets in one token do.
  private static let muchWork = 12
  /// Points computed so far.
  private var work = 0
  /// What is deeper than this is remembered when it is met for the second time: most of it is met once.
  private static let depthOfOften = 2

  /// Whether a terminal can be shifted, with what the verdict was read from.
  private struct Verdict: BitwiseCopyable {
    var isViable = false
    var reads = Reads()
    /// Among those of `Completion`; empty and from -1 on where nothing is known.
    var firstQuery: Int32 = -1
    var endOfQueries: Int32 = 0
  }

  /// What was looked at, but for the queries.
  private struct Reads: BitwiseCopyable {
    /// The deepest node.
    var lowest = Int32.max
    /// The columns of all open blocks, and that of a node that was looked at.
    var columns = false
    var column = false
    /// The scanner's state as far as it is about layout.
    var layout = false
    /// How the text behind the hole is reached.
    var text = false

    mutating func merge(_ other: Reads) {
      lowest = min(lowest, other.lowest)
      columns = columns || other.columns
      column = column || other.column
      layout = layout || other.layout
      text = text || other.text
    }
  }

  /// What was looked at since this was set.
  private var reads: Reads {
    get {
      Reads(
        lowest: arena.lowestRead, columns: arena.hasReadColumns, column: arena.hasReadColumn,
        layout: scanner?.hasPassedLine ?? false, text: observed.dependsOnText)
    }
    set {
      arena.lowestRead = newValue.lowest
      (arena.hasReadColumns, arena.hasReadColumn) = (newValue.columns, newValue.column)
      scanner?.hasPassedLine = newValue.layout
      observed.dependsOnText = newValue.text
    }
  }

  /// A parser somewhere in the tokens.
  private struct Standing {
    var head: Head
    /// For a terminal that began before the tokens: whether it fits the layout, and whether an extra does, as bits.
    var place: UInt8 = 0
    /// The column of the head's position, where a line starts with it.
    var column: Int32 = 0
  }

  init(_ session: HoleRecogniser, _ paths: TokenPaths) {
    self.session = session
    self.paths = paths
    language = session.language
    arena = session.recogniser.arena
    completion = session.completion
    scanner = session.recogniser.lexer.scanner
    lexer = TokenLexer(language, scanner)
  }

  deinit {
    for row in verdicts { row.deallocate() }
  }

  /// All tokens that may come next.
  func mask() -> TokenMask {
    others.removeAll(keepingCapacity: true)
    observed.queries.removeAll(keepingCapacity: true)
    observed.dependsOnText = false
    completion.observations = observed
    var parts: [TokenSet] = []
    for head in session.frontier.heads {
      addTokens(behind: head, &parts)
    }
    completion.observations = nil
    var mask = TokenMask(capacity: paths.vocabulary.count)
    mask.withMutableWords { words in
      for part in parts { part.insert(into: words) }
    }
    for token in others where !mask.contains(token) {
      if session.canAppend(paths.vocabulary.bytes(of: token)) { mask.insert(token) }
    }
    return mask
  }

  // MARK: The frontier

  /// Adds the tokens that may stand at the frontier of `head`.
  private func addTokens(behind head: Head, _ parts: inout [TokenSet]) {
    let text = session.buffer.bytes
    let state = arena.nodes[Int(head.node)].state
    var standing = Standing(head: head, column: column(of: head))
    var start = self.start(state, head)
    let pending = text[head.position...]
    if pending.isEmpty {
      parts.append(tokens(paths.point(start), standing))
      return
    }
    if start.row != 0, let scanner {
      let scan = scanner.scan(text, head.position, row: Int(start.row), state: head.scanner)
      if scan.sawEnd {
        let bytes = representative(of: pending, start, head)
        // Columns are those of the line that starts there.
        if bytes.contains(where: \.isLineBreak) { standing.column = 0 }
        let point = point(start, paths.rests(behind: bytes), head)
        // Verdicts read the pending text again and again: better what stands for it.
        parts.append(
          bytes.count != pending.count
            ? session.withText(from: head.position, bytes) { tokens(point, standing) } : tokens(point, standing))
        return
      }
      start = start.withoutScanner
    }
    let match = language.lexer.match(text, head.position, start.lexState, isComplete: false)
    if match.openState == LexicalAutomaton.dead {
      others += paths.allTokens
      return
    }
    if match.openStart >= text.count {
      // Under a layout rule it matters what the padding is.
      if language.layout != nil {
        parts.append(tokens(paths.point(start, behind: representative(of: pending, start, head)), standing))
        return
      }
      if start.isTight { return }
      start.lexState = match.openState
      start.unfinished = LexicalStart.Unfinished(hasBegun: false)
      parts.append(tokens(paths.point(start), standing))
      return
    }
    if start.isTight, match.openStart > head.position { return }
    start.isTight = false
    start.lexState = match.openState
    var unfinished = LexicalStart.Unfinished(hasBegun: true)
    unfinished.hasAccepted = match.terminal != LexicalAutomaton.noTerminal && match.end < text.count
    if language.lexer.reachable[Int(match.openState)].contains(language.wordTerminal), language.wordTerminal != .end {
      unfinished.word = HoleRecogniser.Word(language, text, match.openStart).state
    }
    let terminal = text[match.openStart...]
    if language.hasPattern[Int(match.openState)] {
      unfinished.patterns = language.patterns.map {
        $0?.state(after: UnsafeBufferPointer(rebasing: terminal)) ?? TerminalPattern.noBytes
      }
    }
    if language.reservedWords.contains(where: { $0.starts(with: terminal) }) { unfinished.text = Array(terminal) }
    start.unfinished = unfinished
    standing.place =
      (session.recogniser.fitsLayout(head, text, match.openStart) ? 1 : 0)
      | (session.recogniser.allowsExtra(head, text, match.openStart) ? 2 : 0)
    let point = paths.point(start)
    parts.append(tokens(point, standing))
    if !point.endedBefore.isEmpty { addTokens(point.endedBefore, behind: head, &parts) }
  }

  /// Adds those of `tokens` that may stand where the terminal at the frontier has ended before it, as a number in front of
  /// `x`, so that the text behind its end is lexed anew.
  private func addTokens(_ tokens: [TokenID], behind head: Head, _ parts: inout [TokenSet]) {
    let text = session.buffer.bytes
    let state = arena.nodes[Int(head.node)].state
    let match = language.lexer.match(text, head.position, language.lexStates[Int(state)], isComplete: false)
    guard
      case .found(let found) = session.recogniser.lexer.lexInternally(
        UnsafeBufferPointer(rebasing: text[..<match.end]), head.position, state: state,
        lexState: language.lexStates[Int(state)], head.scanner, isComplete: false, isCut: true),
      session.recogniser.fitsLayout(head, text, match.start) || language.isExtra(state, found.terminal)
    else { return }
    let mark = arena.mark
    defer { arena.release(mark) }
    session.recogniser.step.shift(CollectionOfOne(head.node), found.terminal, fallback: found.fallback, column: 0)
    let nodes = session.recogniser.step.results
    let count = others.count
    var behind: [TokenSet] = []
    for node in nodes {
      if language.lexStates[Int(arena.nodes[Int(node)].state)] == ParseTables.noLookahead {
        others += tokens
        return
      }
      var next = head
      next.node = node
      next.position = found.end
      if !language.isExtra(state, found.terminal) { next.startsLine = false }
      addTokens(behind: next, &behind)
    }
    // Of those that may stand there, the others go on with the terminal.
    func own(_ sets: [TokenSet]) -> [TokenID] {
      var mask = TokenMask(capacity: paths.vocabulary.count)
      mask.withMutableWords { words in
        for set in sets { set.insert(into: words) }
      }
      return tokens.filter(mask.contains)
    }
    let undecided = own([TokenSet(Array(others[count...]), wordCount: paths.wordCount)])
    others.removeLast(others.count - count)
    others += undecided
    parts.append(TokenSet(own(behind), wordCount: paths.wordCount))
  }

  /// What stands for `pending`, on which the scanner has not decided.
  private func representative(of pending: Slice<UnsafeBufferPointer<UInt8>>, _ start: LexicalStart, _ head: Head)
    -> [UInt8]
  {
    var start = start
    if start.row != 0 { start.scanner = ScannerStates(actual: head.scanner, context: head.context) }
    return lexer.representative(of: UnsafeBufferPointer(rebasing: pending), start)
  }

  private func column(of head: Head) -> Int32 {
    guard head.startsLine, language.strictLayout, let layout = language.layout else { return 0 }
    return Int32(layout.column(session.buffer.bytes, head.position))
  }

  private func start(_ state: UInt16, _ head: Head) -> LexicalStart {
    var start = LexicalStart(
      lexState: language.lexStates[Int(state)],
      row: language.scanner == nil ? 0 : language.externalLexStates[Int(state)],
      isTight: language.isTight[Int(state)], startsLine: language.strictLayout && head.startsLine)
    if start.row != 0 {
      let context = shared(head.context)
      start.scanner = ScannerStates(actual: context, context: context)
    }
    return start
  }

  /// The same with the blocks that are open at `head`.
  private func bound(_ start: LexicalStart, _ head: Head) -> LexicalStart {
    var start = start
    start.scanner.actual = shared(head.scanner)
    start.isBound = true
    return start
  }

  /// What tokens do of which `rests` are left; where a line ends first, with the blocks that are open at `head`.
  private func point(_ start: LexicalStart, _ rests: TokenRests, _ head: Head) -> LexicalPoint {
    let isBound = language.layout != nil && start.row != 0 && rests.startsWithLines
    return paths.point(isBound ? bound(start, head) : start, rests)
  }

  private func shared(_ number: Int32) -> Int32 {
    if let known = shared[number] { return known }
    guard let scanner else { return 0 }
    let result = paths.number(ofScannerState: scanner.serialisedState(number))
    shared[number] = result
    return result
  }

  private func own(_ number: Int32) -> Int32 {
    if let known = own[number] { return known }
    guard let scanner else { return 0 }
    let result = scanner.intern(paths.scannerState(number))
    own[number] = result
    return result
  }

  // MARK: Points

  /// The tokens that may stand at `point`, remembered or computed.
  private func tokens(_ point: LexicalPoint, _ standing: Standing) -> TokenSet {
    if depth > Self.maximalDepth {
      others += paths.tokens(of: point)
      return .empty
    }
    let ground = completion.ground
    completion.ground = Completion.Ground(
      count: Int32(arena.nodeCount), isProven: completion.isProven(standing.head.node))
    defer { completion.ground = ground }
    let before = work
    defer { point.note(work: work - before) }
    return isRemembered(point) ? rememberedTokens(point, standing) : compute(point, standing)
  }

  /// Whether it is worth it: what is deep in tokens is met with them, and what is small is computed as quickly. Where much
  /// is deep, as in tokens of eighty minus signs, some depths will do.
  private func isRemembered(_ point: LexicalPoint) -> Bool {
    if depth < Self.rememberedDepth, point.partCount > 3 || point.rest != nil || point.bound != nil { return true }
    return depth & (depth - 1) == 0 && point.work >= Self.muchWork
  }

  private func rememberedTokens(_ point: LexicalPoint, _ standing: Standing) -> TokenSet {
    let key = key(standing)
    if let known = remembered(point, key, standing) {
      others += known.others
      return known.tokens
    }
    var before = reads
    reads = Reads()
    defer {
      before.merge(reads)
      reads = before
    }
    let (firstOther, firstQuery) = (others.count, observed.queries.count)
    var parts: [TokenSet] = []
    var isWhole = false
    if let known = remembered(point, key.partial, standing) {
      others += known.others
      if known.isLeft.isEmpty { return known.tokens }
      parts.append(known.tokens)
      begin()
      for index in known.isLeft { compute(part: Int(index), of: point, standing, &parts) }
    } else {
      (parts, isWhole) = computeAndRemember(point, key, standing)
    }
    let result = TokenSet(parts, wordCount: paths.wordCount)
    remember(
      point, isWhole ? key.partial : key, standing, reads, result, Array(others[firstOther...]),
      observed.queries[firstQuery...])
    return result
  }

  private func compute(_ point: LexicalPoint, _ standing: Standing) -> TokenSet {
    work += 1
    begin()
    others += point.others
    var parts: [TokenSet] = []
    for index in 0..<point.partCount { compute(part: index, of: point, standing, &parts) }
    return TokenSet(parts, wordCount: paths.wordCount)
  }

  /// Computes all parts of a point and remembers those that depend on little, so that they serve many stacks, unless that is
  /// the whole.
  private func computeAndRemember(
    _ point: LexicalPoint, _ key: MaskMemory.Key, _ standing: Standing
  ) -> (parts: [TokenSet], isWhole: Bool) {
    begin()
    var (all, few): ([TokenSet], [TokenSet]) = ([], [])
    var fewOthers = point.others
    var queries: [(item: Completion.Item, outcome: Completion.Outcome)] = []
    var isLeft: [Int32] = []
    let reach = lowest(of: standing.head.node, depth: Self.littleDepth)
    var readsOfFew = Reads(lowest: standing.head.node)
    var allReads = Reads()
    others += point.others
    for index in 0..<point.partCount {
      reads = Reads()
      let (firstPart, firstOther, firstQuery) = (all.count, others.count, observed.queries.count)
      compute(part: index, of: point, standing, &all)
      let (own, ownReads) = (observed.queries[firstQuery...], reads)
      if ownReads.lowest < reach || ownReads.column || ownReads.layout || ownReads.text
        || own.contains(where: { $0.item.column != arena.nodes[Int($0.item.base)].open.column })
      {
        isLeft.append(Int32(index))
      } else {
        few += all[firstPart...]
        fewOthers += others[firstOther...]
        queries += own
        readsOfFew.lowest = min(readsOfFew.lowest, ownReads.lowest)
      }
      allReads.merge(ownReads)
    }
    if !isLeft.isEmpty, isLeft.count < point.partCount {
      remember(
        point, key.partial, standing, readsOfFew, TokenSet(few, wordCount: paths.wordCount), fewOthers, queries[...],
        isLeft: isLeft)
    }
    reads = allReads
    return (all, isLeft.isEmpty)
  }
  /// How many states parts look at that are remembered by themselves.
  private static let littleDepth = 4

  /// The node `depth` below `node`, or the last one on the way that has one parent only.
  private func lowest(of node: Int32, depth: Int) -> Int32 {
    var node = node
    for _ in 0..<depth {
      let parent = arena.nodes[Int(node)].parent
      if parent < 0 || arena.nodes[Int(node)].more >= 0 { break }
      node = parent
    }
    return node
  }

  /// Makes room for the verdicts of a point.
  private func begin() {
    if depth == verdicts.count { verdicts.append(.allocate(capacity: language.terminalCount)) }
    verdicts[depth].initialize(repeating: Verdict(), count: language.terminalCount)
  }

  /// Adds the tokens of one part: an end, the lines, a cut, or what the scanner declines on.
  private func compute(part index: Int, of point: LexicalPoint, _ standing: Standing, _ parts: inout [TokenSet]) {
    var index = index
    if index < point.ends.count {
      let end = point.ends[index]
      if isViable(end, standing) {
        parts.append(end.tokens)
      } else if case .open(_, _, _, mayHaveEnded: true) = end.condition {
        others += end.tokens
      }
      return
    }
    index -= point.ends.count
    if index < point.cuts.count {
      let cut = point.cuts[index]
      if let tokens = cut.endedTokens {
        forEachShift(cut, standing) { _, behind in
          let head = behind.head
          if completion.isCompletable(head.node, hole: session.hole, completion.place(head)) { parts.append(tokens) }
        }
        return
      }
      forEachShift(cut, standing) { parts.append(tokens(self.point($0, cut.rests, $1.head), $1)) }
      return
    }
    index -= point.cuts.count
    // The lines are 0, what is bound 1, the rest 2.
    if point.lines.isEmpty { index += 1 }
    if index > 0, point.bound == nil { index += 1 }
    switch index {
    case 0: parts += viable(point.lines, standing).map(\.tokens)
    case 1:
      guard let rests = point.bound else { return }
      let start = bound(start(arena.nodes[Int(standing.head.node)].state, standing.head), standing.head)
      parts.append(tokens(paths.point(start, rests), standing))
      scanner?.hasPassedLine = true
    default:
      guard let rest = point.rest else { return }
      var standing = standing
      if let column = point.restColumn, standing.head.startsLine, language.strictLayout { standing.column = column }
      // With verdicts of its own, though they are the same: it is remembered with all that they depend on.
      parts.append(tokens(rest, standing))
    }
  }

  /// A blank more can only take ways away: the columns that are viable are the first ones.
  private func viable(_ lines: [LexicalEnd], _ standing: Standing) -> ArraySlice<LexicalEnd> {
    var (viable, refused) = (0, lines.count)
    while viable < refused {
      let middle = (viable + refused) / 2
      if isViable(lines[middle], standing) { viable = middle + 1 } else { refused = middle }
    }
    return lines[..<viable]
  }

  private func isViable(_ end: LexicalEnd, _ standing: Standing) -> Bool {
    let head = standing.head
    switch end.condition {
    case .complete: return completion.isCompletable(head.node, hole: session.hole, completion.place(head))
    case .padding(let place):
      return (head.startsLine || fitsLayout(standing, place))
        && completion.isCompletable(head.node, hole: session.hole, completion.place(head))
    case .undecided, .line:
      return session.isViable(head, behind: paths.vocabulary.bytes(of: end.example), pending: end.pending)
    case .open(let terminals, let keywords, let place, _):
      let state = arena.nodes[Int(head.node)].state
      let fits = fitsLayout(standing, place)
      for keyword in keywords where language.hasActions(state, keyword) {
        if canShift(standing, keyword, fits: fits, allowsExtra: true) { return true }
      }
      let allowsExtra = allowsExtra(standing, place)
      for terminal in terminals where language.hasActions(state, terminal) {
        if canShift(standing, terminal, fits: fits, allowsExtra: allowsExtra) { return true }
      }
      return false
    }
  }

  private func canShift(_ standing: Standing, _ terminal: SymbolID, fits: Bool, allowsExtra: Bool) -> Bool {
    let head = standing.head
    let isExtra = language.isExtra(arena.nodes[Int(head.node)].state, terminal)
    if isExtra ? !allowsExtra : !fits { return false }
    var verdict = verdicts[depth][terminal.index]
    var before = reads
    if verdict.firstQuery < 0 {
      reads = Reads()
      verdict.firstQuery = Int32(observed.queries.count)
      verdict.isViable = session.isCompletable(head, behind: terminal, isExtra: isExtra, session.hole)
      verdict.endOfQueries = Int32(observed.queries.count)
      verdict.reads = reads
      verdicts[depth][terminal.index] = verdict
    } else {
      for index in verdict.firstQuery..<verdict.endOfQueries {
        observed.queries.append(observed.queries[Int(index)])
      }
    }
    before.merge(verdict.reads)
    reads = before
    return verdict.isViable
  }

  // MARK: Cuts

  /// Calls `body` with every way in which the parser goes on behind a terminal of tokens.
  private func forEachShift(
    _ cut: LexicalCut, _ standing: Standing, _ body: (LexicalStart, Standing) -> Void
  ) {
    let found = cut.terminal
    let head = standing.head
    let state = arena.nodes[Int(head.node)].state
    var (terminal, fallback) = (found.symbol, SymbolID.end)
    if found.keyword != .end {
      (terminal, fallback) = language.lookahead(state, word: terminal, keyword: found.keyword)
    }
    // A keyword that only a state further on reserves stays one up to there.
    guard language.hasActions(state, terminal) || fallback != .end && language.hasActions(state, fallback) else {
      return
    }
    let isExtra = language.isExtra(state, terminal)
    var startsLine = false
    if let layout = language.layout {
      if layout.isLayout(terminal) {
        startsLine = true
      } else {
        if isExtra ? !allowsExtra(standing, found.place) : !fitsLayout(standing, found.place) { return }
        startsLine = head.startsLine && isExtra
      }
    }
    let mark = arena.mark
    defer { arena.release(mark) }
    session.recogniser.step.shift(
      CollectionOfOne(head.node), terminal, fallback: fallback, column: found.column)
    var nodes = session.recogniser.step.results
    var next = standing
    next.head.startsLine = startsLine
    next.place = 0
    next.column =
      startsLine && language.strictLayout ? found.endColumn + (found.isRelative ? standing.column : 0) : 0
    if let states = found.scanner {
      next.head.scanner = cut.example.isEmpty ? own(states.actual) : scannerState(behind: cut, head)
      next.head.context = own(states.context)
    }
    depth += 1
    defer { depth -= 1 }
    while let node = nodes.popLast() {
      let state = arena.nodes[Int(node)].state
      if language.lexStates[Int(state)] == ParseTables.noLookahead {
        session.recogniser.step.endExtra(CollectionOfOne(node))
        nodes += session.recogniser.step.results
        continue
      }
      next.head.node = node
      var start = start(state, next.head)
      if found.isHypothesis {
        start = start.withoutScanner
      }
      body(start, next)
    }
  }

  /// The scanner's state behind a terminal that is not one of layout, which changes its context. A run of the scanner.
  private func scannerState(behind cut: LexicalCut, _ head: Head) -> Int32 {
    guard let scanner else { return 0 }
    let row = Int(language.externalLexStates[Int(arena.nodes[Int(head.node)].state)])
    // A byte in front, as a scanner may ask whether it is at the beginning of the text.
    return ([0x20] + cut.example).withUnsafeBufferPointer { scanner.scan($0, 1, row: row, state: head.scanner).state }
  }

  private func fitsLayout(_ standing: Standing, _ place: StartPlace?) -> Bool {
    guard language.strictLayout else { return true }
    guard let place else { return standing.place & 1 != 0 }
    let open = arena.nodes[Int(standing.head.node)].open
    if standing.head.startsLine {
      if !place.isRelative { arena.hasReadColumn = true }
      return open.column == place.column + (place.isRelative ? standing.column : 0)
    }
    return open.brackets > 0 || !place.isPadded || !place.breaksLine
  }

  private func allowsExtra(_ standing: Standing, _ place: StartPlace?) -> Bool {
    guard language.strictLayout, let layout = language.layout else { return true }
    guard let place else { return standing.place & 2 != 0 }
    let node = arena.nodes[Int(standing.head.node)]
    if standing.head.startsLine || node.open.brackets > 0 || !place.isComment { return true }
    return language.hasActions(node.state, layout.newline) || language.hasActions(node.state, layout.indent)
  }

  // MARK: Memory

  private func key(_ standing: Standing) -> MaskMemory.Key {
    let place = completion.place(standing.head)
    let top = arena.nodes[Int(standing.head.node)]
    let startsLine = standing.head.startsLine && language.strictLayout
    return MaskMemory.Key(
      top: StackChain.word(top, isPartial: false), startsLine: standing.head.startsLine,
      context: shared(standing.head.context),
      place: standing.place,
      column: startsLine ? top.open.column - standing.column : 0, line: place.line,
      isInContext: place.scanner == completion.context.state,
      contexts: completion.context.depth, allowsOtherContexts: completion.allowsOtherContexts,
      isProven: completion.ground?.isProven ?? false)
  }

  /// The text behind the frontier, by number.
  private var text: MaskMemory.Text {
    MaskMemory.Text(number: textNumber, hole: session.hole, allowsOtherContexts: completion.allowsOtherContexts)
  }
  private lazy var textNumber = paths.number(of: session.segments)

  /// Kept for the next use.
  private var chain = StackChain()

  private func remembered(
    _ point: LexicalPoint, _ key: MaskMemory.Key, _ standing: Standing
  ) -> MaskMemory.Entry? {
    let place = completion.place(standing.head)
    var before = reads
    let queryCount = observed.queries.count
    var columns: [Int]?
    chain.begin(standing.head.node, isPartial: key.isPartial)
    // What was remembered last is most like what comes next.
    let known = paths.memory(point, key) { chain.hash($0, arena) }.last { entry in
      if let needed = entry.text, needed != text { return false }
      if let needed = entry.scanner, needed != shared(standing.head.scanner) { return false }
      guard chain.starts(with: entry.states, arena),
        zip(entry.brackets, chain.nodes).allSatisfy({ $0 == arena.nodes[Int($1)].open.brackets })
      else { return false }
      if let needed = entry.columns {
        let open = columns ?? arena.openColumns(of: standing.head.node)
        columns = open
        if needed != open { return false }
      }
      let isAlike = entry.queries.allSatisfy { query in
        let position =
          switch query.place {
          case .hole(let line, let isInContext):
            SuffixPosition.gap(session.hole, isInContext ? completion.context.state : place.scanner, line)
          case .behind(let index): entry.positions[Int(index)]
          }
        let base = chain.nodes[Int(query.depth)]
        let column = query.column
        return completion.outcome(
          state: query.state, isOver: query.isOver, base: base,
          column: column == MaskMemory.Query.columnOfBase ? arena.nodes[Int(base)].open.column : column,
          hole: session.hole, position)
          == query.outcome
      }
      if !isAlike { observed.queries.removeLast(observed.queries.count - queryCount) }
      return isAlike
    }
    reads = before
    guard let known else { return nil }
    before.merge(
      Reads(
        lowest: chain.nodes[known.states.count - 1], columns: known.columns != nil,
        // An entry that is not partial is compared with the columns of its states.
        column: !key.isPartial, layout: known.scanner != nil, text: known.text != nil))
    reads = before
    return known
  }

  /// Remembers `tokens` with what the arena has noted and the verdicts that they follow from.
  private func remember(
    _ point: LexicalPoint, _ key: MaskMemory.Key, _ standing: Standing, _ reads: Reads, _ tokens: TokenSet,
    _ others: [TokenID], _ own: ArraySlice<(item: Completion.Item, outcome: Completion.Outcome)>, isLeft: [Int32] = []
  ) {
    let columns = reads.columns ? arena.openColumns(of: standing.head.node) : nil
    chain.begin(standing.head.node, isPartial: key.isPartial)
    guard let count = chain.count(downTo: min(reads.lowest, standing.head.node), arena),
      let hash = chain.hash(count, arena)
    else { return }
    if depth >= Self.depthOfOften, paths.isFirst(point, key, hash) { return }
    let ownScanner = completion.place(standing.head).scanner
    var queries: [MaskMemory.Query] = []
    var positions: [SuffixPosition] = []
    var seen: Set<Completion.Item> = []
    for (item, outcome) in own where seen.insert(item).inserted {
      let position = completion.summary.suffix.positions[Int(item.position)]
      guard let depth = chain.nodes[..<count].firstIndex(of: item.base) else { return }
      let place: MaskMemory.Query.Place
      let isInContext = position.scanner == completion.context.state
      if position.kind == .gap, position.segment == Int32(session.hole),
        isInContext || position.scanner == ownScanner
      {
        place = .hole(position.line, isInContext: isInContext)
      } else if reads.text {
        place = .behind(Int32(positions.count))
        positions.append(position)
      } else {
        return
      }
      let isOfBase = item.column == arena.nodes[Int(item.base)].open.column
      queries.append(
        MaskMemory.Query(
          depth: Int32(depth), state: item.state, isOver: item.isOver, outcome: outcome,
          column: isOfBase ? MaskMemory.Query.columnOfBase : item.column, place: place))
    }
    let entry = MaskMemory.Entry(
      states: Array(chain.states[..<count]), columns: columns, queries: queries, positions: positions,
      text: reads.text ? text : nil,
      brackets: reads.text && language.layout != nil
        ? chain.nodes[..<count].map { arena.nodes[Int($0)].open.brackets } : [],
      scanner: reads.layout ? shared(standing.head.scanner) : nil,
      tokens: paths.shared(tokens), others: others, isLeft: isLeft)
    paths.remember(entry, hash, point, key)
  }
}
