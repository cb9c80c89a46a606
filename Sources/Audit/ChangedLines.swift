/// The lines of a broken text that somebody changed to mend it.
enum ChangedLines {
  /// Indices from 0 into the lines of `broken`. Where lines were only put in, the nearest lines with text in front of
  /// them and behind them count.
  ///
  /// O(lines × differing lines).
  static func between(_ broken: [UInt8], _ fixed: [UInt8]) -> Set<Int> {
    let (old, new) = (lines(broken), lines(fixed))
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var changed = removed
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      let start = i
      var isInsertion = false
      while i < old.count, removed.contains(i) { i += 1 }
      while j < new.count, inserted.contains(j) {
        j += 1
        isInsertion = true
      }
      if isInsertion, i == start {
        if let before = old[..<i].lastIndex(where: hasText) { changed.insert(before) }
        if let behind = old[i...].firstIndex(where: hasText) { changed.insert(behind) }
      }
      i += 1
      j += 1
    }
    return changed
  }

  static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split(separator: 0x0A, omittingEmptySubsequences: false)
  }

  static func hasText(_ line: ArraySlice<UInt8>) -> Bool { line.contains { $0 > 0x20 } }
}
