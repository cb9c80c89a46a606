import Grammar

/// Of the proofs of a stack, as bits, what verdicts on it were taken from.
struct NeededProofs: BitwiseCopyable, Equatable {
  /// One of these does for all verdicts.
  private var any = UInt32.max
  /// Where none does for all, all of these.
  private var all: UInt32 = 0

  /// Notes a verdict that any of `proofs` gives.
  mutating func use(_ proofs: UInt32) {
    if any & proofs != 0 {
      any &= proofs
    } else {
      all |= any | proofs
    }
  }

  mutating func merge(_ other: NeededProofs) {
    if other.any != .max { use(other.any) }
    all |= other.all
  }

  /// Whether a stack that has `proofs` has the same verdicts.
  func hold(for proofs: UInt32) -> Bool { (any == .max || any & proofs != 0) && all & ~proofs == 0 }
}

/// Stacks of which it is proved that they can be completed where nothing stands behind the hole (`StackProof`).
extension Completion {
  /// Whether nothing stands behind the hole and there is a way down the stack of `node` that is proven.
  func isProven(_ node: Int32) -> Bool { proofs(of: node) != 0 }

  /// The proofs, as bits, that say so of a stack: on some way down they doubt no pair of states. None where text stands behind
  /// the hole.
  ///
  /// O(nodes above the ground, or those that do not stay) once the others were asked about.
  func proofs(of node: Int32) -> UInt32 {
    guard isOpenEnded, !allowsOtherContexts, let closure = summary.suffix.closure else { return 0 }
    let proofs = ground?.proofs ?? Self.allProofs
    return proofs == 0 ? 0 : proofs & self.proofs(of: node, downTo: ground?.count ?? Int32(stableCount), closure)
  }

  private static let allProofs: UInt32 = 1 << StackProof.proofCount - 1

  private func proofs(of node: Int32, downTo count: Int32, _ closure: HoleClosure) -> UInt32 {
    if node < count {
      guard let ground else { return proofsOfStable(node, closure) }
      return node == ground.node ? ground.proofs : proofsBelow(node, closure)
    }
    return proofs(of: node, closure, isNoted: true) { proofs(of: $0, downTo: count, closure) }
  }

  /// The same for a node below the ground. As long as nodes have a single parent, these are those of the ground or more; notes
  /// are made of ways that part.
  private func proofsBelow(_ node: Int32, _ closure: HoleClosure) -> UInt32 {
    if node < stableCount { return proofsOfStable(node, closure) }
    return proofs(of: node, closure, isNoted: false) { proofsBelow($0, closure) }
  }

  /// Those that say so of the state of `node` over one of its parents, or all if it has none. A parent that came later than its
  /// node, as in a cycle, is left out.
  @inline(__always)
  private func proofs(
    of node: Int32, _ closure: HoleClosure, isNoted: Bool, _ proofsOfParent: (Int32) -> UInt32
  ) -> UInt32 {
    let own = arena.nodes[Int(node)]
    if own.parent < 0 { return Self.allProofs }
    let hasDoubts = closure.hasDoubts(own.state)
    func over(_ parent: Int32) -> UInt32 {
      if !hasDoubts { return proofsOfParent(parent) }
      if isNoted { arena.lowestRead = min(arena.lowestRead, parent) }
      let left = Self.allProofs & ~closure.doubts(own.state, over: arena.nodes[Int(parent)].state)
      return left == 0 ? 0 : left & proofsOfParent(parent)
    }
    var result = over(own.parent)
    var link = own.more
    while link >= 0, result != Self.allProofs {
      let parent = arena.links[Int(link)].parent
      if parent < node { result |= over(parent) }
      link = arena.links[Int(link)].next
    }
    return result
  }

  private func proofsOfStable(_ node: Int32, _ closure: HoleClosure) -> UInt32 {
    while knownProofs.count < stableCount { _ = knownProofs.append(nil) }
    // Not by recursion: stacks are deep.
    var above: [Int32] = []
    var next = node
    while knownProofs[next] == nil, arena.nodes[Int(next)].parent >= 0, arena.nodes[Int(next)].more < 0 {
      above.append(next)
      next = arena.nodes[Int(next)].parent
    }
    while true {
      let known =
        knownProofs[next] ?? proofs(of: next, closure, isNoted: false) { proofsOfStable($0, closure) }
      knownProofs.base[Int(next)] = known
      guard let last = above.popLast() else { return known }
      next = last
    }
  }

  /// Whether the proof is about places such as that of `node`.
  func hasKey(_ node: Int32, _ hole: Int, _ place: Place) -> Bool {
    if place.line == .any { return true }
    let position = summary.suffix.identifier(.gap(hole, place.scanner, place.line))
    let state = arena.nodes[Int(node)].state
    return summary.suffix.closureKey(state, summary.knownPosition(state, position)) >= 0
  }
}
