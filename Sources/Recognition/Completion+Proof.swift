import Grammar

/// Stacks of which it is proved that they can be completed where nothing stands behind the hole (`StackProof`).
extension Completion {
  /// Whether nothing stands behind the hole and no pair of states on any way down the stack of `node` is doubtful.
  ///
  /// O(nodes above the ground, or those that do not stay) once the others were asked about.
  func isProven(_ node: Int32) -> Bool {
    guard isOpenEnded, !allowsOtherContexts, ground?.isProven ?? true, let closure = summary.suffix.closure else {
      return false
    }
    return isProven(node, downTo: ground?.count ?? Int32(stableCount), closure)
  }

  private func isProven(_ node: Int32, downTo count: Int32, _ closure: HoleClosure) -> Bool {
    var top = node
    while top >= count {
      let own = arena.nodes[Int(top)]
      if own.parent < 0 { return true }
      if isDoubtful(own.state, over: own.parent, closure) { return false }
      let areOthers = allOtherParents(of: top) {
        !isDoubtful(own.state, over: $0, closure) && isProven($0, downTo: count, closure)
      }
      if !areOthers { return false }
      top = own.parent
    }
    return ground != nil || isProvenStable(top, closure)
  }

  /// Whether `isProven` says so of all parents but the first. A parent that came later than its node, as in a cycle, is taken
  /// for one of which that is not known.
  @inline(__always)
  private func allOtherParents(of node: Int32, _ isProven: (Int32) -> Bool) -> Bool {
    var link = arena.nodes[Int(node)].more
    while link >= 0 {
      let parent = arena.links[Int(link)].parent
      guard parent < node, isProven(parent) else { return false }
      link = arena.links[Int(link)].next
    }
    return true
  }

  private func isDoubtful(_ state: UInt16, over base: Int32, _ closure: HoleClosure) -> Bool {
    guard closure.hasDoubts(state) else { return false }
    arena.lowestRead = min(arena.lowestRead, base)
    return closure.isDoubtful(state, over: arena.nodes[Int(base)].state)
  }

  private func isProvenStable(_ node: Int32, _ closure: HoleClosure) -> Bool {
    while proofs.count < stableCount { _ = proofs.append(0) }
    var bottom = node
    while proofs[bottom] == 0 {
      let own = arena.nodes[Int(bottom)]
      if own.parent < 0 {
        proofs.base[Int(bottom)] = 1
      } else if isDoubtfulStable(own.state, over: own.parent, closure)
        || !allOtherParents(
          of: bottom, { !isDoubtfulStable(own.state, over: $0, closure) && isProvenStable($0, closure) })
      {
        proofs.base[Int(bottom)] = -1
      } else {
        bottom = own.parent
      }
    }
    let result = proofs[bottom]
    var above = node
    while above != bottom {
      proofs.base[Int(above)] = result
      above = arena.nodes[Int(above)].parent
    }
    return result > 0
  }

  private func isDoubtfulStable(_ state: UInt16, over base: Int32, _ closure: HoleClosure) -> Bool {
    closure.isDoubtful(state, over: arena.nodes[Int(base)].state)
  }

  /// Whether the proof is about places such as that of `node`.
  func hasKey(_ node: Int32, _ hole: Int, _ place: Place) -> Bool {
    if place.line == .any { return true }
    let position = summary.suffix.identifier(.gap(hole, place.scanner, place.line))
    let state = arena.nodes[Int(node)].state
    return summary.suffix.closureKey(state, summary.knownPosition(state, position)) >= 0
  }
}
