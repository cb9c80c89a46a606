import Grammar

/// A way through the gaps of a text: terminals for each with which all of it parses, or up to where a known way goes on.
///
/// Stacks without branches are followed from left to right, the most promising first. In a gap, a stack *rises* by the
/// exits of the language's closure, which pop what is on it, and then *falls* to a state that takes the text behind the
/// gap by ways that push only, as `GapDistances` leads it. Behind the gap the parser runs through the fixed text. What
/// comes first is decided by what is written so far, what is missing in this gap at least, and a price for each gap that
/// is still to come, so that the search goes back to a gap only if those behind it turn out dear.
///
/// What is found is a guess in that it knows terminals, not bytes. Not exhaustive.
final class GapSearch {
  typealias PlannedTerminal = RightSummary.PlannedTerminal

  private let language: Language
  let suffix: SuffixText
  private let closure: HoleClosure
  private var distances: GapDistanceTable
  private(set) var stacks = LinearStacks()
  private var items = Pool<Item>(capacity: 4096)
  private var queue = BucketQueue<Int32>()
  private var risen = PairSet()
  private var fallen = PairSet()
  private var passed = PairSet()
  /// How the last gap and the text behind it go on, and where stacks are in the arena for it.
  private var ending: Completion?
  private var endingNodes: [Int32: Int32] = [:]
  private var lastTerminals: [PlannedTerminal]?
  private let recogniser: Recogniser
  /// The gap that a stack has come to and that lies furthest behind, and the stack.
  private(set) var farthest: (gap: Int, item: Int32) = (0, -1)
  private var steps = 0
  /// Steps over fixed text that count as much as an item.
  private static let stepsPerItem = 8
  /// What a question to the summary behind the last gap counts.
  private static let itemsPerEnding = 100
  private var work: [(node: Int32, position: Int32)] = []
  /// Stacks at the starts of gaps from which a known way goes on.
  var goals: [Set<Int32>]
  /// Terminals that the first gap is not to get.
  private let refused: [[SymbolID]]
  /// How many items may still be looked at before the search is given up.
  private(set) var itemsLeft: Int
  private var goal: Int32 = -1
  /// The first gap with a stack that is known, or the number of gaps.
  private(set) var reached = 0

  /// A stack in a gap on its way to the text behind it.
  private struct Item: BitwiseCopyable {
    /// The stack; of one that falls, that which the last move starts from.
    var node: Int32
    var position: Int32
    /// What is written in all gaps so far.
    var cost: Int32
    var previous: Int32
    /// An exit, or with `isFalling` a subscription of the closure; -1 where it starts or fixed text was passed.
    var move: Int32
    /// Of one that rises, the exit that is next; `undecided` before the first.
    var next = Item.undecided
    /// Of an indent, the column of the block.
    var column: Int32 = -1
    var isFalling = false
    /// The gap starts within a string, and so may end in it.
    var startsEnclosed = false
    static let undecided: Int32 = -2
    var seen: Int32 { position << 1 | (startsEnclosed ? 1 : 0) }
  }

  /// - Parameters:
  ///   - segments: the fixed text behind each gap.
  ///   - gapCost: what a gap that is still to come is thought to cost.
  ///   - refused: terminals that the first gap is not to get.
  ///   - limit: how many items are looked at before the search is given up.
  init(_ recogniser: Recogniser, segments: [[UInt8]], gapCost: Int32, refused: [[SymbolID]] = [], limit: Int) {
    self.recogniser = recogniser
    language = recogniser.language
    closure = language.holeClosure(allowsOtherContexts: false)
    suffix = SuffixText(recogniser.lexer, segments: segments, closure: closure)
    distances = GapDistanceTable(suffix, closure)
    self.gapCost = gapCost
    self.refused = refused
    goals = [Set<Int32>](repeating: [], count: segments.count)
    itemsLeft = limit
  }

  deinit {
    stacks.deallocate()
    items.deallocate()
    queue.deallocate()
    risen.deallocate()
    fallen.deallocate()
    passed.deallocate()
  }

  /// What a gap that is still to come is thought to cost. No number suits all texts: one of these mostly does.
  static let gapCosts: [Int32] = [8, 16, 5, 12, 24]
  private let gapCost: Int32
  private static let stacksCopied = 8
  /// How much the last gap may write.
  private static let reach: Int32 = 40

  /// The stacks at a node of the recogniser's.
  func copies(of node: Int32, _ arena: StackArena) -> [Int32] {
    stacks.copies(of: node, in: arena, limit: Self.stacksCopied)
  }

