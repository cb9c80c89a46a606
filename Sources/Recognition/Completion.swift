import Grammar

/// Whether, and how cheaply, a stack left of a hole can be completed over the hole and all that follows it.
///
/// Follows exits from the top of the stack, popping real nodes, until one accepts.
final class Completion {
  private let arena: StackArena
  private let language: Language
  private(set) var summary: RightSummary
  private let usual: RightSummary
  private lazy var wide = RightSummary(usual.suffix.allowingOtherContexts())
  /// Verdicts for items over nodes that stay, by item.
  private var known: [Item: Bool] = [:]
  /// Nodes below this index stay as they are; verdicts over others are not kept.
  var stableCount = 0 {
    didSet { if stableCount < oldValue { known.removeAll(keepingCapacity: true) } }
  }

  /// The scanner's state but for layout at the current hole; the text behind it goes on in this state.
  var context: Int32 = 0

  /// A state at a position; over `base`, or the state of `base` itself.
  private struct Item: Hashable {
    var state: UInt16
    var isOver: Bool
    var position: Int32
    var base: Int32
    /// The column of the innermost block that is open here.
    var column: Int32
  }

  init(_ recogniser: Recogniser, segments: [[UInt8]]) {
    arena = recogniser.arena
    language = recogniser.language
    usual = RightSummary(SuffixText(recogniser.lexer, segments: segments))
    summary = usual
  }

  /// Whether holes may end in another context than they start in, as one that cuts a string does.
  var allowsOtherContexts = false {
    didSet {
      if allowsOtherContexts == oldValue { return }
      summary = allowsOtherContexts ? wide : usual
      known.removeAll(keepingCapacity: true)
    }
  }

  private func start(_ node: Int32, _ hole: Int, _ line: LinePlace) -> Item {
    Item(
      state: arena.nodes[Int(node)].state, isOver: false,
      position: summary.suffix.identifier(.gap(hole, context, line)), base: node,
      column: arena.nodes[Int(node)].column)
  }

  /// Whether `node` can be completed if hole `hole` comes next; `line` is the place where it stands.
  ///
  /// Necessary for every text that the hole may get, sufficient on all grammars seen; amortised O(exits walked).
  func isCompletable(_ node: Int32, hole: Int, line: LinePlace) -> Bool {
    let first = start(node, hole, line)
    if let verdict = known[first] { return verdict }
    var visited: Set<Item> = [first]
    var stack = [first]
    var found = false
    search: while let item = stack.popLast() {
      if let verdict = known[item] {
        if verdict {
          found = true
          break
        }
        continue
      }
      for settled in summary.exits(item.state, item.position) {
        let exit = settled.exit
        guard let column = columnAfter(item, exit.blocks) else { continue }
        if exit.count == 0 {
          found = true
          break search
        }
        follow(item, exit, column) { if visited.insert($0).inserted { stack.append($0) } }
      }
    }
    if found {
      // Only the start is known to succeed; what else was visited may not.
      if first.base < stableCount { known[first] = true }
    } else {
      for item in visited where item.base < stableCount { known[item] = false }
    }
    return found
  }

  /// The innermost open column after `effect`; nil if the blocks open at `item` do not allow it.
  @inline(__always)
  private func columnAfter(_ item: Item, _ effect: BlockEffect) -> Int32? {
    var column = item.column
    guard effect.inner.contains(column) else { return nil }
    if effect.closed > 0 {
      column = arena.outerColumn(column, from: item.base)
      guard effect.outer.contains(column) else { return nil }
    }
    if effect.closed > 1 { column = arena.outerColumn(column, from: item.base) }
    return column
  }

  @inline(__always)
  private func follow(_ item: Item, _ exit: RightSummary.Exit, _ column: Int32, _ body: (Item) -> Void) {
    let depth = item.isOver ? Int(exit.count) - 1 : Int(exit.count)
    let symbol = exit.symbol & ~RightSummary.Exit.extraBit
    arena.forEachAncestor(of: item.base, depth: depth) { base in
      let state = arena.nodes[Int(base)].state
      let target = language.goto(state, symbol)
      if target == 0 { return }
      let isExtra = exit.symbol & RightSummary.Exit.extraBit != 0 && target == state
      body(Item(state: target, isOver: !isExtra, position: exit.position, base: base, column: column))
    }
  }

  /// The cheapest terminals that, written in hole `hole` after `node`, let everything complete; nil if none do.
  ///
  /// Dijkstra's algorithm over items; O(exits walked × log).
  func shortest(_ node: Int32, hole: Int, line: LinePlace) -> (cost: Int, terminals: [SymbolID])? {
    struct Step {
      var item: Item
      var cost: Int32
      /// The step before, and the exit of its item that led here.
      var previous: Int
      var exit: Int
    }
    var steps = [Step(item: start(node, hole, line), cost: 0, previous: -1, exit: 0)]
    var queue: [Int32: [Int]] = [0: [0]]
    var done: Set<Item> = []
    var goals: [Int32: (Int, Int)] = [:]
    var cost: Int32 = 0
    while cost <= max(queue.keys.max() ?? -1, goals.keys.max() ?? -1) {
      if let goal = goals[cost] {
        var terminals: [[SymbolID]] = []
        var (step, exit) = goal
        while step >= 0 {
          let item = steps[step].item
          terminals.append(summary.terminals(item.state, item.position, exit: exit, hole: hole))
          exit = steps[step].exit
          step = steps[step].previous
        }
        return (Int(cost), terminals.reversed().flatMap { $0 })
      }
      guard let index = queue[cost]?.popLast() else {
        queue[cost] = nil
        cost += 1
        continue
      }
      let item = steps[index].item
      if !done.insert(item).inserted { continue }
      for (position, settled) in summary.exits(item.state, item.position).enumerated() {
        guard let column = columnAfter(item, settled.exit.blocks) else { continue }
        let total = cost + settled.cost
        if settled.exit.count == 0 {
          if goals[total] == nil { goals[total] = (index, position) }
          continue
        }
        follow(item, settled.exit, column) {
          if done.contains($0) { return }
          steps.append(Step(item: $0, cost: total, previous: index, exit: position))
          queue[total, default: []].append(steps.count - 1)
        }
      }
    }
    return nil
  }
}
