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
    let (stateCount, symbolCount) = (tables.stateCount, tables.symbolCount)
    within = [Bool](repeating: false, count: stateCount)
    starts = within
    targets = []
    sources = []
    let ends = within.indices.filter { grammar.tables.lexStates[Int(tables.origins[$0])] == ParseTables.noLookahead }
    if ends.isEmpty { return }
    targets = [[Int]](repeating: [], count: stateCount)
    sources = targets
    for state in 0..<stateCount {
      for terminal in 0..<grammar.tables.terminalCount {
        for action in tables.list(state, terminal) where action.kind == .shift { connect(state, Int(action.operand)) }
      }
      for symbol in grammar.tables.terminalCount..<symbolCount {
        let target = Int(tables.cell(state, symbol))
        if target != 0, target != state { connect(state, target) }
      }
    }
    // Behind the first of its terminals an extra has begun; what leads on from there is within it, too.
    var work: [Int] = []
    for end in ends {
      for action in tables.list(end, 0) where action.kind == .reduce {
        var level: Set<Int> = [end]
        for _ in 1..<max(Int(action.childCount), 1) {
          level = Set(level.flatMap { sources[$0] })
          work += level
        }
      }
    }
    let isEnd = Set(ends)
    // What stands in an extra, as the statements in an interpolation, may stand elsewhere as well.
    let outside = reachable(from: StateID.start.index, without: Set(work).union(isEnd))
    while let state = work.popLast() {
      if within[state] || isEnd.contains(state) || outside[state] { continue }
      within[state] = true
      work += targets[state]
    }
    for state in targets.indices where !within[state] {
      for target in targets[state] where within[target] { starts[target] = true }
    }
    (targets, sources) = ([], [])
  }

  /// Shape (stateCount): the states that `start` leads to past others.
  private func reachable(from start: Int, without others: Set<Int>) -> [Bool] {
    var result = [Bool](repeating: false, count: targets.count)
    result[start] = true
    var work = [start]
    while let state = work.popLast() {
      for target in targets[state] where !result[target] && !others.contains(target) {
        result[target] = true
        work.append(target)
      }
    }
    return result
  }

  private mutating func connect(_ source: Int, _ target: Int) {
    targets[source].append(target)
    sources[target].append(source)
  }
}
