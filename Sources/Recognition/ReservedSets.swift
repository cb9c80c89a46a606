import Grammar

/// Which keywords a state reserves, where the grammar says so (from ABI 15 on).
struct ReservedSets: Sendable {
  /// Shape (stateCount).
  private let sets: [UInt16]
  /// Shape (sets, terminalCount), row-major.
  private let members: [Bool]
  private let terminalCount: Int

  /// Nil if the grammar has none.
  init?(_ tables: ParseTables) {
    guard !tables.reservedSets.isEmpty else { return nil }
    sets = tables.reservedSets
    terminalCount = tables.terminalCount
    var members = [Bool](repeating: false, count: tables.reservedWords.count * terminalCount)
    for (set, words) in tables.reservedWords.enumerated() {
      for word in words { members[set * terminalCount + word.index] = true }
    }
    self.members = members
  }

  @inline(__always)
  func contains(_ state: UInt16, _ keyword: SymbolID) -> Bool {
    members[Int(sets[Int(state)]) &* terminalCount &+ keyword.index]
  }
}
