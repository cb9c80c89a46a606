import Grammar

/// For every state on top of an unknown stack: how the rest of the file can pop below it.
///
/// A least fixpoint over keys *(state, position)*, where a position is a hole still to be filled or a terminal of the
/// fixed text:
///
///     exits(q, p) = (m, A, p'):  started with q on top at p, the parser arrives at p' and wants to pop m ≥ 1 states,
///                                q included, and go on with A;  or it accepts
///
/// Every exit carries the least cost of the terminals written in holes on the way and conditions on the columns of the
/// blocks that are open at q. Costs only grow along a derivation, so exits are settled in the order of their cost
/// (Knuth's generalisation of Dijkstra's algorithm), and a settled exit is never revised. Keys are computed on demand
/// and do not depend on what is left of the hole; one summary serves every candidate.
///
/// In a hole every reduction is taken under any lookahead. This can only add exits, so the summary is a necessary
/// condition; what closes a hole is checked on the concrete text.
final class RightSummary {
  let language: Language
  let suffix: SuffixText

  struct Exit: Hashable {
    /// States to pop, the key's own included; 0 for acceptance.
    var count: UInt8
    /// The nonterminal to go on with; `extraBit` marks the end of a non-terminal extra.
    var symbol: UInt16
    var position: Int32
    /// What the way asks of the blocks open at the key, and what it does to them.
    var blocks: BlockEffect
    static let extraBit: UInt16 = 0x8000
  }

  /// An exit with its cost and how it came about: by itself (`via` < 0), or from an exit of a subscription's child.
  struct Settled {
    var exit: Exit
    var cost: Int32
    var via: Int32
    var childExit: Int32
  }

  private struct Subscription {
    var parent: Int32
    var child: Int32
    /// The child stands over the parent's state; else it replaces it.
    var isOver: Bool
    /// What the terminal that leads to the child does to the open blocks.
    var block: BlockChange
    /// The effect before that terminal.
    var blocks: BlockEffect
    var cost: Int32
    /// The terminal written in the hole, `.end` if none, and the hole.
    var terminal: SymbolID
    var hole: Int32
    /// The exit of another child that this subscription continues.
    var originVia: Int32
    var originExit: Int32
  }
  private struct Key {
    var state: UInt16
    var position: Int32
    var exits: [Settled] = []
    var subscribers: [Int32] = []
  }
  private struct SettledKey: Hashable {
    var key: Int32
    var exit: Exit
  }
  private struct Event {
    var key: Int32
    var settled: Settled
  }

  private var keys: [Key] = []
  private var identifiers: [UInt64: Int32] = [:]
  private var subscriptions: [Subscription] = []
  private var settled: Set<SettledKey> = []
  private var buckets: [[Event]] = []
  private var lowest = 0
  private var fresh: [Int32] = []
  /// Costs are clamped here; acceptance does not depend on them.
  private static let maximalCost: Int32 = 8191

  init(_ suffix: SuffixText) {
    self.suffix = suffix
    language = suffix.language
  }

  /// The settled exits of `state` at `position`, by ascending cost. Amortised O(exits).
  func exits(_ state: UInt16, _ position: Int32) -> [Settled] {
    let key = identifier(state, position)
    settle()
    return keys[Int(key)].exits
  }

  /// The terminals that the exit with index `index` of the key writes in hole `hole`.
  func terminals(_ state: UInt16, _ position: Int32, exit index: Int, hole: Int) -> [SymbolID] {
    var result: [SymbolID] = []
    collect(identifier(state, position), Int32(index), Int32(hole), &result)
    return result
  }

  private func collect(_ key: Int32, _ exit: Int32, _ hole: Int32, _ result: inout [SymbolID]) {
    let settled = keys[Int(key)].exits[Int(exit)]
    if settled.via < 0 { return }
    prefix(settled.via, hole, &result)
    collect(subscriptions[Int(settled.via)].child, settled.childExit, hole, &result)
  }

  private func prefix(_ index: Int32, _ hole: Int32, _ result: inout [SymbolID]) {
    let subscription = subscriptions[Int(index)]
    if subscription.originVia >= 0 {
      prefix(subscription.originVia, hole, &result)
      collect(subscriptions[Int(subscription.originVia)].child, subscription.originExit, hole, &result)
    }
    if subscription.terminal != .end, subscription.hole == hole { result.append(subscription.terminal) }
  }

