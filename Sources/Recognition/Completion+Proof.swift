import Grammar

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
    return proofs == 0 ? 0 : proofs & proofsOnWays(of: node, closure)
  }

  private static let allProofs: UInt32 = 1 << StackProof.proofCount - 1

  /// Notes what was looked at above the ground. Below it, as long as nodes have a single parent, the proofs are those of the
  /// ground or more; notes are made of ways that part.
  private func proofsOnWays(of node: Int32, _ closure: HoleClosure) -> UInt32 {
    if let ground, node == ground.node { return ground.proofs }
    if node < stableCount { return proofsOfStable(node, closure) }
    return proofs(of: node, closure, isNoted: node >= ground?.count ?? 0) { proofsOnWays(of: $0, closure) }
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