  func start(_ node: Int32, _ place: Completion.Place) {
    enter(node, .gap(0, place.scanner, place.line), cost: 0, previous: -1)
  }

  /// Begins a gap. The closure knows those that start outside of strings; where they start matters only to where they end.
  private func enter(_ node: Int32, _ place: SuffixPosition, cost: Int32, previous: Int32) {
    let startsEnclosed = place.line.startsEnclosed
    var place = place
    place.line.startsEnclosed = false
    rise(
      Item(
        node: node, position: suffix.identifier(place), cost: cost, previous: previous, move: -1,
        startsEnclosed: startsEnclosed))
  }

  /// The terminals of each gap up to the one where a known way goes on; nil if none were found.
  func find() -> [[PlannedTerminal]]? {
    while goal < 0, itemsLeft > 0, let (index, _) = queue.popLowest() {
      itemsLeft -= 1
      if items[index].isFalling { fall(index) } else { rise(index) }
    }
    return goal < 0 ? nil : way(from: goal)
  }

  /// The terminals up to some gaps in front of the one where the search got stuck; nil if that is near.
  var part: [[PlannedTerminal]]? {
    guard goal < 0, farthest.gap > Self.gapsBack else { return nil }
    reached = farthest.gap - Self.gapsBack
    return way(from: farthest.item)
  }

  private static let gapsBack = 2

  private func way(from item: Int32) -> [[PlannedTerminal]] {
    var gaps = [[PlannedTerminal]](repeating: [], count: reached)
    var index = item
    // Behind fixed text a gap is over.
    while index >= 0 {
      let gap = Int(suffix.positions[items[index].position].segment)
      let (terminals, start) = written(upTo: index)
      if gap < reached { gaps[gap] = terminals }
      index = items[start].previous
    }
    if let lastTerminals { gaps[reached - 1] = lastTerminals }
    return gaps
  }

  /// The terminals of a gap up to an item, and the item that the gap starts with.
  private func written(upTo index: Int32) -> (terminals: [PlannedTerminal], start: Int32) {
    var result: [[PlannedTerminal]] = []
    var index = index
    while true {
      let item = items[index]
      if item.move >= 0 {
        var terminals = item.isFalling ? closure.terminals(to: item.move) : closure.terminals(of: item.move)
        if item.column >= 0, let last = terminals.indices.last { terminals[last].columns = .equal(Int(item.column)) }
        result.append(terminals)
      } else if !item.isFalling {
        return (result.reversed().flatMap { $0 }, index)
      }
      index = item.previous
    }
  }

  // MARK: In a gap

  @inline(__always)
  private func price(_ position: Int32) -> Int32 {
    Int32(goals.count - 1 - Int(suffix.positions[position].segment)) * gapCost
  }

  private func rise(_ item: Item) {
    let index = items.append(item)
    queue.insert(index, cost: item.cost + price(item.position))
  }

  /// Terminals for the last gap with which the text behind it ends well.
  private func end(_ item: Item) -> [PlannedTerminal]? {
    itemsLeft -= Self.itemsPerEnding
    let ending =
      ending ?? Completion(recogniser, segments: [suffix.segments[suffix.segments.count - 1]], exitLimit: 300_000)
    self.ending = ending
    var line = suffix.positions[item.position].line
    line.startsEnclosed = item.startsEnclosed
    let scanner = suffix.positions[item.position].scanner
    let node = arenaNode(item.node)
    ending.stableCount = recogniser.arena.nodeCount
    ending.context = Completion.Context(state: scanner, depth: 0, isEnclosed: item.startsEnclosed)
    return ending.shortest(
      node, hole: 0, Completion.Place(line: line, scanner: scanner), room: .max, reach: Self.reach)?.terminals
  }

  private func arenaNode(_ node: Int32) -> Int32 {
    if node < 0 { return -1 }
    if let known = endingNodes[node] { return known }
    let own = stacks.nodes[node]
    let parent = arenaNode(own.parent)
    let new = recogniser.arena.push(
      state: own.state, Surroundings(column: own.column, brackets: own.brackets), parent: parent)
    endingNodes[node] = new
    return new
  }

