import Foundation
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
/// (Knuth's generalisation of Dijkstra's algorithm), and a settled exit is never revised; a wider reach may add a cheaper
/// one beside it. Keys are computed on demand and do not depend on what is left of the hole; one summary serves every
/// candidate.
///
/// In a hole a reduction is taken under all the lookaheads that the tables allow at once: the position that it leads to
/// carries the set of terminals of which one must come next (`LookaheadSets`). What is the same for every hole is
/// computed once for a language (`HoleClosure`) and shared.
final class RightSummary {
  /// A terminal to be written in a hole.
  struct PlannedTerminal {
    var symbol: SymbolID
    /// For an indent, the columns that the text behind the hole leaves to the block.
    var columns: ColumnCondition
  }

  let language: Language
  let suffix: SuffixText

  struct Exit: Equatable, BitwiseCopyable {
    /// States to pop, the key's own included; 0 for acceptance.
    var count: UInt8
    /// The nonterminal to go on with; `extraBit` marks the end of a non-terminal extra.
    var symbol: UInt16
    var position: Int32
    /// What the way asks of the blocks open at the key, and what it does to them.
    var blocks: BlockEffect
    static let extraBit: UInt16 = 0x8000
  }

  /// An exit of a key with its cost and how it came about: by itself (`via` < 0), or from an exit of a subscription's
  /// child.
  struct Settled: BitwiseCopyable {
    var exit: Exit
    var cost: Int32
    var key: Int32
    var via: Int32
    var childExit: Int32
    /// The key's next exit, -1 for none.
    var next: Int32 = -1
    /// The one before with the same target and other conditions, -1 for none.
    var similar: Int32 = -1
  }

  struct Subscription: BitwiseCopyable {
    var parent: Int32
    var child: Int32
    /// The child stands over the parent's state; else it replaces it.
    var isOver: Bool
    /// What the terminal that leads to the child does to the open blocks.
    var block = BlockChange.same
    /// The effect before that terminal.
    var blocks = BlockEffect.none
    var cost: Int32 = 0
    /// The terminal written in the hole, `.end` if none, and the hole.
    var terminal = SymbolID.end
    var hole: Int32 = 0
    /// The exit of another child that this subscription continues.
    var originVia: Int32 = -1
    var originExit: Int32 = -1
    /// The child's next subscriber, -1 for none.
    var next: Int32 = -1
    /// The one before between the same keys with other conditions, -1 for none.
    var similar: Int32 = -1
    /// The parent's next subscription, -1 for none. Only of those that are not the closure's.
    var sibling: Int32 = -1

    /// What the way to the child leaves open for what comes behind.
    var opened: Int32 { isOver && terminal != .end ? cost : 0 }
  }
  struct Key: BitwiseCopyable {
    var state: UInt16
    var position: Int32
    /// The hole whose closure has it, in `suffix.blocks`; -1 for none.
    var block: Int32 = -1
    var firstExit: Int32 = -1
    var lastExit: Int32 = -1
    var firstSubscriber: Int32 = -1
    var firstChild: Int32 = -1
    /// The cost of the terminals that holes have opened between a key that was asked for and this one.
    var distance: Int32 = .max
    /// A key of a closure takes part only once it is within reach.
    var isActive = true
  }
  /// An exit on its way to a key; a goto over the key's state where the exit pops all that is above it.
  private struct Event: BitwiseCopyable {
    var settled: Settled
    var isGoto: Bool
  }

  private(set) var keys = Pool<Key>()
  private var exits = Pool<Settled>(capacity: 256)
  private var subscriptions = Pool<Subscription>(capacity: 256)
  private var queue = BucketQueue<Event>()
  /// The states over that of a key, on a run over fixed text.
  var running = Pool<Running>()
  var nodes = RunNodes()
  private var fresh = Pool<Int32>()
  private var freshDone: Int32 = 0
  private let closure: HoleClosure?
  /// The first key of each of `suffix.blocks`, -1 before one is asked for.
  private var firstKeys = Pool<Int32>()
  /// Keys of closures that do not take part yet, by distance.
  private var activations = BucketQueue<Int32>()
  /// Keys that have come nearer and have not told their children.
  private var nearer = Pool<Int32>()
  /// Up to which cost of terminals in a hole all ways are known. See `extend`.
  private(set) var reach: Int32 = 5
  /// How many exits were found; more than before means that verdicts may change.
  var exitCount: Int { exits.count }
  /// Subscriptions are numbered behind those of the closure.
  private let sharedSubscriptions: Int32
  /// Keys by state and position; exits by key and target; gotos by the two keys.
  private var keyTable = IndexTable()
  private var exitTable = IndexTable()
  private var gotoTable = IndexTable()
  /// Costs are clamped here; acceptance does not depend on them.
  private static let maximalCost: Int32 = 8191

