import Grammar
public import Vocabulary

/// Text with holes, recognised left to right: exact up to the frontier, completable behind it.
///
/// The invariant: the known text, then anything in the current hole, then the fixed text and later holes, can be
/// completed. Every byte that is appended keeps it; a hole is closed only if the concrete text allows it.
public final class HoleRecogniser {
  public let recogniser: Recogniser
  public let language: Language
  /// The known text: fixed text and what has been written, up to the frontier.
  public var text: [UInt8] { Array(buffer.bytes) }
  public var textCount: Int { buffer.count }
  let buffer: TextBuffer
  public private(set) var frontier: Frontier
  /// The hole at the frontier; `holeCount` once everything is closed.
  public private(set) var hole = 0
  public private(set) var holeCount: Int
  public private(set) var isAccepted = false
  /// The fixed text behind the current hole.
  public var rightText: [UInt8] { hole < holeCount ? segments[hole] : [] }
  private(set) var completion: Completion
  private(set) var segments: [[UInt8]]
  /// Whether a terminal can be shifted on a stack that stays, by stack, terminal and hole.
  var verdicts: [UInt64: Bool] = [:]
  /// The continuation that helped last.
  var preferredProbe = 0
  /// What computes masks, for the vocabulary that they were last asked for.
  private var evaluator: MaskEvaluator?
  /// The start of the current hole.
  private var start = HoleStart()
  /// Holes end in no string that they open, not even where nothing else lets the text behind them be completed.
  private(set) var keepsContexts = false

  struct HoleStart {
    var offset = 0
    /// The terminal that the hole was cut out of, if one.
    var cutTerminal: SymbolID?
    var context = Completion.Context()
  }

  /// A point to roll back to.
  public struct Checkpoint {
    var textCount: Int
    var frontier: Frontier
    var hole: Int
    var isAccepted: Bool
    var start: HoleStart
    var allowsOtherContexts: Bool
    var mark: StackArena.Mark
  }

  /// Starts behind `prefix`; `segments[i]` is the fixed text behind hole `i`.
  ///
  /// `isViable` tells whether the fixed text can be completed at all. O(prefix) and the summaries of `segments`.
  ///
  /// - Parameter opensStrings: whether a hole may end in a string that it opens, so that the text behind it is no code.
  ///   It always may where nothing else completes the text.
  public init(_ language: Language, prefix: [UInt8], segments: [[UInt8]], opensStrings: Bool = false) {
    self.language = language
    recogniser = Recogniser(language)
    buffer = TextBuffer(prefix)
    self.segments = segments
    holeCount = segments.count
    completion = Completion(recogniser, segments: segments)
    frontier = recogniser.start(of: prefix)
    _ = recogniser.advance(&frontier, buffer.bytes, isComplete: false)
    beginHole()
    settle()
    if opensStrings || !isViable {
      completion.allowsOtherContexts = language.mayLeaveContexts
      settle()
    }
  }

  /// Whether the text so far can be completed.
  public var isViable: Bool {
    if hole == holeCount { return isAccepted }
    return isViable(frontier, buffer.bytes, hole)
  }

  /// Goes on from `frontier`, which the text so far leads to, with `segments` behind holes that start with this one.
  ///
  /// From here on no hole ends in a string that it opens. O(segments) and what their summaries need.
  ///
  /// - Parameter exitLimit: of the summaries. Where that does not do, a "no" proves nothing.
  func begin(_ frontier: Frontier, at start: HoleStart, segments: [[UInt8]], exitLimit: Int) {
    keepsContexts = true
    self.frontier = frontier
    self.segments = segments
    holeCount = segments.count
    hole = 0
    isAccepted = false
    evaluator = nil
    completion = Completion(recogniser, segments: segments, exitLimit: exitLimit)
    stand(at: start)
    settle()
  }

  /// Whether the summaries had to end at their limit.
  var isSpent: Bool { completion.summary.isSpent }

  /// Takes `start` for that of the current hole.
  func stand(at start: HoleStart) {
    self.start = start
    completion.context = start.context
  }

  /// Where a head stands in the current hole.
  func place(_ head: Head) -> Completion.Place { completion.place(head) }

  /// Notes what is known where the current hole starts.
  private func beginHole() {
    stand(
      at: hole < holeCount
        ? start(of: frontier, before: segments[hole], isLast: hole == holeCount - 1)
        : HoleStart(offset: buffer.count, context: context(of: frontier)))
  }

