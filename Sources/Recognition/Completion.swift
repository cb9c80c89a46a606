import Grammar

/// Whether, and how cheaply, a stack left of a hole can be completed over the hole and all that follows it.
///
/// Follows exits from the top of the stack, popping real nodes, until one accepts.
final class Completion {
  let arena: StackArena
  let language: Language
  private(set) var summary: RightSummary
  private let usual: RightSummary
  /// Nothing stands behind the hole: whatever some text completes is completed.
  let isOpenEnded: Bool
  private lazy var wide = RightSummary(usual.suffix.allowingOtherContexts())
  /// Nodes below this index stay as they are; verdicts over others are not kept.
  var stableCount = 0 {
    didSet {
      guard stableCount < oldValue else { return }
      forget()
      if stableCount < knownProofs.count { knownProofs.removeLast(knownProofs.count - stableCount) }
    }
  }

  /// The scanner's context at the start of the current hole, which the text behind it goes on in.
  var context = Context()

  struct Context: Equatable {
    /// The scanner's state but for layout.
    var state: Int32 = 0
    /// How many contexts are open.
    var depth: Int8 = 0
    /// The parser is within an extra of several terminals.
    var isEnclosed = false
  }

  /// How many contexts are open at `head` beyond those at the hole's start.
  func depth(_ head: Head) -> Int { Int(arena.nodes[Int(head.node)].open.contexts) - Int(context.depth) }

  /// Where a stack stands in the current hole.
  struct Place {
    var line: LinePlace
    /// The scanner's context in which the text behind the hole goes on, if the hole ends with as many contexts open as
    /// it started with.
    var scanner: Int32

    /// The place behind `terminal`; an extra changes nothing.
    func behind(_ terminal: SymbolID, _ completion: Completion) -> Place {
      Place(
        line: line.behind(terminal, completion.language),
        scanner: completion.language.contextChange[terminal.index] == 0 ? scanner : completion.context.state)
    }
  }

  /// What has been begun at `head` since the hole's start. A hole that starts in a string may end in another.
  func place(_ head: Head) -> Place {
    let depth = depth(head)
    var line = LinePlace(startsLine: head.startsLine)
    line.contexts = Int8(clamping: depth)
    line.startsEnclosed = context.isEnclosed
    let goesOn = depth == 0 && (context.depth > 0 || language.carriesState)
    return Place(line: line, scanner: goesOn ? head.context : context.state)
  }

  /// A state at a position; over `base`, or the state of `base` itself.
  struct Item: Hashable, BitwiseCopyable {
    var state: UInt16
    var isOver: Bool
    var position: Int32
    var base: Int32
    /// The column of the innermost block that is open here.
    var column: Int32

    @inline(__always)
    var hash: UInt64 {
      let place = UInt64(UInt32(bitPattern: position)) << 32 | UInt64(UInt32(bitPattern: base))
      return IndexTable.hash(
        place &* 0x9E37_79B9_7F4A_7C15 ^ (UInt64(state) << 33 | UInt64(UInt32(bitPattern: column)) << 1)
          ^ (isOver ? 1 : 0))
    }
  }

  /// An item on a walk: how cheaply it was reached, and by which exit of the step before.
  struct Step: BitwiseCopyable {
    var item: Item
    var cost: Int32 = 0
    var previous: Int32 = -1
    var exit: Int32 = -1
  }
  /// The walk under way; kept for the next one, so that a walk allocates nothing once warm.
  var steps = Pool<Step>()
  var visited = IndexTable()
  var queue = BucketQueue<Int32>()
  /// Steps that are still to be looked at, depth first.
  private var open = Pool<Int32>()

  /// Whether an item can be completed.
  enum Outcome: UInt8 {
    case completable
    /// Not with the text behind the hole.
    case refused
    /// Not with any text.
    case impossible
  }

  /// What is known of an item over a node that stays.
  private struct Verdict: BitwiseCopyable {
    var item: Item
    /// nil if that was not asked.
    var isCompletable: Bool?
    var isPossible: Bool?

    var outcome: Outcome? {
      if isPossible == false { return .impossible }
      guard let isCompletable else { return nil }
      if isCompletable { return .completable }
      return isPossible == nil ? nil : .refused
    }
  }
  private var verdicts = Pool<Verdict>()
  private var verdictTable = IndexTable()
  /// Items of the walk under way whose base does not stay.
  private var fringe = Pool<Item>()
  /// An item that is still to be looked at, by number, and the last of its exits that was, -1 for none.
  private struct Turn: BitwiseCopyable {
    var item: Int32
    var exit: Int32 = -1
  }
  private var turns = Pool<Turn>()

