/// What a terminal does to the blocks that layout keeps open.
enum BlockChange: Equatable, BitwiseCopyable {
  case same
  /// At a known column.
  case opens(Int32)
  case opensUnknown
  case closes
  /// A bracket between which and its partner lines are joined.
  case opensBracket, closesBracket
}

/// What a way through the parser asks of the blocks that are open where it starts, and how many of them it closes.
///
/// Conditions on blocks further out than the second are dropped: grammars close the production that holds an indent
/// before they leave the block around it, so that a way to an exit closes one block at most.
struct BlockEffect: Equatable, BitwiseCopyable {
  /// On the column of the innermost block.
  var inner = ColumnCondition.any
  /// On that of the block around it; asked only after the innermost is closed.
  var outer = ColumnCondition.any
  var closed: UInt8 = 0
  /// On the number of open brackets between which lines are joined.
  var brackets = ColumnCondition.any

  static let none = BlockEffect()
  var isImpossible: Bool { inner.isEmpty || outer.isEmpty || brackets.isEmpty }

  /// The effect of this way, then `change`, then `next`, which starts in the block that `change` leaves.
  func followed(by change: BlockChange, _ next: BlockEffect) -> BlockEffect {
    var result = self
    let difference: Int16 = change == .opensBracket ? -1 : change == .closesBracket ? 1 : 0
    result.brackets = brackets.intersection(next.brackets.moved(by: difference))
    switch change {
    case .same, .opensBracket, .closesBracket:
      result.require(next.inner, closed)
      if next.closed > 0 { result.require(next.outer, closed + 1) }
      result.closed = min(closed + next.closed, 2)
    case .closes:
      result.require(next.inner, closed + 1)
      result.closed = min(closed + 1 + next.closed, 2)
    case .opens, .opensUnknown:
      if case .opens(let column) = change {
        if !next.inner.contains(column) { result.inner = .impossible }
      } else if next.inner.high < .max {
        // The new block is deeper than the one around it and within what is asked of it.
        result.require(.below(Int(next.inner.high)), closed)
      }
      // What comes after the new block is closed concerns the blocks around it.
      if next.closed > 0 { result.require(next.outer, closed) }
      if next.closed > 1 { result.closed = min(closed + 1, 2) }
    }
    return result
  }

  /// The column of the innermost open block behind this way, where it is `column` in front of it; nil if the blocks that
  /// are open do not allow it.
  ///
  /// - Parameters:
  ///   - brackets: how many are open between which lines are joined.
  ///   - outer: the column of the block around the one of a column.
  @inline(__always)
  func column(behind column: Int32, brackets open: UInt8, outer around: (Int32) -> Int32) -> Int32? {
    guard inner.contains(column), brackets.contains(Int32(open)) else { return nil }
    if closed == 0 { return column }
    let column = around(column)
    guard outer.contains(column) else { return nil }
    return closed > 1 ? around(column) : column
  }

  /// Whether every stack that `other` takes is taken here, with the same blocks left open.
  func includes(_ other: BlockEffect) -> Bool {
    closed == other.closed && inner.includes(other.inner) && outer.includes(other.outer)
      && brackets.includes(other.brackets)
  }

  private mutating func require(_ condition: ColumnCondition, _ depth: UInt8) {
    if depth == 0 { inner = inner.intersection(condition) }
    if depth == 1 { outer = outer.intersection(condition) }
  }
}