  /// What is known where a hole starts, at the end of the text, that `segment` follows.
  func start(of frontier: Frontier, before segment: [UInt8], isLast: Bool) -> HoleStart {
    let end = buffer.count
    var start = HoleStart(offset: end, context: context(of: frontier))
    guard !frontier.isDead, frontier.heads[0].position < end else { return start }
    let mark = recogniser.arena.mark
    buffer.append(contentsOf: segment)
    defer {
      buffer.truncate(to: end)
      recogniser.arena.release(mark)
    }
    // Several terminals may be undecided in front of the hole.
    var (next, last) = (frontier, frontier.heads[0])
    _ = recogniser.advance(&next, buffer.bytes, isComplete: isLast, limit: end) { position, heads in
      if position < end, let head = heads.first { last = head }
    }
    let lookahead = recogniser.lexer.lex(
      buffer.bytes, last.position, state: recogniser.arena.nodes[Int(last.node)].state, scannerState: last.scanner,
      isComplete: isLast)
    if case .found(let found) = lookahead, found.start < end, end < found.end { start.cutTerminal = found.terminal }
    return start
  }

  /// The scanner's context at the end of `text`, where a hole starts: a terminal that could go on is taken to end there.
  func context(of frontier: Frontier) -> Completion.Context {
    guard let head = frontier.heads.first else { return Completion.Context() }
    let state = Int(recogniser.arena.nodes[Int(head.node)].state)
    let known = Completion.Context(
      state: head.context, depth: recogniser.arena.nodes[Int(head.node)].open.contexts,
      isEnclosed: language.isEnclosed[state])
    let row = Int(language.externalLexStates[state])
    guard head.position < buffer.count else { return known }
    guard row != 0, let scanner = recogniser.lexer.scanner else { return context(at: head, known) }
    let mark = recogniser.arena.mark
    for probe in language.fixedProbes.contextTexts(scanner.words(of: head.context)) {
      let virtual = buffer.continued(by: probe)
      let scan = scanner.scan(virtual, head.position, row: row, state: head.context)
      let isLayout = language.layout.map { $0.isLayout(scan.terminal) } ?? false
      if scan.found, scan.end == buffer.count, !isLayout {
        return Completion.Context(
          state: scan.state, depth: known.depth + language.contextChange[scan.terminal.index],
          isEnclosed: known.isEnclosed)
      }
      guard !scan.found, !scan.sawEnd, endsInternally(head, buffer.count) else { continue }
      // The scanner has not decided on a terminal in front of the last one.
      let end = heads(behind: head, continued: virtual).first { $0.position == buffer.count }
      defer { recogniser.arena.release(mark) }
      if let end, end.context != head.context {
        return Completion.Context(
          state: end.context, depth: recogniser.arena.nodes[Int(end.node)].open.contexts, isEnclosed: known.isEnclosed)
      }
    }
    return known
  }

  /// The same at a terminal of the generated lexer's that is whole, as a quote that could be the first of three.
  private func context(at head: Head, _ known: Completion.Context) -> Completion.Context {
    let state = recogniser.arena.nodes[Int(head.node)].state
    guard
      case .found(let lookahead) = recogniser.lexer.lex(
        buffer.bytes, head.position, state: state, scannerState: head.scanner, isComplete: true),
      lookahead.end == buffer.count
    else { return known }
    let mark = recogniser.arena.mark
    defer { recogniser.arena.release(mark) }
    recogniser.step.shift(
      CollectionOfOne(head.node), lookahead.terminal, fallback: lookahead.fallback, column: lookahead.column)
    guard let node = recogniser.step.results.first else { return known }
    var context = known
    context.isEnclosed = language.isEnclosed[Int(recogniser.arena.nodes[Int(node)].state)]
    return context
  }

  private func settle() {
    completion.stableCount = recogniser.arena.nodeCount
    verdicts.removeAll(keepingCapacity: true)
  }

  public var checkpoint: Checkpoint {
    Checkpoint(
      textCount: buffer.count, frontier: frontier, hole: hole, isAccepted: isAccepted, start: start,
      allowsOtherContexts: completion.allowsOtherContexts, mark: recogniser.arena.mark)
  }

  /// Goes back to `checkpoint`; checkpoints taken since are void.
  public func restore(_ checkpoint: Checkpoint) {
    buffer.truncate(to: checkpoint.textCount)
    frontier = checkpoint.frontier
    hole = checkpoint.hole
    isAccepted = checkpoint.isAccepted
    stand(at: checkpoint.start)
    completion.allowsOtherContexts = checkpoint.allowsOtherContexts
    recogniser.arena.release(checkpoint.mark)
    completion.stableCount = 0
    settle()
  }