  /// What verdicts depend on, beyond what the arena has noted. An object, so that the list is never copied.
  final class Observations {
    /// Items over nodes that stay, with the verdicts on them.
    var queries: [(item: Item, outcome: Outcome)] = []
    /// A verdict depends on more: on how the fixed text behind the hole is reached.
    var dependsOnText = false
    /// The proofs that verdicts were taken from.
    var proofs = NeededProofs()
  }
  /// Where that is noted, if anywhere.
  var observations: Observations?

  private func verdict(_ item: Item) -> Verdict {
    let verdicts = verdicts
    let known = verdictTable.find(item.hash) { verdicts[$0].item == item }.index
    return known < 0 ? Verdict(item: item) : verdicts[known]
  }

  private func keep(_ item: Item, isCompletable: Bool? = nil, isPossible: Bool? = nil) {
    guard item.base < stableCount else { return }
    let known = verdicts
    let (index, slot) = verdictTable.find(item.hash) { known[$0].item == item }
    if index >= 0 {
      if let isCompletable { verdicts.base[Int(index)].isCompletable = isCompletable }
      if let isPossible { verdicts.base[Int(index)].isPossible = isPossible }
      return
    }
    let new = verdicts.append(Verdict(item: item, isCompletable: isCompletable, isPossible: isPossible))
    let grown = verdicts
    verdictTable.insert(new, at: slot) { grown[$0].item.hash }
  }

  private func forget() {
    verdicts.removeAll()
    verdictTable.removeAll()
  }

  func beginWalk() {
    steps.removeAll()
    visited.removeAll()
    queue.removeAll()
    open.removeAll()
  }

  /// The index of a new step, or nil if its item was visited.
  private func visit(_ step: Step) -> Int32? {
    let known = steps
    let (index, slot) = visited.find(step.item.hash) { known[$0].item == step.item }
    if index >= 0 { return nil }
    let new = steps.append(step)
    let grown = steps
    visited.insert(new, at: slot) { grown[$0].item.hash }
    return new
  }

  /// - Parameter exitLimit: how many exits may be looked for. Where that does not do, a "no" proves nothing.
  init(_ recogniser: Recogniser, segments: [[UInt8]], exitLimit: Int = .max) {
    arena = recogniser.arena
    language = recogniser.language
    let closure = language.holeClosure(allowsOtherContexts: false)
    isOpenEnded = segments.count == 1 && segments[0].isEmpty
    usual = RightSummary(
      SuffixText(recogniser.lexer, segments: segments, closure: closure), exitLimit: exitLimit)
    summary = usual
  }

  /// Whether holes may end in another context than they start in, as one that cuts a string does.
  var allowsOtherContexts = false {
    didSet {
      if allowsOtherContexts == oldValue { return }
      summary = allowsOtherContexts ? wide : usual
      forget()
    }
  }

  deinit {
    steps.deallocate()
    visited.deallocate()
    queue.deallocate()
    open.deallocate()
    verdicts.deallocate()
    verdictTable.deallocate()
    fringe.deallocate()
    turns.deallocate()
    knownProofs.deallocate()
  }

  func start(_ node: Int32, _ hole: Int, _ place: Place) -> Item {
    Item(
      state: arena.nodes[Int(node)].state, isOver: false,
      position: summary.suffix.identifier(.gap(hole, place.scanner, place.line)), base: node,
      column: arena.nodes[Int(node)].open.column)
  }

  /// Whether `node`, which stands at `place`, can be completed if hole `hole` comes next.
  ///
  /// Necessary for every text that the hole may get, sufficient on all grammars seen; amortised O(exits walked), where the
  /// stack is proven O(nodes that do not stay).
  func isCompletable(_ node: Int32, hole: Int, _ place: Place) -> Bool {
    let proofs = proofs(of: node)
    guard proofs != 0, hasKey(node, hole, place) else { return isCompletableByWalk(node, hole: hole, place) }
    observations?.proofs.use(proofs)
    return true
  }

  /// The same without the proof.
  func isCompletableByWalk(_ node: Int32, hole: Int, _ place: Place) -> Bool {
    outcome(start(node, hole, place), hole) == .completable
  }

  /// For masks: what is known of the stack from a node on, so that it need not be looked at again. Notes of what a verdict was
  /// read from say nothing of what lies below.
  struct Ground: BitwiseCopyable {
    /// Nodes from this index on were pushed later; they are over nodes of the stack, or over each other.
    var count: Int32
    /// The top of the stack, and what proves it.
    var node: Int32
    var proofs: UInt32
  }
  var ground: Ground?
  /// Shape (nodes that were asked about): what proves the stack up to a node that stays, if that is known.
  var knownProofs = Pool<UInt32?>()

