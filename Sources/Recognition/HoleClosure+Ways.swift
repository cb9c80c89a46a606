/// What the ways of a closure write.
extension HoleClosure {
  /// The terminals that an exit writes. O(terminals).
  func terminals(of exit: Int32) -> [RightSummary.PlannedTerminal] {
    var result: [RightSummary.PlannedTerminal] = []
    collect(exit, &result)
    return result
  }

  /// The terminals that lead to the child of a subscription. O(terminals).
  func terminals(to subscription: Int32) -> [RightSummary.PlannedTerminal] {
    var result: [RightSummary.PlannedTerminal] = []
    write(subscription, columns: .any, &result)
    return result
  }

  private func collect(_ exit: Int32, _ result: inout [RightSummary.PlannedTerminal]) {
    var exit = exit
    while exits[Int(exit)].via >= 0 {
      let settled = exits[Int(exit)]
      // A block lies within an exit of the state behind its indent, which says all that is asked of its column.
      write(settled.via, columns: self.exit(settled.childExit).blocks.inner, &result)
      exit = settled.childExit
    }
  }

  private func write(
    _ index: Int32, columns: ColumnCondition, _ result: inout [RightSummary.PlannedTerminal]
  ) {
    let subscription = subscription(index)
    if subscription.originVia >= 0 {
      write(subscription.originVia, columns: self.exit(subscription.originExit).blocks.inner, &result)
      collect(subscription.originExit, &result)
    }
    guard subscription.terminal != .end else { return }
    result.append(
      RightSummary.PlannedTerminal(
        symbol: subscription.terminal, columns: subscription.block == .opensUnknown ? columns : .any))
  }
}