  private func rise(_ index: Int32) {
    var item = items[index]
    let state = stacks.nodes[item.node].state
    let block = suffix.block(of: item.position)
    if item.next == Item.undecided {
      guard risen.insert(item.node, item.seen) else { return }
      if item.move < 0 {
        let gap = Int(suffix.positions[item.position].segment)
        if gap > farthest.gap { farthest = (gap, index) }
        if item.previous >= 0, goals[gap].contains(item.node) {
          (goal, reached) = (index, gap)
          return
        }
        if gap == goals.count - 1 {
          if let terminals = end(item), gap > 0 || !refused.contains(terminals.map(\.symbol)) {
            (goal, reached, lastTerminals) = (index, gap + 1, terminals)
          }
          return
        }
      }
      let key = suffix.closureKey(state, item.position)
      if key < 0 { return }
      if let distance = distances.distances(block, item.startsEnclosed)[key] {
        let falling = Item(
          node: item.node, position: item.position, cost: item.cost, previous: index, move: -1, isFalling: true,
          startsEnclosed: item.startsEnclosed)
        queue.insert(items.append(falling), cost: item.cost + distance + price(item.position))
      }
      item.next = closure.keys[Int(key)].firstExit
    } else {
      follow(closure.settled(item.next), index, item, suffix.blocks[block].firstPosition)
      item.next = closure.exits[Int(item.next)].next
    }
    items[index] = item
    if item.next >= 0 {
      queue.insert(index, cost: item.cost + Int32(closure.exits[Int(item.next)].cost) + price(item.position))
    }
  }

  private func follow(_ settled: RightSummary.Settled, _ index: Int32, _ item: Item, _ first: Int32) {
    let exit = settled.exit
    guard exit.count > 0 else { return }
    let base = stacks.ancestor(of: item.node, Int(exit.count))
    guard base >= 0, let column = column(item.node, exit.blocks) else { return }
    let under = stacks.nodes[base]
    let target = language.goto(under.state, exit.symbol & ~RightSummary.Exit.extraBit)
    if target == 0 { return }
    let position = suffix.narrowed(exit.position + first, by: target)
    if position < 0 { return }
    let isExtra = exit.symbol & RightSummary.Exit.extraBit != 0 && target == under.state
    let node = isExtra ? base : stacks.push(target, column: column, brackets: under.brackets, over: base)
    let next = Item(
      node: node, position: position, cost: item.cost + settled.cost, previous: index, move: item.next,
      startsEnclosed: item.startsEnclosed)
    if !risen.contains(node, next.seen) { rise(next) }
  }

  /// The column of the innermost block of a stack behind `effect`; nil if the blocks that are open do not allow it.
  private func column(_ node: Int32, _ effect: BlockEffect) -> Int32? {
    let own = stacks.nodes[node]
    return effect.column(behind: own.column, brackets: own.brackets) { stacks.outerColumn($0, from: node) }
  }

  private func fall(_ index: Int32) {
    var item = items[index]
    if item.move >= 0 {
      guard let node = node(behind: item) else { return }
      item.node = node
      items[index] = item
    }
    guard fallen.insert(item.node, item.seen) else { return }
    let block = suffix.block(of: item.position)
    let (first, distances) = (suffix.blocks[block].firstPosition, distances.distances(block, item.startsEnclosed))
    let key = suffix.closureKey(stacks.nodes[item.node].state, item.position)
    guard key >= 0 else { return }
    if distances[key] == 0 { leave(index, item) }
    if goal >= 0 { return }
    let price = price(item.position)
    for child in closure.children(of: key) {
      let subscription = closure.subscription(child)
      guard let distance = distances[subscription.child] else { continue }
      var next = Item(
        node: item.node, position: first + closure.keys[Int(subscription.child)].position,
        cost: item.cost + subscription.cost, previous: index, move: child, isFalling: true,
        startsEnclosed: item.startsEnclosed)
      if subscription.block == .opensUnknown {
        for column in columns(of: item) {
          next.column = column
          queue.insert(items.append(next), cost: next.cost + distance + price)
        }
      } else {
        queue.insert(items.append(next), cost: next.cost + distance + price)
      }
    }
  }

  /// The stack behind a move that pushes.
  private func node(behind item: Item) -> Int32? {
    let subscription = closure.subscription(item.move)
    let under = stacks.nodes[item.node]
    guard var column = column(item.node, subscription.blocks) else { return nil }
    if !subscription.isOver { return item.node }
    var brackets = under.brackets
    switch subscription.block {
    case .same: break
    case .opens(let known): column = known
    case .opensUnknown: column = item.column
    case .closes: column = stacks.outerColumn(column, from: item.node)
    case .opensBracket: brackets &+= brackets == .max ? 0 : 1
    case .closesBracket: brackets &-= brackets == 0 ? 0 : 1
    }
    return stacks.push(closure.keys[Int(subscription.child)].state, column: column, brackets: brackets, over: item.node)
  }