  /// Whether going on at `position` in `state`, over `base` or with the state of `base` itself, can be completed.
  func outcome(
    state: UInt16, isOver: Bool, base: Int32, column: Int32, hole: Int, _ position: SuffixPosition
  ) -> Outcome {
    outcome(
      Item(
        state: state, isOver: isOver, position: summary.suffix.identifier(position), base: base, column: column), hole)
  }

  /// The verdict on an item; over a node that stays it is kept for the next time.
  private func outcome(_ item: Item, _ hole: Int) -> Outcome {
    item.base < stableCount ? decided(or: .refused) { outcomeWithinReach(item) } : outcomeAbove(item, hole)
  }

  /// Asks again, each time farther, until the summary's reach leaves an answer; `none` if its limit comes first.
  func decided<Answer>(or none: Answer, reach: Int32 = .max, _ ask: () -> Answer?) -> Answer {
    while true {
      if let answer = ask() { return answer }
      if summary.isSpent || summary.reach >= reach { return none }
      summary.extend()
    }
  }

  /// Whether what was not found while there were `known` exits is not there.
  private func isSettled(since known: Int) -> Bool { summary.isComplete && summary.exitCount == known }

  /// The verdict on an item as far as the summary reaches now; nil if that does not decide it.
  private func outcomeWithinReach(_ item: Item) -> Outcome? {
    let (lowest, hasReadColumns, hasReadColumn) = (arena.lowestRead, arena.hasReadColumns, arena.hasReadColumn)
    defer {
      (arena.hasReadColumns, arena.hasReadColumn) = (hasReadColumns, hasReadColumn)
      arena.lowestRead = min(lowest, item.base)
    }
    let outcome = verdict(item).outcome ?? walk(item)
    if let outcome { observations?.queries.append((item, outcome)) }
    return outcome
  }

  private func walk(_ first: Item) -> Outcome? {
    if isOpenEnded { return isPossible(first) ? .completable : .impossible }
    beginWalk()
    _ = visit(Step(item: first))
    let known = summary.exitCount
    let last = successfulStep()
    if last >= 0 {
      // The steps on the way succeed with it; what else was visited may not.
      forEachStep(upTo: last) { keep($0, isCompletable: true, isPossible: true) }
      return .completable
    }
    let isSettled = isSettled(since: known)
    if isSettled {
      for index in 0..<Int32(steps.count) { keep(steps[index].item, isCompletable: false) }
    }
    // What no text completes needs no look at this one.
    if !isPossible(first) { return .impossible }
    return isSettled ? .refused : nil
  }

  private func forEachStep(upTo last: Int32, _ body: (Item) -> Void) {
    var index = last
    while index >= 0 {
      body(steps[index].item)
      index = steps[index].previous
    }
  }

  /// Whether there is a text that completes an item: as a hole's text may be anything, one that is written in the hole, with
  /// nothing behind it.
  private func isPossible(_ first: Item) -> Bool {
    if let known = verdict(first).isPossible { return known }
    beginWalk()
    _ = visit(Step(item: first))
    _ = open.append(0)
    while let index = open.popLast() {
      let item = steps[index].item
      let verdict = verdict(item).isPossible
      let position = summary.suffix.positions[item.position]
      if verdict ?? (position.kind != .gap || mayEnd(item)) {
        forEachStep(upTo: index) { keep($0, isCompletable: isOpenEnded ? true : nil, isPossible: true) }
        return true
      }
      if verdict == false { continue }
      var exit: Int32 = -1
      let known = summary.knownPosition(item.state, item.position)
      while let next = summary.next(&exit, item.state, known, inHole: true) {
        guard summary.suffix.isGap(next.position, Int(position.segment)),
          let column = columnAfter(item, next.blocks)
        else { continue }
        follow(item, next, column) {
          if let new = visit(Step(item: $0, previous: index)) { _ = open.append(new) }
        }
      }
    }
    for index in 0..<Int32(steps.count) { keep(steps[index].item, isPossible: false) }
    return false
  }

  /// Whether a text may end at an item, in a hole.
  private func mayEnd(_ item: Item) -> Bool {
    // Where nothing was read yet, all that a file may be is still to come.
    if !item.isOver, arena.nodes[Int(item.base)].parent < 0 { return true }
    return language.mayEnd(item.state, summary.suffix.positions[item.position].line.lookaheads)
  }