  /// - Parameter exitLimit: with more exits than that, none are looked for any more.
  init(_ suffix: SuffixText, exitLimit: Int = .max) {
    self.suffix = suffix
    self.exitLimit = exitLimit
    language = suffix.language
    closure = suffix.closure
    sharedSubscriptions = Int32(closure?.subscriptions.count ?? 0)
  }

  deinit {
    keys.deallocate()
    exits.deallocate()
    subscriptions.deallocate()
    queue.deallocate()
    running.deallocate()
    nodes.deallocate()
    fresh.deallocate()
    firstKeys.deallocate()
    activations.deallocate()
    nearer.deallocate()
    keyTable.deallocate()
    exitTable.deallocate()
    gotoTable.deallocate()
  }

  /// The first settled exit of `state` at `position`, -1 for none; the others follow by `next`.
  ///
  /// Amortised O(exits).
  func firstExit(_ state: UInt16, _ position: Int32) -> Int32 {
    let key = identifier(state, position)
    approach(key, 0)
    settle()
    return firstExit(key)
  }

  private let exitLimit: Int
  var isSpent: Bool { exits.count >= exitLimit }
  /// Whether all ways are known, not only those within reach.
  var isComplete: Bool { activations.isEmpty && !isSpent }

  /// Looks farther, to ways that write twice as much.
  ///
  /// What a hole could open and leave open for the text behind it grows fast with what is written, and is seldom
  /// needed. So the states of a hole meet the text only if they are near.
  func extend() {
    guard let nearest = activations.lowestCost() else { return }
    reach = max(reach * 2, nearest)
    settle()
  }

  /// The exit of `state` at `position` behind `exit`, by number, which becomes that exit; the first one behind -1.
  ///
  /// Those that a hole's closure knows come first, and only then are others looked for, unless only those `inHole` are
  /// asked for, which are all known then, whatever the reach. Others may be among them. Amortised O(1).
  @inline(__always)
  func next(_ exit: inout Int32, _ state: UInt16, _ position: Int32, inHole: Bool) -> Exit? {
    let next = exit < 0 ? first(state, position, inHole) : behind(exit, inHole)
    if next < 0 { return nil }
    exit = next
    if next & HoleClosure.sharedBit == 0 { return exits[next].exit }
    let closure = closure!
    var result = closure.exit(closure.index(next))
    result.position += suffix.blocks[closure.block(next)].firstPosition
    return result
  }

  private func first(_ state: UInt16, _ position: Int32, _ inHole: Bool) -> Int32 {
    // What the closure has needs no key of its own.
    let known = suffix.closureKey(state, position)
    if known >= 0, let closure {
      let shared = closure.keys[Int(known)].firstExit
      if shared >= 0 { return shared | closure.exitBase(suffix.block(of: position)) }
      if inHole { return -1 }
    }
    return ownExit(identifier(state, position))
  }

  private func behind(_ exit: Int32, _ inHole: Bool) -> Int32 {
    if exit & HoleClosure.sharedBit == 0 { return exits[exit].next }
    let closure = closure!
    let known = closure.exits[Int(closure.index(exit))]
    let block = closure.block(exit)
    if known.next >= 0 { return known.next | closure.exitBase(block) }
    return inHole ? -1 : ownExit(known.key + firstKey(block))
  }

  private func ownExit(_ key: Int32) -> Int32 {
    approach(key, 0)
    settle()
    return keys[key].firstExit
  }

  /// Those of the closure come first.
  @inline(__always)
  private func firstExit(_ key: Int32) -> Int32 {
    let own = keys[key]
    if own.block < 0 { return own.firstExit }
    let shared = closure!.keys[Int(key - firstKeys[own.block])].firstExit
    return shared < 0 ? own.firstExit : shared | closure!.exitBase(own.block)
  }

  @inline(__always)
  subscript(exit: Int32) -> Settled { exit & HoleClosure.sharedBit == 0 ? exits[exit] : shared(exit) }

  private func shared(_ exit: Int32) -> Settled {
    let closure = closure!
    let block = closure.block(exit)
    var settled = closure.settled(closure.index(exit))
    let base = closure.exitBase(block)
    settled.key += firstKeys[block]
    settled.exit.position += suffix.blocks[block].firstPosition
    if settled.childExit >= 0 { settled.childExit |= base }
    settled.next = settled.next < 0 ? keys[settled.key].firstExit : settled.next | base
    return settled
  }

