import Grammar

/// Which states lie within an extra of several terminals, such as a comment or the body of a heredoc.
///
/// A hole does not end in one that it opens, as the text behind it would become a part of it; and a way through a hole
/// needs none, since behind it the parser is where it was.
struct ExtraStates {
  /// Shape (stateCount). The states that end an extra are not within it.
  private(set) var within: [Bool]
  /// Shape (stateCount): whether the first terminal of an extra leads to a state.
  private(set) var starts: [Bool]
  /// Where shifts and gotos lead to, and come from. Gotos over extras lead nowhere.
  private var targets: [[Int]]
  private var sources: [[Int]]

  /// O(states × symbols), and nothing for a grammar without such extras.
  init(_ tables: NarrowedTables, _ grammar: Grammar) {
    let (stateCount, symbolCount) = (grammar.tables.stateCount, grammar.tables.symbolCount)
    within = [Bool](repeating: false, count: stateCount)
    starts = within
    targets = []
    sources = []
    let ends = within.indices.filter { grammar.tables.lexStates[$0] == ParseTables.noLookahead }
    if ends.isEmpty { return }
    targets = [[Int]](repeating: [], count: stateCount)
    sources = targets
    func actions(_ state: Int, _ terminal: Int) -> ArraySlice<Language.Action> {
      let list = Int(tables.cells[state * symbolCount + terminal])
      return tables.actions[Int(tables.listStarts[list])..<Int(tables.listStarts[list + 1])]
    }
    for state in 0..<stateCount {
      for terminal in 0..<grammar.tables.terminalCount {
        for action in actions(state, terminal) where action.kind == .shift { connect(state, Int(action.operand)) }
      }
      for symbol in grammar.tables.terminalCount..<symbolCount {
        let target = Int(tables.cells[state * symbolCount + symbol])
        if target != 0, target != state { connect(state, target) }
      }
    }
    // Behind the first of its terminals an extra has begun; what leads on from there is within it, too.
    var work: [Int] = []
    for end in ends {
      for action in actions(end, 0) where action.kind == .reduce {
        var level: Set<Int> = [end]
        for _ in 1..<max(Int(action.childCount), 1) {
          level = Set(level.flatMap { sources[$0] })
          work += level
        }
      }
    }
    let isEnd = Set(ends)
    while let state = work.popLast() {
      if within[state] || isEnd.contains(state) { continue }
      within[state] = true
      work += targets[state]
    }
    for state in targets.indices where !within[state] {
      for target in targets[state] where within[target] { starts[target] = true }
    }
    (targets, sources) = ([], [])
  }

  private mutating func connect(_ source: Int, _ target: Int) {
    targets[source].append(target)
    sources[target].append(source)
  }
}
