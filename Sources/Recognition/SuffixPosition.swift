import Grammar

/// A place right of a hole, as the parser meets it: a later hole, a terminal that waits there, or text not yet lexed.
struct SuffixPosition: Hashable, BitwiseCopyable {
  enum Kind: UInt8 { case gap, pending, unlexed }
  var kind: Kind
  /// For a gap, the hole's index; else the index of the fixed segment.
  var segment: Int32
  var terminal: UInt16 = 0
  var fallback: UInt16 = 0
  /// Where the terminal ends, or the text not yet lexed begins.
  var offset: Int32 = 0
  var scanner: Int32 = 0
  /// The column of the block that a pending indent opens.
  var column: Int32 = 0
  /// What must hold for the innermost block when the terminal is taken.
  var condition = ColumnCondition.any
  /// What must hold for the number of brackets between which lines are joined.
  var brackets = ColumnCondition.any
  var line = LinePlace.any

  var effect: BlockEffect { BlockEffect(inner: condition, brackets: brackets) }

  /// A hole with the scanner's state in front of it, which its text is expected to come back to.
  static func gap(_ hole: Int, _ scanner: Int32, _ line: LinePlace) -> SuffixPosition {
    SuffixPosition(kind: .gap, segment: Int32(hole), scanner: scanner, line: line)
  }

  var hashKey: UInt64 {
    let place = UInt64(UInt32(bitPattern: segment)) << 32 | UInt64(UInt32(bitPattern: offset))
    let read = UInt64(UInt32(bitPattern: scanner)) << 34 | UInt64(terminal) << 18 | UInt64(kind.rawValue) << 16
    let block = UInt64(UInt32(bitPattern: column)) << 32 ^ condition.hashKey << 16 ^ brackets.hashKey
    return IndexTable.hash(place ^ IndexTable.hash(read ^ UInt64(fallback)) ^ block &* 31 ^ line.hashKey)
  }
}