  private func identifier(_ state: UInt16, _ position: Int32) -> Int32 {
    let packed = UInt64(state) << 32 | UInt64(UInt32(bitPattern: position))
    if let known = identifiers[packed] { return known }
    let identifier = Int32(keys.count)
    keys.append(Key(state: state, position: position))
    identifiers[packed] = identifier
    fresh.append(identifier)
    return identifier
  }

  private func settle() {
    while true {
      while let key = fresh.popLast() { expand(key) }
      while lowest < buckets.count, buckets[lowest].isEmpty { lowest += 1 }
      if lowest >= buckets.count { return }
      guard let event = buckets[lowest].popLast() else { continue }
      settle(event)
    }
  }

  private func schedule(_ key: Int32, _ settled: Settled) {
    if settled.exit.blocks.isImpossible { return }
    let bucket = Int(min(settled.cost, Self.maximalCost))
    while buckets.count <= bucket { buckets.append([]) }
    buckets[bucket].append(Event(key: key, settled: settled))
    lowest = min(lowest, bucket)
  }

  private func settle(_ event: Event) {
    guard settled.insert(SettledKey(key: event.key, exit: event.settled.exit)).inserted else { return }
    let index = Int32(keys[Int(event.key)].exits.count)
    keys[Int(event.key)].exits.append(event.settled)
    let subscribers = keys[Int(event.key)].subscribers
    for subscriber in subscribers { deliver(subscriber, index, event.settled) }
  }

  private struct SubscriptionKey: Hashable {
    var parent: Int32
    var child: Int32
    var isOver: Bool
    var blocks: BlockEffect
  }
  private var continued: Set<SubscriptionKey> = []

  private func subscribe(_ subscription: Subscription) {
    if subscription.originVia >= 0 {
      // The first of several ways to the same goto is the cheapest.
      let key = SubscriptionKey(
        parent: subscription.parent, child: subscription.child, isOver: subscription.isOver,
        blocks: subscription.blocks)
      if !continued.insert(key).inserted { return }
    }
    let index = Int32(subscriptions.count)
    subscriptions.append(subscription)
    keys[Int(subscription.child)].subscribers.append(index)
    let exits = keys[Int(subscription.child)].exits
    for (position, exit) in exits.enumerated() { deliver(index, Int32(position), exit) }
  }

  /// An exit of a child becomes one of its parent, or goes on over the parent's state.
  private func deliver(_ index: Int32, _ childExit: Int32, _ child: Settled) {
    let subscription = subscriptions[Int(index)]
    var exit = child.exit
    exit.blocks = subscription.blocks.followed(by: subscription.block, child.exit.blocks)
    if exit.blocks.isImpossible { return }
    let cost = min(subscription.cost + child.cost, Self.maximalCost)
    if exit.count == 0 || !subscription.isOver {
      schedule(subscription.parent, Settled(exit: exit, cost: cost, via: index, childExit: childExit))
    } else if exit.count >= 2 {
      exit.count -= 1
      schedule(subscription.parent, Settled(exit: exit, cost: cost, via: index, childExit: childExit))
    } else {
      // Exactly the child's own states are popped: the goto stands over the parent's state.
      let state = keys[Int(subscription.parent)].state
      let target = language.goto(state, exit.symbol & ~Exit.extraBit)
      if target == 0 { return }
      let isExtra = exit.symbol & Exit.extraBit != 0 && target == state
      let next = identifier(target, exit.position)
      subscribe(
        Subscription(
          parent: subscription.parent, child: next, isOver: !isExtra, block: .same, blocks: exit.blocks,
          cost: cost, terminal: .end, hole: 0, originVia: index, originExit: childExit))
    }
  }

  private func expand(_ key: Int32) {
    let state = keys[Int(key)].state
    let position = suffix.positions[Int(keys[Int(key)].position)]
    switch position.kind {
    case .gap: expandGap(key, state, position)
    case .pending: expandPending(key, state, position)
    case .unlexed: expandUnlexed(key, state, position)
    }
  }

