import Grammar

/// What completes a stack at the least cost.
extension Completion {
  /// The cheapest terminals that, written in hole `hole` after `node`, let everything complete; nil if none do.
  ///
  /// Dijkstra's algorithm over items; O(exits walked × log).
  ///
  /// - Parameters:
  ///   - room: any that are no more than this will do.
  ///   - reach: how far the summary looks at the most.
  func shortest(
    _ node: Int32, hole: Int, _ place: Place, room: Int? = nil, reach: Int32 = .max
  ) -> (cost: Int, terminals: [RightSummary.PlannedTerminal])? {
    decided(or: nil, reach: reach) {
      let known = summary.exitCount
      let found = shortestWithinReach(node, hole: hole, place)
      if let found, let room, found.terminals.count <= room { return .some(found) }
      let isCheapest = summary.isComplete || found.map { $0.cost <= summary.reach } ?? false
      return isCheapest && summary.exitCount == known ? .some(found) : .none
    }
  }

  private func shortestWithinReach(
    _ node: Int32, hole: Int, _ place: Place
  ) -> (cost: Int, terminals: [RightSummary.PlannedTerminal])? {
    beginWalk()
    // A step stands for an item once it is taken from the queue, the cheapest first.
    _ = steps.append(Step(item: start(node, hole, place)))
    queue.insert(0, cost: 0)
    var goal: (cost: Int32, step: Int32, exit: Int32)?
    while let (index, cost) = queue.popLowest() {
      if let goal, goal.cost <= cost { break }
      let item = steps[index].item
      let known = steps
      let (done, slot) = visited.find(item.hash) { known[$0].item == item }
      if done >= 0 { continue }
      visited.insert(index, at: slot) { known[$0].item.hash }
      var exit = summary.firstExit(item.state, item.position)
      while exit >= 0 {
        let settled = summary[exit]
        let total = cost + settled.cost
        if let column = columnAfter(item, settled.exit.blocks), goal.map({ total < $0.cost }) ?? true {
          if settled.exit.count == 0 {
            goal = (total, index, exit)
          } else {
            follow(item, settled.exit, column) {
              queue.insert(
                steps.append(Step(item: $0, cost: total, previous: index, exit: exit)), cost: total)
            }
          }
        }
        exit = settled.next
      }
    }
    guard let goal else { return nil }
    var terminals: [[RightSummary.PlannedTerminal]] = []
    var (step, exit) = (goal.step, goal.exit)
    while step >= 0 {
      terminals.append(summary.terminals(of: exit, hole: hole))
      exit = steps[step].exit
      step = steps[step].previous
    }
    return (Int(goal.cost), terminals.reversed().flatMap { $0 })
  }
}