  /// Whether an item over a node that does not stay leads to acceptance or to a completable one over a node that does.
  ///
  /// Ways that stay in the hole come first: they are the same for every text behind it.
  private func outcomeAbove(_ first: Item, _ hole: Int) -> Outcome {
    fringe.removeAll()
    _ = fringe.append(first)
    let inHole = decided(or: .refused) { fringeOutcome(hole, leavesHole: false) }
    if inHole != .refused { return inHole }
    observations?.dependsOnText = true
    if isOpenEnded { return .completable }
    return decided(or: .refused) { fringeOutcome(hole, leavesHole: true) }
  }

  /// The same for all items on the fringe, to which it adds those that are found; nil if the summary's reach does not
  /// decide it.
  private func fringeOutcome(_ hole: Int, leavesHole: Bool) -> Outcome? {
    let known = summary.exitCount
    var isUndecided = false
    var isPossible = leavesHole
    turns.removeAll()
    for index in (0..<Int32(fringe.count)).reversed() { _ = turns.append(Turn(item: index)) }
    while var turn = turns.popLast() {
      let item = fringe[turn.item]
      let count = Int32(fringe.count)
      if !isPossible, turn.exit < 0 { isPossible = mayEnd(item) }
      let position = leavesHole ? item.position : summary.knownPosition(item.state, item.position)
      while let exit = summary.next(&turn.exit, item.state, position, inHole: !leavesHole) {
        if summary.suffix.isGap(exit.position, hole) == leavesHole { continue }
        guard let column = columnAfter(item, exit.blocks) else { continue }
        if exit.count == 0 { return .completable }
        var isFound = false
        follow(item, exit, column) { next in
          if isFound { return }
          if next.base < stableCount {
            switch outcomeWithinReach(next) {
            case .completable: isFound = true
            case .refused: isPossible = true
            case .impossible: break
            case nil: isUndecided = true
            }
          } else if !isOnFringe(next) {
            _ = fringe.append(next)
          }
        }
        if isFound { return .completable }
        // Nodes that stay are deep down: what was found is looked at first.
        if fringe.count > count {
          _ = turns.append(turn)
          for index in count..<Int32(fringe.count) { _ = turns.append(Turn(item: index)) }
          break
        }
      }
    }
    if isUndecided || leavesHole && !isSettled(since: known) { return nil }
    return isPossible ? .refused : .impossible
  }

  private func isOnFringe(_ item: Item) -> Bool {
    for index in 0..<Int32(fringe.count) where fringe[index] == item { return true }
    return false
  }

  /// Follows exits from the steps that there are until one accepts, depth first; that step, or -1 if none does.
  private func successfulStep() -> Int32 {
    _ = open.append(0)
    while let index = open.popLast() {
      let item = steps[index].item
      if index > 0, let isCompletable = verdict(item).isCompletable {
        if isCompletable { return index }
        continue
      }
      var exit = summary.firstExit(item.state, item.position)
      while exit >= 0 {
        let settled = summary[exit]
        if let column = columnAfter(item, settled.exit.blocks) {
          if settled.exit.count == 0 { return index }
          follow(item, settled.exit, column) {
            if let new = visit(Step(item: $0, previous: index)) { _ = open.append(new) }
          }
        }
        exit = settled.next
      }
    }
    return -1
  }

  /// The innermost open column after `effect`; nil if the blocks open at `item` do not allow it.
  @inline(__always)
  func columnAfter(_ item: Item, _ effect: BlockEffect) -> Int32? {
    if effect.inner != .any { arena.hasReadColumn = true }
    // Brackets are closed where they were opened, so that those open at an item are those of its base.
    return effect.column(behind: item.column, brackets: arena.nodes[Int(item.base)].open.brackets) {
      arena.outerColumn($0, from: item.base)
    }
  }

  @inline(__always)
  func follow(_ item: Item, _ exit: RightSummary.Exit, _ column: Int32, _ body: (Item) -> Void) {
    let depth = item.isOver ? Int(exit.count) - 1 : Int(exit.count)
    let symbol = exit.symbol & ~RightSummary.Exit.extraBit
    arena.forEachAncestor(of: item.base, depth: depth) { base in
      let state = arena.nodes[Int(base)].state
      let target = language.goto(state, symbol)
      if target == 0 { return }
      let position = summary.suffix.narrowed(exit.position, by: target)
      if position < 0 { return }
      let isExtra = exit.symbol & RightSummary.Exit.extraBit != 0 && target == state
      body(Item(state: target, isOver: !isExtra, position: position, base: base, column: column))
    }
  }

}