  /// A subscription of a key; `block` is the key's.
  private func subscription(_ index: Int32, _ block: Int32) -> Subscription {
    if index >= sharedSubscriptions { return subscriptions[index - sharedSubscriptions] }
    var subscription = closure!.subscription(index)
    subscription.parent += firstKeys[block]
    subscription.child += firstKeys[block]
    subscription.hole = suffix.blocks[block].hole
    if subscription.originExit >= 0 { subscription.originExit |= closure!.exitBase(block) }
    return subscription
  }

  /// The terminals that an exit writes in hole `hole`. O(terminals of the exit).
  func terminals(of exit: Int32, hole: Int) -> [PlannedTerminal] {
    var result: [PlannedTerminal] = []
    collect(exit, Int32(hole), &result)
    return result
  }

  private func collect(_ exit: Int32, _ hole: Int32, _ result: inout [PlannedTerminal]) {
    let settled = self[exit]
    if settled.via < 0 || isBehind(settled.key, hole) { return }
    write(settled.via, settled.childExit, hole, &result)
    collect(settled.childExit, hole, &result)
  }

  /// Whether nothing can be written in `hole` any more from `key` on.
  private func isBehind(_ key: Int32, _ hole: Int32) -> Bool {
    let position = suffix.positions[keys[key].position]
    return position.segment > hole || position.segment == hole && position.kind != .gap
  }

  /// What is written up to the child of a subscription, which goes on with the child's exit `exit`.
  private func write(_ index: Int32, _ exit: Int32, _ hole: Int32, _ result: inout [PlannedTerminal]) {
    let child = self[exit]
    let subscription = subscription(index, keys[child.key].block)
    if isBehind(subscription.parent, hole) { return }
    if subscription.originVia >= 0 {
      write(subscription.originVia, subscription.originExit, hole, &result)
      collect(subscription.originExit, hole, &result)
    }
    guard subscription.terminal != .end, subscription.hole == hole else { return }
    // A block lies within an exit of the state behind its indent, which says all that is asked of its column.
    let columns = subscription.block == .opensUnknown ? child.exit.blocks.inner : .any
    result.append(PlannedTerminal(symbol: subscription.terminal, columns: columns))
  }

  /// What was computed, as a closure has it.
  func encodedClosure() -> Data {
    let places = (0..<suffix.positions.count).map {
      HoleClosure.Place(line: suffix.positions[$0].line, free: suffix.free[$0])
    }
    let keyCount = keys.count
    return HoleClosure.encoded(keys, keyTable, exits, subscriptions, places, language) {
      // Where holes may end in other contexts, it is not used.
      suffix.allowsOtherContexts ? [] : StackProof.doubts(self, keyCount: keyCount)
    }
  }

  // MARK: Keys, exits and gotos

  func identifier(_ state: UInt16, _ position: Int32) -> Int32 {
    let shared = suffix.closureKey(state, position)
    if shared >= 0 { return firstKey(suffix.block(of: position)) + shared }
    let hash = Self.hash(state, position)
    let keys = keys
    let (known, slot) = keyTable.find(hash) { keys[$0].position == position && keys[$0].state == state }
    if known >= 0 { return known }
    let identifier = self.keys.append(Key(state: state, position: position))
    let grown = self.keys
    keyTable.insert(identifier, at: slot) { Self.hash(grown[$0].state, grown[$0].position) }
    _ = fresh.append(identifier)
    return identifier
  }

  /// A position from which the closure knows what may be written in the hole, contexts within others left out: that where
  /// it counts contexts anew if it does not have `position` itself. O(1).
  func knownPosition(_ state: UInt16, _ position: Int32) -> Int32 {
    if suffix.closureKey(state, position) >= 0 { return position }
    guard let anew = suffix.countedAnew(suffix.positions[position]) else { return position }
    return suffix.closureKey(state, anew) >= 0 ? anew : position
  }

  /// The first key of a block; the others follow in the order of the closure's.
  @inline(__always)
  private func firstKey(_ block: Int32) -> Int32 {
    if block < firstKeys.count, firstKeys[block] >= 0 { return firstKeys[block] }
    return addKeys(block)
  }