  private func expandGap(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    let row = language.rows[Int(state)]
    let here = keys[Int(key)].position
    for reduction in row.reductions { reduce(key, reduction.symbol.rawValue, reduction.childCount, here) }
    for reduction in row.extraReductions {
      reduce(key, reduction.symbol.rawValue | Exit.extraBit, reduction.childCount, here)
    }
    for shift in row.shifts {
      let line = position.line.behind(shift.terminal, language)
      let next =
        line == position.line ? here : suffix.identifier(.gap(Int(position.segment), position.scanner, line))
      subscribe(
        Subscription(
          parent: key, child: identifier(shift.target.rawValue, next), isOver: true,
          block: change(shift.terminal, column: nil), blocks: .none, cost: language.samples.costs[shift.terminal.index],
          terminal: shift.terminal, hole: position.segment, originVia: -1, originExit: -1))
    }
    let arrivals = suffix.arrivals(state, behind: position)
    for arrival in arrivals { become(key, state, arrival) }
  }

  private func expandPending(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    var terminal = SymbolID(rawValue: position.terminal)
    let fallback = SymbolID(rawValue: position.fallback)
    if fallback != .end, !language.hasActions(state, terminal) { terminal = fallback }
    let line = position.line.behind(terminal, language)
    for action in language.actions(state, terminal) {
      switch action.kind {
      case .reduce: reduce(key, action.operand, Int(action.childCount), keys[Int(key)].position)
      case .shift:
        let arrivals = suffix.arrivals(
          action.operand, segment: Int(position.segment), offset: Int(position.offset), scanner: position.scanner,
          line: line)
        for arrival in arrivals {
          subscribe(
            Subscription(
              parent: key, child: identifier(action.operand, arrival), isOver: true,
              block: change(terminal, column: position.column), blocks: BlockEffect(inner: position.condition), cost: 0,
              terminal: .end, hole: 0, originVia: -1, originExit: -1))
        }
      case .shiftExtra:
        let arrivals = suffix.arrivals(
          state, segment: Int(position.segment), offset: Int(position.offset), scanner: position.scanner,
          line: position.line)
        for arrival in arrivals { become(key, state, arrival) }
      case .accept:
        schedule(
          key,
          Settled(
            exit: Exit(count: 0, symbol: 0, position: -1, blocks: BlockEffect(inner: position.condition)), cost: 0,
            via: -1,
            childExit: -1))
      }
    }
  }

  /// `column` is that of the block which an indent opens, nil if it is unknown.
  private func change(_ terminal: SymbolID, column: Int32?) -> BlockChange {
    guard let layout = language.layout else { return .same }
    if terminal == layout.indent { return .opens(column) }
    return terminal == layout.dedent ? .closes : .same
  }

  private func expandUnlexed(_ key: Int32, _ state: UInt16, _ position: SuffixPosition) {
    if language.lexStates[Int(state)] == ParseTables.noLookahead {
      for reduction in language.rows[Int(state)].extraReductions {
        reduce(key, reduction.symbol.rawValue | Exit.extraBit, reduction.childCount, keys[Int(key)].position)
      }
      return
    }
    let arrivals = suffix.arrivals(
      state, segment: Int(position.segment), offset: Int(position.offset), scanner: position.scanner,
      line: position.line)
    for arrival in arrivals { become(key, state, arrival) }
  }

  private func reduce(_ key: Int32, _ symbol: UInt16, _ count: Int, _ position: Int32) {
    if count > 0 {
      schedule(
        key,
        Settled(
          exit: Exit(count: UInt8(count), symbol: symbol, position: position, blocks: .none), cost: 0, via: -1,
          childExit: -1))
    } else {
      let target = language.goto(keys[Int(key)].state, symbol & ~Exit.extraBit)
      if target == 0 { return }
      subscribe(
        Subscription(
          parent: key, child: identifier(target, position), isOver: true, block: .same, blocks: .none, cost: 0,
          terminal: .end, hole: 0, originVia: -1, originExit: -1))
    }
  }

  /// The same state at another position.
  private func become(_ key: Int32, _ state: UInt16, _ position: Int32) {
    subscribe(
      Subscription(
        parent: key, child: identifier(state, position), isOver: false, block: .same, blocks: .none, cost: 0,
        terminal: .end, hole: 0, originVia: -1, originExit: -1))
  }
}
