import Grammar
import Synchronization

/// What must at least be written in a hole before the text behind it can start, by key of the hole's closure.
///
/// Of a key it is the cost of the cheapest way to a state that shifts the first terminal of that text and that stands on
/// the key's state or is it. Depends on that terminal alone, so that gaps in front of the same one share it.
final class GapDistances: Sendable {
  private let costs: [UInt8]
  private static let unreachable = UInt8.max

  /// The cost from a key; nil where no way leads to the text without popping the key's state.
  @inline(__always)
  subscript(key: Int32) -> Int32? {
    let cost = costs.withUnsafeBufferPointer { $0[Int(key)] }
    return cost == Self.unreachable ? nil : Int32(cost)
  }

  /// Dijkstra's algorithm from the keys that the text behind the hole takes, against the ways of the closure.
  ///
  /// O(keys + ways). Ways that cost more than 254 are left out.
  init(_ ways: BackwardWays, takes: (Int32) -> Bool) {
    var costs = [UInt8](repeating: Self.unreachable, count: ways.starts.count - 1)
    var buckets = [[Int32]](repeating: [], count: Int(Self.unreachable))
    for key in costs.indices where takes(Int32(key)) {
      costs[key] = 0
      buckets[0].append(Int32(key))
    }
    costs.withUnsafeMutableBufferPointer { costs in
      ways.starts.withUnsafeBufferPointer { starts in
        ways.ways.withUnsafeBufferPointer { ways in
          for cost in 0..<Int(Self.unreachable) {
            while let key = buckets[cost].popLast() {
              if Int(costs[Int(key)]) < cost { continue }
              for index in starts[Int(key)]..<starts[Int(key) + 1] {
                let way = ways[Int(index)]
                let total = cost + Int(way.cost)
                if total < Int(costs[Int(way.parent)]) {
                  costs[Int(way.parent)] = UInt8(total)
                  buckets[total].append(way.parent)
                }
              }
            }
          }
        }
      }
    }
    self.costs = costs
  }

  /// Those of a closure, by what its states find behind a hole. Safe to share between threads.
  final class Cache: Sendable {
    private struct Contents {
      var ways: BackwardWays?
      var known: [[UInt32]: GapDistances] = [:]
    }
    private let contents = Mutex(Contents())
    private static let limit = 1024

    func distances(_ key: [UInt32], _ make: (BackwardWays) -> GapDistances, of closure: HoleClosure) -> GapDistances {
      let (found, known) = contents.withLock { ($0.known[key], $0.ways) }
      if let found { return found }
      let ways = known ?? BackwardWays(closure)
      let new = make(ways)
      contents.withLock {
        if $0.known.count >= Self.limit { $0.known.removeAll() }
        $0.known[key] = new
        $0.ways = ways
      }
      return new
    }
  }
}

/// The subscriptions of a closure from child to parent, of several between two keys the cheapest.
struct BackwardWays {
  struct Way: BitwiseCopyable {
    var parent: Int32
    var cost: Int32
  }
  /// Shape (keys + 1): where the ways to a key start.
  private(set) var starts: [Int32] = [0]
  private(set) var ways: [Way] = []

  init(_ closure: HoleClosure) {
    var own: [Way] = []
    for key in 0..<Int32(closure.keys.count) {
      own.removeAll(keepingCapacity: true)
      var index = closure.keys[Int(key)].firstSubscriber
      while index >= 0 {
        let subscription = closure.subscriptions[Int(index)]
        own.append(Way(parent: subscription.parent, cost: Int32(subscription.cost)))
        index = subscription.next
      }
      own.sort { ($0.parent, $0.cost) < ($1.parent, $1.cost) }
      var last: Int32 = -1
      for way in own where way.parent != last {
        ways.append(way)
        last = way.parent
      }
      starts.append(Int32(ways.count))
    }
  }
}