  private func addKeys(_ block: Int32) -> Int32 {
    let shared = closure!.keys
    let firstPosition = suffix.blocks[block].firstPosition
    let first = Int32(keys.count)
    for index in 0..<shared.count {
      _ = keys.append(
        Key(
          state: shared[index].state, position: shared[index].position + firstPosition, block: block, isActive: false))
    }
    while firstKeys.count <= block { _ = firstKeys.append(-1) }
    firstKeys[block] = first
    return first
  }

  /// Brings a key to `distance`, and its children along. O(keys that come nearer).
  private func approach(_ key: Int32, _ distance: Int32) {
    bring(key, distance)
    while let parent = nearer.popLast() {
      let distance = keys[parent].distance
      var child = keys[parent].firstChild
      while child >= 0 {
        let subscription = subscriptions[child]
        bring(subscription.child, distance + subscription.opened)
        child = subscription.sibling
      }
      guard keys[parent].block >= 0, let closure else { continue }
      let first = firstKeys[keys[parent].block]
      for index in closure.children(of: parent - first) {
        let subscription = closure.subscriptions[Int(index)]
        bring(subscription.child + first, distance + Int32(subscription.cost))
      }
    }
  }

  @inline(__always)
  private func bring(_ key: Int32, _ distance: Int32) {
    let distance = min(distance, Self.maximalCost)
    if keys[key].distance <= distance { return }
    keys.base[Int(key)].distance = distance
    if keys[key].isActive {
      _ = nearer.append(key)
    } else {
      activations.insert(key, cost: distance)
    }
  }

  /// Lets a key of a closure meet the text behind its hole, and have the exits that others found there.
  private func makeActive(_ key: Int32, _ distance: Int32) {
    if keys[key].isActive { return }
    keys.base[Int(key)].isActive = true
    let closure = closure!
    let first = firstKeys[keys[key].block]
    for index in closure.children(of: key - first) {
      let subscription = closure.subscriptions[Int(index)]
      let child = subscription.child + first
      approach(child, distance + Int32(subscription.cost))
      var exit = keys[child].firstExit
      while exit >= 0 {
        deliver(index, exit)
        exit = exits[exit].next
      }
    }
    let position = suffix.positions[keys[key].position]
    if position.line.lookaheads == .any { arrive(key, keys[key].state, position) }
  }

  @inline(__always)
  static func hash(_ state: UInt16, _ position: Int32) -> UInt64 {
    IndexTable.hash(UInt64(state) << 32 | UInt64(UInt32(bitPattern: position)))
  }

  @inline(__always)
  private func hash(_ settled: Settled) -> UInt64 {
    let target = UInt64(UInt32(bitPattern: free(settled.exit.position))) << 32 | UInt64(settled.exit.symbol) << 8
    return IndexTable.hash(
      (target | UInt64(settled.exit.count)) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(UInt32(bitPattern: settled.key)))
  }

  /// The place of exits of one key to one target, and the last of them or -1.
  @inline(__always)
  private func place(of settled: Settled) -> (index: Int32, slot: Int) {
    let exits = exits
    let position = free(settled.exit.position)
    return exitTable.find(hash(settled)) {
      let other = exits[$0]
      return other.key == settled.key && free(other.exit.position) == position
        && other.exit.symbol == settled.exit.symbol && other.exit.count == settled.exit.count
    }
  }

  @inline(__always)
  private func free(_ position: Int32) -> Int32 { position < 0 ? position : suffix.free[position] }

  /// Whether a way that was found before is as cheap and asks for no more. O(conditions).
  @inline(__always)
  private func isKnown(_ settled: Settled, from last: Int32) -> Bool {
    var index = last
    while index >= 0 {
      let known = exits[index].exit
      if exits[index].cost <= settled.cost, known.blocks.includes(settled.exit.blocks),
        suffix.includes(known.position, settled.exit.position)
      {
        return true
      }
      index = exits[index].similar
    }
    return false
  }

  private func settle() {
    while !isSpent {
      while freshDone < fresh.count {
        freshDone += 1
        expand(fresh[freshDone - 1])
      }
      guard let (event, cost) = queue.popLowest() else {
        guard let distance = activations.lowestCost(), distance <= reach, let next = activations.popLowest() else {
          return
        }
        makeActive(next.element, distance)
        continue
      }
      if event.isGoto {
        goOn(event.settled, cost)
      } else {
        settle(event.settled)
      }
    }
  }

  func schedule(_ settled: Settled, isGoto: Bool = false) {
    if settled.exit.blocks.isImpossible { return }
    if !isGoto, isKnown(settled, from: place(of: settled).index) { return }
    queue.insert(Event(settled: settled, isGoto: isGoto), cost: settled.cost)
  }

