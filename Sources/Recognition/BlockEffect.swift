/// What a terminal does to the blocks that layout keeps open.
enum BlockChange: Equatable {
  case same
  /// The column of the new block, nil if it is unknown.
  case opens(Int32?)
  case closes
}

/// What a way through the parser asks of the blocks that are open where it starts, and how many of them it closes.
///
/// Conditions on blocks further out than the second are dropped: grammars close the production that holds an indent
/// before they leave the block around it, so that a way to an exit closes one block at most.
struct BlockEffect: Hashable {
  /// On the column of the innermost block.
  var inner = ColumnCondition.any
  /// On that of the block around it; asked only after the innermost is closed.
  var outer = ColumnCondition.any
  var closed: UInt8 = 0

  static let none = BlockEffect()
  var isImpossible: Bool { inner.isEmpty || outer.isEmpty }

  /// The effect of this way, then `change`, then `next`, which starts in the block that `change` leaves.
  func followed(by change: BlockChange, _ next: BlockEffect) -> BlockEffect {
    var result = self
    switch change {
    case .same:
      result.require(next.inner, closed)
      if next.closed > 0 { result.require(next.outer, closed + 1) }
      result.closed = min(closed + next.closed, 2)
    case .closes:
      result.require(next.inner, closed + 1)
      result.closed = min(closed + 1 + next.closed, 2)
    case .opens(let column):
      if let column, !next.inner.contains(column) { result.inner = .impossible }
      // What comes after the new block is closed concerns the blocks around it.
      if next.closed > 0 { result.require(next.outer, closed) }
      if next.closed > 1 { result.closed = min(closed + 1, 2) }
    }
    return result
  }

  private mutating func require(_ condition: ColumnCondition, _ depth: UInt8) {
    if depth == 0 { inner = inner.intersection(condition) }
    if depth == 1 { outer = outer.intersection(condition) }
  }
}
