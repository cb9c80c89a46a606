import Grammar

/// A way through the gaps of a text: terminals for each with which all of it parses, or up to where a known way goes on.
///
/// The parser runs from left to right, through gaps as through fixed text, and all its stacks are one graph
/// (`GapStacks`). In a gap, a stack *rises* by the exits of the language's closure, which pop what is on it, and then
/// *falls* to a state that takes the text behind the gap by ways that push only, as `GapDistances` leads it. What comes
/// first is decided by what is written so far, what is missing in this gap at least, and a price for each gap that is
/// still to come.
///
/// What is found is a guess in that it knows terminals, not bytes. Not exhaustive: of ways that lead to the same stack
/// only the first is followed.
final class GapSearch {
  typealias PlannedTerminal = RightSummary.PlannedTerminal

  let language: Language
  let suffix: SuffixText
  let closure: HoleClosure
  private var distances: GapDistanceTable
  /// Stacks that the search starts with, and those from which a known way goes on.
  private var linear = LinearStacks()
  var graph = GapStacks()
  /// Blocks that are open in one another, as stacks of their columns.
  var blocks = LinearStacks()
  /// How the last gap and the text behind it go on, and where stacks are in the recogniser's arena for it.
  private let recogniser: Recogniser
  private var ending: Completion?
  private var endingNodes: [Int32: Int32] = [:]
  private var lastTerminals: [PlannedTerminal] = []
  /// What a question to the summary behind the last gap counts, and how much that gap may write.
  private static let itemsPerEnding = 100
  private static let reach: Int32 = 40
  /// Edges, and nodes whose next exit is due.
  private var queue = BucketQueue<Int32>()
  /// The gap that a stack has come to and that lies furthest behind, and the node.
  private(set) var farthest: (gap: Int, node: Int32) = (0, -1)
  /// Stacks at the starts of gaps from which a known way goes on.
  var goals: [Set<Int32>]
  /// Terminals that the first gap is not to get.
  let refused: [[SymbolID]]
  /// How many items may still be looked at before the search is given up.
  private(set) var itemsLeft: Int
  /// The edges of the way that was found, from the top of the stack, and how many gaps it goes through.
  private var found: [Int32]?
  private var reached = 0

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
    linear.deallocate()
    graph.deallocate()
    blocks.deallocate()
    queue.deallocate()
  }

  /// What a gap that is still to come is thought to cost, and how many items are looked at. No number suits all texts:
  /// where it is high, a way is found soon or not at all.
  static let attempts: [(gapCost: Int32, items: Int)] = [(8, 20_000), (4, 150_000), (16, 50_000), (2, 200_000)]
  /// The same for a change, where a known way mostly goes on behind one of the next gaps.
  static let attemptsNear: [(gapCost: Int32, items: Int)] = [(0, 30_000), (5, 20_000)]
  private let gapCost: Int32
  private static let stacksCopied = 8

  /// The stacks at a node of the recogniser's.
  func copies(of node: Int32, _ arena: StackArena) -> [Int32] {
    linear.copies(of: node, in: arena, limit: Self.stacksCopied)
  }

  func start(_ stack: Int32, _ place: Completion.Place) {
    let top = node(of: stack)
    let position = SuffixPosition.gap(0, place.scanner, place.line)
    wait(move(top, to: position))
  }

  /// The node of a stack that the search starts with.
  private func node(of stack: Int32) -> Int32 {
    if stack < 0 { return graph.root }
    let own = linear.nodes[stack]
    let columns = linear.columns(of: stack).reversed().reduce(-1) { blocks.push(0, column: $1, brackets: 0, over: $0) }
    let node = graph.node(
      GapStacks.Key(state: own.state, brackets: own.brackets, role: .reads, position: -2 - stack, columns: columns))
    if graph.nodes[node].linear >= 0 { return node }
    graph.name(node, stack)
    _ = graph.enter(graph.propose(GapStacks.Edge(node: node, below: self.node(of: own.parent), cost: 0)))
    return node
  }

  /// The terminals of each gap up to the one where a known way goes on; nil if none were found.
  func find() -> [[PlannedTerminal]]? {
    while found == nil, itemsLeft > 0, let (item, _) = queue.popLowest() {
      itemsLeft -= 1
      if item & 1 == 0 { enter(item >> 1) } else { exit(item >> 1) }
    }
    return found.map {
      var gaps = terminals($0, upTo: reached)
      if reached == goals.count { gaps[reached - 1] = lastTerminals }
      return gaps
    }
  }

  /// The terminals up to some gaps in front of the one where the search got stuck; nil if that is near.
  var part: [[PlannedTerminal]]? {
    guard found == nil, farthest.gap > Self.gapsBack else { return nil }
    return terminals(way(to: farthest.node), upTo: farthest.gap - Self.gapsBack)
  }

  private static let gapsBack = 2

  // MARK: The graph

  private func price(_ segment: Int32) -> Int32 { Int32(goals.count - 1 - Int(segment)) * gapCost }

  func propose(_ edge: GapStacks.Edge, _ distance: Int32 = 0) {
    let segment = suffix.positions[graph.nodes[edge.node].key.position].segment
    let cost = graph.nodes[edge.below].cost + edge.cost + distance + price(segment)
    queue.insert(graph.propose(edge) << 1, cost: cost)
  }

  private func enter(_ edge: Int32) {
    guard graph.enter(edge) else { return }
    let node = graph.edges[edge].node
    var wait = graph.nodes[node].firstWait
    while wait >= 0 {
      give(edge, to: wait)
      wait = graph.waits[wait].next
    }
    let key = graph.nodes[node].key
    if suffix.positions[key.position].segment == Int32(goals.count - 1) {
      if key.role == .starts { compare(node, goals.count - 1) }
      if found == nil { end(edge, key) }
    } else if graph.nodes[node].bestEdge == edge {
      follow(node)
    }
  }

  /// Asks for terminals for the last gap with which the text behind it ends well.
  private func end(_ edge: Int32, _ key: GapStacks.Key) {
    let position = suffix.positions[key.position]
    farthest = (goals.count - 1, graph.edges[edge].node)
    itemsLeft -= Self.itemsPerEnding
    let ending =
      ending ?? Completion(recogniser, segments: [suffix.segments[suffix.segments.count - 1]], exitLimit: 300_000)
    self.ending = ending
    var line = position.line
    line.startsEnclosed = key.startsEnclosed
    let node = arenaNode(key, over: arenaNode(graph.edges[edge].below))
    ending.stableCount = recogniser.arena.nodeCount
    ending.context = Completion.Context(state: position.scanner, depth: 0, isEnclosed: key.startsEnclosed)
    let place = Completion.Place(line: line, scanner: position.scanner)
    guard let terminals = ending.shortest(node, hole: 0, place, room: .max, reach: Self.reach)?.terminals,
      goals.count > 1 || !refused.contains(terminals.map(\.symbol))
    else { return }
    (found, reached, lastTerminals) = ([edge] + way(to: graph.edges[edge].below), goals.count, terminals)
  }

  /// The best stack at a node, in the arena.
  private func arenaNode(_ node: Int32) -> Int32 {
    if node == graph.root { return -1 }
    if let known = endingNodes[node] { return known }
    let new = arenaNode(graph.nodes[node].key, over: arenaNode(graph.edges[graph.nodes[node].bestEdge].below))
    endingNodes[node] = new
    return new
  }

  private func arenaNode(_ key: GapStacks.Key, over below: Int32) -> Int32 {
    recogniser.arena.push(
      state: key.state, Surroundings(column: blocks.nodes[key.columns].column, brackets: key.brackets), parent: below)
  }

  func wait(_ wait: GapStacks.Wait) {
    guard let index = graph.add(wait) else { return }
    var edge = graph.nodes[wait.node].firstEdge
    while edge >= 0 {
      give(edge, to: index)
      edge = graph.edges[edge].next
    }
  }

  private func give(_ edge: Int32, to index: Int32) {
    var wait = graph.waits[index]
    let below = graph.edges[edge].below
    wait.cost += graph.edges[edge].cost
    wait.count -= 1
    if wait.action == .compares {
      compare(wait, below, edge, index)
    } else if wait.count > 0 {
      if below == graph.root { return }
      (wait.node, wait.previous, wait.edge) = (below, index, edge)
      self.wait(wait)
    } else {
      land(wait, below, edge, index)
    }
  }

  /// Takes the action that has waited, with nothing more to be taken off a stack.
  private func land(_ wait: GapStacks.Wait, _ below: Int32, _ edge: Int32, _ index: Int32) {
    var key = wait.target
    key.state = UInt16(truncatingIfNeeded: wait.operand)
    if wait.action != .moves {
      if below == graph.root { return }
      let under = graph.nodes[below].key
      // What is open where a stack rises to is what was.
      if key.role == .rises { key.brackets = under.brackets }
      key.state = language.goto(under.state, key.state)
      if key.state == 0 { return }
      key.position = suffix.narrowed(key.position, by: key.state)
      if key.position < 0 { return }
      if wait.action == .endsExtra, key.state == under.state {
        var next = wait
        (next.node, next.count, next.action, next.operand) = (below, 1, .moves, Int32(key.state))
        (next.target.position, next.target.brackets, next.previous, next.edge) = (
          key.position, key.brackets, index, edge
        )
        self.wait(next)
        return
      }
    }
    propose(GapStacks.Edge(node: graph.node(key), below: below, cost: wait.cost, wait: index, over: edge))
  }

  /// What waits at `node` to be the same stack at another place.
  func move(_ node: Int32, to position: Int32, _ role: GapStacks.Role) -> GapStacks.Wait {
    var target = graph.nodes[node].key
    let state = Int32(target.state)
    (target.state, target.role, target.position) = (0, role, position)
    return GapStacks.Wait(node: node, count: 1, action: .moves, operand: state, target: target, cost: 0)
  }

  /// The same at the start of a gap. The closure knows those that start outside of strings; where they start matters only
  /// to where they end.
  func move(_ node: Int32, to gap: SuffixPosition) -> GapStacks.Wait {
    var place = gap
    place.line.startsEnclosed = false
    var wait = move(node, to: suffix.identifier(place), .starts)
    wait.target.startsEnclosed = gap.line.startsEnclosed
    return wait
  }

  private func follow(_ node: Int32) {
    let key = graph.nodes[node].key
    if suffix.positions[key.position].kind != .gap { return read(node, key) }
    if key.role == .starts {
      let gap = Int(suffix.positions[key.position].segment)
      if gap > farthest.gap { farthest = (gap, node) }
      if gap > 0 { compare(node, gap) }
      if found != nil { return }
    }
    let closureKey = suffix.closureKey(key.state, key.position)
    if closureKey < 0 { return }
    fall(node, key, closureKey)
    if key.role == .falls { return }
    let exit = closure.keys[Int(closureKey)].firstExit
    if exit >= 0 { schedule(node, exit) }
  }

  // MARK: Known stacks

  private func compare(_ node: Int32, _ gap: Int) {
    for stack in goals[gap] where isLike(graph.nodes[node], stack) {
      var wait = move(node, to: graph.nodes[node].key.position, .starts)
      (wait.action, wait.operand) = (.compares, linear.nodes[stack].parent)
      self.wait(wait)
    }
  }

  private func isLike(_ node: GapStacks.Node, _ stack: Int32) -> Bool {
    if stack < 0 { return false }
    let own = linear.nodes[stack]
    return node.key.state == own.state && node.key.brackets == own.brackets
      && blocks.nodes[node.key.columns].column == own.column
  }

  /// Compares what lies under a node with what lies under that of a known stack.
  private func compare(_ wait: GapStacks.Wait, _ below: Int32, _ edge: Int32, _ index: Int32) {
    if found != nil { return }
    let node = graph.nodes[below]
    if below == graph.root ? wait.operand < 0 : node.linear >= 0 && node.linear == wait.operand {
      let (first, edges) = graph.trace(index, edge)
      found = edges
      reached = Int(suffix.positions[first.target.position].segment)
    } else if below != graph.root, node.linear < 0, isLike(node, wait.operand) {
      var next = wait
      (next.node, next.count, next.operand) = (below, 1, linear.nodes[wait.operand].parent)
      (next.previous, next.edge) = (index, edge)
      self.wait(next)
    }
  }

  // MARK: In a gap

  private func schedule(_ node: Int32, _ exit: Int32) {
    graph.takeExit(node, next: exit)
    let segment = suffix.positions[graph.nodes[node].key.position].segment
    queue.insert(
      node << 1 | 1, cost: graph.nodes[node].cost + Int32(closure.exits[Int(exit)].cost) + price(segment))
  }

  /// Rises by the next exit.
  private func exit(_ node: Int32) {
    let index = graph.nodes[node].nextExit
    let next = closure.exits[Int(index)].next
    if next >= 0 { schedule(node, next) }
    let settled = closure.settled(index)
    let exit = settled.exit
    let key = graph.nodes[node].key
    guard exit.count > 0, let column = column(key, behind: exit.blocks) else { return }
    let isExtra = exit.symbol & RightSummary.Exit.extraBit != 0
    let first = suffix.blocks[suffix.block(of: key.position)].firstPosition
    let target = GapStacks.Key(
      state: 0, brackets: 0, role: .rises, startsEnclosed: key.startsEnclosed, position: exit.position + first,
      columns: columns(key.columns, column))
    wait(
      GapStacks.Wait(
        node: node, count: Int32(exit.count), action: isExtra ? .endsExtra : .reduces,
        operand: Int32(exit.symbol & ~RightSummary.Exit.extraBit), target: target, cost: settled.cost, exit: index))
  }

  /// Falls by the ways that lead to the text behind the gap, or leaves for it.
  private func fall(_ node: Int32, _ key: GapStacks.Key, _ closureKey: Int32) {
    let block = suffix.block(of: key.position)
    let (first, distances) = (suffix.blocks[block].firstPosition, distances.distances(block, key.startsEnclosed))
    guard let own = distances[closureKey] else { return }
    if own == 0 { leave(node, key) }
    for child in closure.children(of: closureKey) {
      let subscription = closure.subscription(child)
      guard let distance = distances[subscription.child],
        let column = column(key, behind: subscription.blocks)
      else { continue }
      let position = first + closure.keys[Int(subscription.child)].position
      if !subscription.isOver {
        var wait = move(node, to: position, .falls)
        (wait.cost, wait.exit) = (subscription.cost, -2 - child)
        self.wait(wait)
        continue
      }
      var next = GapStacks.Key(
        state: closure.keys[Int(subscription.child)].state, brackets: key.brackets, role: .falls,
        startsEnclosed: key.startsEnclosed, position: position, columns: columns(key.columns, column))
      var opened: [Int32] = []
      switch subscription.block {
      case .same: break
      case .opens(let known): next.columns = columns(next.columns, known)
      case .opensUnknown: opened = openColumns(key)
      case .closes: next.columns = columns(next.columns, blocks.outerColumn(column, from: next.columns))
      case .opensBracket: next.brackets &+= next.brackets == .max ? 0 : 1
      case .closesBracket: next.brackets &-= next.brackets == 0 ? 0 : 1
      }
      if opened.isEmpty {
        propose(
          GapStacks.Edge(node: graph.node(next), below: node, cost: subscription.cost, move: child), distance)
      }
      let around = next.columns
      for column in opened {
        next.columns = columns(around, column)
        propose(
          GapStacks.Edge(node: graph.node(next), below: node, cost: subscription.cost, move: child, column: column),
          distance)
      }
    }
  }

  /// The column of the innermost block behind `effect`; nil if the blocks that are open do not allow it.
  private func column(_ key: GapStacks.Key, behind effect: BlockEffect) -> Int32? {
    effect.column(behind: blocks.nodes[key.columns].column, brackets: key.brackets) {
      blocks.outerColumn($0, from: key.columns)
    }
  }

  /// The open blocks with one at `column` as the innermost.
  func columns(_ open: Int32, _ column: Int32) -> Int32 {
    var open = open
    while open >= 0, blocks.nodes[open].column > column { open = blocks.nodes[open].parent }
    if open >= 0, blocks.nodes[open].column == column { return open }
    return blocks.push(0, column: column, brackets: 0, over: open)
  }

  /// Where a block may start that the gap opens: where the text behind goes on deeper, or one step.
  private func openColumns(_ key: GapStacks.Key) -> [Int32] {
    let own = blocks.nodes[key.columns].column
    var result: [Int32] = []
    if let layout = language.layout {
      let gap = Int(suffix.positions[key.position].segment)
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
}