  private func settle(_ settled: Settled) {
    let (last, slot) = place(of: settled)
    if isKnown(settled, from: last) { return }
    var settled = settled
    settled.similar = last
    let index = exits.append(settled)
    if last >= 0 {
      exitTable.replace(slot, by: index)
    } else {
      let exits = exits
      exitTable.insert(index, at: slot) { hash(exits[$0]) }
    }
    let key = settled.key
    if keys[key].lastExit >= 0 { exits.base[Int(keys[key].lastExit)].next = index }
    if keys[key].firstExit < 0 { keys.base[Int(key)].firstExit = index }
    keys.base[Int(key)].lastExit = index
    if keys[key].block >= 0, let closure {
      let first = firstKeys[keys[key].block]
      var subscriber = closure.keys[Int(key - first)].firstSubscriber
      while subscriber >= 0 {
        let subscription = closure.subscriptions[Int(subscriber)]
        if keys[subscription.parent + first].isActive { deliver(subscriber, index) }
        subscriber = subscription.next
      }
    }
    var subscriber = keys[key].firstSubscriber
    while subscriber >= 0 {
      deliver(subscriber, index)
      subscriber = subscriptions[subscriber - sharedSubscriptions].next
    }
  }

  /// Goes on with a goto over a key's state, unless a way that is as cheap does already.
  private func goOn(_ settled: Settled, _ cost: Int32) {
    let state = keys[settled.key].state
    let target = language.goto(state, settled.exit.symbol & ~Exit.extraBit)
    if target == 0 { return }
    let isExtra = settled.exit.symbol & Exit.extraBit != 0 && target == state
    let position = suffix.narrowed(settled.exit.position, by: target)
    if position < 0 { return }
    var subscription = Subscription(
      parent: settled.key, child: identifier(target, position), isOver: !isExtra,
      blocks: settled.exit.blocks, cost: cost, originVia: settled.via, originExit: settled.childExit)
    let subscriptions = subscriptions
    let (last, slot) = gotoTable.find(Self.hash(subscription)) {
      let other = subscriptions[$0]
      return other.parent == subscription.parent && other.child == subscription.child
        && other.isOver == subscription.isOver
    }
    var index = last
    while index >= 0 {
      let known = subscriptions[index]
      if known.cost <= subscription.cost, known.blocks.includes(subscription.blocks) { return }
      index = subscriptions[index].similar
    }
    subscription.similar = last
    let new = subscribe(subscription) - sharedSubscriptions
    if last >= 0 {
      gotoTable.replace(slot, by: new)
    } else {
      let grown = self.subscriptions
      gotoTable.insert(new, at: slot) { Self.hash(grown[$0]) }
    }
  }

  @inline(__always)
  private static func hash(_ subscription: Subscription) -> UInt64 {
    IndexTable.hash(
      UInt64(UInt32(bitPattern: subscription.parent)) << 32
        | UInt64(UInt32(bitPattern: subscription.child)) << 1 | (subscription.isOver ? 1 : 0))
  }

  @discardableResult
  func subscribe(_ subscription: Subscription) -> Int32 {
    var subscription = subscription
    let child = subscription.child
    subscription.next = keys[child].firstSubscriber
    subscription.sibling = keys[subscription.parent].firstChild
    let index = subscriptions.append(subscription) + sharedSubscriptions
    keys.base[Int(child)].firstSubscriber = index
    keys.base[Int(subscription.parent)].firstChild = index - sharedSubscriptions
    approach(child, keys[subscription.parent].distance + subscription.opened)
    var exit = firstExit(child)
    while exit >= 0 {
      deliver(index, exit)
      exit = self[exit].next
    }
    return index
  }

  /// An exit of a child becomes one of its parent, or goes on over the parent's state.
  private func deliver(_ index: Int32, _ childExit: Int32) {
    let child = self[childExit]
    let subscription = subscription(index, keys[child.key].block)
    var settled = Settled(
      exit: child.exit, cost: min(subscription.cost + child.cost, Self.maximalCost), key: subscription.parent,
      via: index, childExit: childExit)
    settled.exit.blocks = subscription.blocks.followed(by: subscription.block, child.exit.blocks)
    // Where exactly the child's own states are popped, the goto stands over the parent's state.
    let isGoto = subscription.isOver && child.exit.count == 1
    if subscription.isOver, child.exit.count >= 2 { settled.exit.count -= 1 }
    schedule(settled, isGoto: isGoto)
  }
}