  /// Where a block may start that the gap opens: where the text behind goes on deeper, or one step.
  private func columns(of item: Item) -> [Int32] {
    let own = stacks.nodes[item.node].column
    var result: [Int32] = []
    if let layout = language.layout {
      let gap = Int(suffix.positions[item.position].segment)
      for segment in suffix.segments[gap...].prefix(Self.segmentsIndenting) {
        for column in layout.lineColumns(segment) {
          if column <= own { return result.isEmpty ? [own + 4] : result }
          if !result.contains(column) { result.append(column) }
          if result.count == Self.columnsTried { return result }
        }
      }
    }
    return result.isEmpty ? [own + 4] : result
  }

  private static let segmentsIndenting = 8
  private static let columnsTried = 3

  // MARK: Behind a gap

  /// Leaves the gap for the text behind it.
  private func leave(_ index: Int32, _ item: Item) {
    if !refused.isEmpty, suffix.positions[item.position].segment == 0,
      refused.contains(written(upTo: index).terminals.map(\.symbol))
    {
      return
    }
    let state = stacks.nodes[item.node].state
    let lookaheads = suffix.positions[item.position].line.lookaheads
    var free = suffix.positions[suffix.free[item.position]]
    free.line.startsEnclosed = item.startsEnclosed
    work.removeAll(keepingCapacity: true)
    for arrival in suffix.arrivals(state, behind: free) {
      let position = suffix.arrival(arrival)
      if suffix.takes(state, suffix.positions[position], under: lookaheads) { work.append((item.node, position)) }
    }
    run(index, item.cost)
  }

  /// Runs the parser through fixed text up to the next gap, or to the end.
  private func run(_ index: Int32, _ cost: Int32) {
    while let (node, place) = work.popLast() {
      guard passed.insert(node, place) else { continue }
      steps += 1
      if steps % Self.stepsPerItem == 0 { itemsLeft -= 1 }
      let position = suffix.positions[place]
      let own = stacks.nodes[node]
      switch position.kind {
      case .gap:
        enter(node, position, cost: cost, previous: index)
      case .unlexed:
        if language.lexStates[Int(own.state)] == ParseTables.noLookahead {
          for reduction in language.row(own.state).extraReductions {
            let base = stacks.ancestor(of: node, Int(reduction.childCount))
            if base < 0 { continue }
            let target = language.goto(stacks.nodes[base].state, reduction.symbol.rawValue)
            if target == 0 { continue }
            let isExtra = target == stacks.nodes[base].state
            work.append(
              (isExtra ? base : stacks.push(target, column: own.column, brackets: own.brackets, over: base), place))
          }
        } else {
          arrive(node, behind: position, line: position.line)
        }
      case .pending:
        guard position.condition.contains(own.column), position.brackets.contains(Int32(own.brackets)) else { continue }
        if take(node, own, position, place) {
          goal = index
          reached = Int(suffix.positions[items[index].position].segment) + 1
          return
        }
      }
    }
  }

  /// Takes the terminal that waits at a position; returns whether it is the end of a text that is accepted.
  private func take(_ node: Int32, _ own: LinearStacks.Node, _ position: SuffixPosition, _ place: Int32) -> Bool {
    let terminal = suffix.terminal(own.state, position)
    for action in language.actions(own.state, terminal) {
      switch action.kind {
      case .accept: return true
      case .reduce:
        let base = stacks.ancestor(of: node, Int(action.childCount))
        if base < 0 { continue }
        let target = language.goto(stacks.nodes[base].state, action.operand)
        if target == 0 { continue }
        work.append((stacks.push(target, column: own.column, brackets: own.brackets, over: base), place))
      case .shiftExtra: arrive(node, behind: position, line: position.line)
      case .shift:
        var column = own.column
        if let layout = language.layout {
          if terminal == layout.indent { column = position.column }
          if terminal == layout.dedent { column = stacks.outerColumn(of: node) }
        }
        let brackets = UInt8(clamping: Int(own.brackets) + Int(language.bracketChange[terminal.index]))
        arrive(
          stacks.push(action.operand, column: column, brackets: brackets, over: node), behind: position,
          line: position.line.behindFixed(terminal, language))
      }
    }
    return false
  }

  private func arrive(_ node: Int32, behind position: SuffixPosition, line: LinePlace) {
    let state = stacks.nodes[node].state
    for index in suffix.arrivals(state, behind: position, line: line) {
      let place = suffix.arrival(index)
      let next = suffix.positions[place]
      if next.kind == .pending, !language.hasActions(state, suffix.terminal(state, next)) { continue }
      work.append((node, place))
    }
  }
}