/// The distances in front of each gap of a text.
struct GapDistanceTable {
  let suffix: SuffixText
  let closure: HoleClosure
  private var byBlock: [GapDistances?] = []

  init(_ suffix: SuffixText, _ closure: HoleClosure) {
    self.suffix = suffix
    self.closure = closure
  }

  /// The distances in the block of a hole, in `suffix.blocks`. O(classes of states) once for each.
  ///
  /// - Parameter startsEnclosed: the hole starts within a string.
  mutating func distances(_ block: Int32, _ startsEnclosed: Bool) -> GapDistances {
    let index = 2 * Int(block) + (startsEnclosed ? 1 : 0)
    if index < byBlock.count, let known = byBlock[index] { return known }
    while byBlock.count <= index { byBlock.append(nil) }
    let new = find(block, startsEnclosed)
    byBlock[index] = new
    return new
  }

  private func find(_ block: Int32, _ startsEnclosed: Bool) -> GapDistances {
    let language = suffix.language
    let first = suffix.blocks[block].firstPosition
    var key: [UInt32] = []
    for place in 0..<Int32(closure.places.count) where closure.places[place].free == place {
      var position = suffix.positions[first + place]
      position.line.startsEnclosed = startsEnclosed
      for state in language.classStates {
        for index in suffix.arrivals(state, behind: position) {
          let found = suffix.positions[suffix.arrival(index)]
          key.append(UInt32(found.kind.rawValue) << 30 | UInt32(found.terminal) << 15 | UInt32(found.fallback))
        }
        key.append(.max)
      }
    }
    let seen = Seen(suffix, key)
    return closure.distances.distances(
      key, { GapDistances($0) { takes($0, first, startsEnclosed, seen) } }, of: closure)
  }

  /// The terminals that states find behind a hole; none where they may make different ones of a word.
  private struct Seen {
    var terminals: [SymbolID] = []
    var isUnknown = false

    init(_ suffix: SuffixText, _ key: [UInt32]) {
      for found in Set(key) where found != .max {
        let terminal = SymbolID(rawValue: UInt16(truncatingIfNeeded: found >> 15 & 0x7FFF))
        if found >> 30 != UInt32(SuffixPosition.Kind.pending.rawValue) || found & 0x7FFF != 0
          || terminal == suffix.language.wordTerminal
        {
          isUnknown = true
        }
        terminals.append(terminal)
      }
    }
  }

  private func takes(_ key: Int32, _ first: Int32, _ startsEnclosed: Bool, _ seen: Seen) -> Bool {
    let state = closure.keys[Int(key)].state
    if !seen.isUnknown, !seen.terminals.contains(where: { suffix.language.hasActions(state, $0) }) { return false }
    let place = closure.places[closure.keys[Int(key)].position]
    var position = suffix.positions[first + place.free]
    position.line.startsEnclosed = startsEnclosed
    for index in suffix.arrivals(state, behind: position)
    where suffix.takes(state, suffix.positions[suffix.arrival(index)], under: place.line.lookaheads) { return true }
    return false
  }
}

extension SuffixText {
  /// The terminal that waits at a position, as `state` takes it.
  @inline(__always)
  func terminal(_ state: UInt16, _ position: SuffixPosition) -> SymbolID {
    let terminal = SymbolID(rawValue: position.terminal)
    let fallback = SymbolID(rawValue: position.fallback)
    let fallsBack =
      fallback != .end && !language.hasActions(state, terminal) && !language.isReserved(state, terminal)
    return fallsBack ? fallback : terminal
  }

  /// Whether `state`, at the end of a hole, where one of `lookaheads` must come next, shifts what waits at a position.
  func takes(_ state: UInt16, _ position: SuffixPosition, under lookaheads: LookaheadSet) -> Bool {
    if position.kind != .pending { return lookaheads == .any }
    let terminal = terminal(state, position)
    return language.actions(state, terminal).contains { $0.kind != .reduce }
      && language.lookaheads.contains(lookaheads, terminal)
  }
}