  /// Whether `bytes` may come next. The state stays as it is.
  ///
  /// O(bytes, and those of the terminal at the frontier), plus the walk over exits.
  public func canAppend(_ bytes: some Collection<UInt8>) -> Bool {
    guard CharacterState(endOf: buffer.bytes).allows(bytes) else { return false }
    let mark = recogniser.arena.mark
    let count = buffer.count
    buffer.append(contentsOf: bytes)
    defer {
      buffer.truncate(to: count)
      recogniser.arena.release(mark)
    }
    var next = frontier
    _ = recogniser.advance(&next, buffer.bytes, isComplete: false)
    return isViable(next, buffer.bytes, hole)
  }

  /// The tokens that may come next, special ones left out.
  ///
  /// O(groups of tokens) with the steps of the parser that they take, or O(words) where the stack looks like one before;
  /// see `TokenPaths`, which may be shared by all recognisers.
  public func mask(_ paths: TokenPaths) -> TokenMask {
    precondition(paths.language === language, "token paths of another language")
    if hole == holeCount { return TokenMask(capacity: paths.vocabulary.count) }
    let evaluator = evaluator.flatMap { $0.paths === paths ? $0 : nil } ?? MaskEvaluator(self, paths)
    self.evaluator = evaluator
    var mask = evaluator.mask()
    mask.formIntersection(paths.tokens(behind: CharacterState(endOf: buffer.bytes)))
    return mask
  }

  /// Appends `bytes` if they may come next.
  public func append(_ bytes: some Collection<UInt8>) -> Bool {
    guard CharacterState(endOf: buffer.bytes).allows(bytes) else { return false }
    let mark = recogniser.arena.mark
    let count = buffer.count
    buffer.append(contentsOf: bytes)
    var next = frontier
    _ = recogniser.advance(&next, buffer.bytes, isComplete: false)
    guard isViable(next, buffer.bytes, hole) else {
      buffer.truncate(to: count)
      recogniser.arena.release(mark)
      return false
    }
    frontier = next
    settle()
    return true
  }

  /// Whether the current hole may end here, judged on the concrete text up to the next hole. O(fixed text).
  public func canClose() -> Bool {
    let checkpoint = checkpoint
    guard close() else { return false }
    restore(checkpoint)
    return true
  }

  /// Ends the current hole if the concrete text allows it, and moves on to the next.
  public func close() -> Bool {
    guard hole < holeCount, CharacterState(endOf: buffer.bytes).allows(segments[hole].prefix(4)) else { return false }
    if segments[hole].isEmpty, hole == holeCount - 1, !CharacterState(endOf: buffer.bytes).isComplete { return false }
    let mark = recogniser.arena.mark
    let isLast = hole == holeCount - 1
    let count = buffer.count
    buffer.append(contentsOf: segments[hole])
    var next = frontier
    leaveHole(&next, at: count, isComplete: isLast)
    let accepted = recogniser.advance(&next, buffer.bytes, isComplete: isLast)
    guard isLast ? accepted : isViableInNextHole(next) else {
      buffer.truncate(to: count)
      recogniser.arena.release(mark)
      return false
    }
    frontier = next
    isAccepted = isLast
    hole += 1
    beginHole()
    settle()
    return true
  }

  /// Takes the terminals up to `end`, where the hole ends and the fixed text begins, which the text goes on with.
  func leaveHole(_ next: inout Frontier, at end: Int, isComplete: Bool) {
    recogniser.border = .init(offset: end, holeStart: start.offset, cutTerminal: start.cutTerminal)
    defer { recogniser.border = nil }
    let isEmpty = buffer.count == end
    _ = recogniser.advance(&next, buffer.bytes, isComplete: isComplete, limit: end)
    next.heads.removeAll { head in
      // A terminal that is still open behind the text has swallowed all of it.
      if !isEmpty, start.cutTerminal == nil, runsOn(head, over: end) { return true }
      if completion.allowsOtherContexts { return false }
      let depth = completion.depth(head)
      // A string that the hole opens would swallow the text terminal by terminal, and so would an extra; one that the hole
      // closes may end. Where contexts are counted, a state that outlives its string means nothing; where not, the state
      // that a scanner starts in is that with nothing open, unless it is carried on.
      let isEnclosed = language.isEnclosed[Int(recogniser.arena.nodes[Int(head.node)].state)]
      return depth > 0 || isEnclosed && !start.context.isEnclosed
        || depth == 0 && !language.countsContexts && !language.carriesState && head.context != start.context.state
          && head.context != 0
    }
  }

  /// Whether a terminal that starts in the hole, in front of `end`, goes on to the end of the text.
  private func runsOn(_ head: Head, over end: Int) -> Bool {
    let lexState = language.lexStates[Int(recogniser.arena.nodes[Int(head.node)].state)]
    if lexState == ParseTables.noLookahead { return false }
    let match = language.lexer.match(buffer.bytes, head.position, lexState, isComplete: false)
    return match.openState != LexicalAutomaton.dead && start.offset..<end ~= match.openStart
  }
}
