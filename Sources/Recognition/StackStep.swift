import Grammar

/// One parser step: all reductions under a lookahead, then its shift, for a set of stack tops at one position.
///
/// Alternatives (GLR) are explored together; nodes with the same state and column are merged. Scratch storage is
/// reused, so that a step allocates nothing once warm.
final class StackStep {
  private let language: Language
  private let arena: StackArena
  /// Nodes made by reductions in this step.
  private var level: [Int32] = []
  /// (node, parent that is new on it, or -1 for all of them)
  private var queue: [(node: Int32, link: Int32)] = []
  private var bases: [Int32] = []
  private var hasChildInLevel = false
  /// The stack tops after the shift.
  private(set) var results: [Int32] = []
  private(set) var accepted = false

  init(_ language: Language, _ arena: StackArena) {
    self.language = language
    self.arena = arena
  }

  /// Shifts `terminal` onto `heads`; `fallback` replaces a keyword where it has no action and is not reserved (`.end` for
  /// none).
  ///
  /// `column` is the column that an indent opens. The results are valid until the next call.
  /// O(reductions × paths); nearly always a handful of operations.
  func shift(_ heads: some Sequence<Int32>, _ terminal: SymbolID, fallback: SymbolID, column: Int32) {
    begin(heads)
    let opensBlock = language.layout.map { $0.indent == terminal } ?? false
    let closesBlock = language.layout.map { $0.dedent == terminal } ?? false
    while let (node, link) = queue.popLast() {
      let state = arena.nodes[Int(node)].state
      var lookahead = terminal
      if fallback != .end, !language.hasActions(state, terminal), !language.isReserved(state, terminal) {
        lookahead = fallback
      }
      for action in language.actions(state, lookahead) {
        switch action.kind {
        case .reduce: reduce(node, link, action)
        case .shift where link < 0:
          let open = arena.nodes[Int(node)].open
          var next = open.behind(lookahead, language)
          if opensBlock { next.column = column }
          if closesBlock { next.column = arena.outerColumn(open.column, from: node) }
          push(action.operand, onto: node, next)
        case .shiftExtra where link < 0:
          if !results.contains(node) { results.append(node) }
        case .accept: accepted = true
        case .shift, .shiftExtra: break
        }
      }
    }
  }

  /// Ends a non-terminal extra: reduces by the END column; the results are the tops before the next lexing.
  func endExtra(_ heads: some Sequence<Int32>) {
    begin(heads)
    while let (node, _) = queue.popLast() {
      for action in language.actions(arena.nodes[Int(node)].state, .end) where action.kind == .reduce {
        collectBases(node, -1, Int(action.childCount))
        for base in bases {
          let state = arena.nodes[Int(base)].state
          let target = language.goto(state, action.operand)
          if target == 0 { continue }
          if target == state {
            // The reduced extra does not count: the stack is as it was before it.
            if !results.contains(base) { results.append(base) }
          } else {
            push(target, onto: base, arena.nodes[Int(base)].open)
          }
        }
      }
    }
  }

  private func begin(_ heads: some Sequence<Int32>) {
    level.removeAll(keepingCapacity: true)
    queue.removeAll(keepingCapacity: true)
    results.removeAll(keepingCapacity: true)
    hasChildInLevel = false
    accepted = false
    firstFresh = .max
    for head in heads { queue.append((head, -1)) }
  }

  private func collectBases(_ node: Int32, _ link: Int32, _ count: Int) {
    bases.removeAll(keepingCapacity: true)
    if count == 0 {
      if link < 0 { bases.append(node) }
    } else if link >= 0 {
      arena.forEachAncestor(of: link, depth: count - 1) { bases.append($0) }
    } else {
      arena.forEachAncestor(of: node, depth: count) { bases.append($0) }
    }
  }

  private func reduce(_ node: Int32, _ link: Int32, _ action: Language.Action) {
    collectBases(node, link, Int(action.childCount))
    for base in bases {
      let target = language.goto(arena.nodes[Int(base)].state, action.operand)
      if target != 0 { add(target, over: base, arena.nodes[Int(node)].open) }
    }
  }

  /// A goto: merges with a node of this step that has the same state, else makes one.
  ///
  /// What is open is that behind the reduced terminals: the column is not the base's if an indent stays below a closed
  /// block.
  private func add(_ state: UInt16, over base: Int32, _ open: Surroundings) {
    for node in level where arena.nodes[Int(node)].state == state && arena.nodes[Int(node)].open == open {
      if arena.hasParent(node, base) { return }
      arena.addParent(node, base)
      queue.append((node, base))
      if hasChildInLevel {
        // Paths from above may run through the new link.
        for other in level where other != node { requeue(other) }
      }
      return
    }
    if level.contains(base) { hasChildInLevel = true }
    let node = arena.push(state: state, open, parent: base)
    level.append(node)
    queue.append((node, -1))
  }

  private func requeue(_ node: Int32) {
    queue.append((node, arena.nodes[Int(node)].parent))
    var link = arena.nodes[Int(node)].more
    while link >= 0 {
      queue.append((node, arena.links[Int(link)].parent))
      link = arena.links[Int(link)].next
    }
  }

  private func push(_ state: UInt16, onto parent: Int32, _ open: Surroundings) {
    for node in results where node >= 0 {
      if arena.nodes[Int(node)].state == state, arena.nodes[Int(node)].open == open, fresh(node) {
        if !arena.hasParent(node, parent) { arena.addParent(node, parent) }
        return
      }
    }
    results.append(arena.push(state: state, open, parent: parent))
    firstFresh = min(firstFresh, results[results.count - 1])
  }

  /// Results that this step pushed may be changed; those that an extra left in place may not.
  private var firstFresh: Int32 = .max
  private func fresh(_ node: Int32) -> Bool { node >= firstFresh }
}
