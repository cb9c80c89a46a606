/// What edits do, wherever they do it: the same mistake made twice is mended by edits of one kind.
struct EditKind: Hashable {
  private struct Change: Hashable {
    var removed: [UInt8]
    var written: [UInt8]
  }
  private var changes: [Change]

  /// Blanks around what is removed and written do not count; nil if nothing else changes, or a quote
  /// alone is written. O(bytes of the edits).
  init?(_ parts: [TextEdit], of text: [UInt8]) {
    changes = parts.map { part in
      Change(removed: PieceScanner.trimmed(text[part.range]), written: PieceScanner.trimmed(part.replacement[...]))
    }
    if changes.allSatisfy({ $0.removed == $0.written }) { return nil }
    // The second quote is no mistake made again: it ends what the first starts.
    if parts.count == 1, changes[0].removed.isEmpty, changes[0].written.allSatisfy(PieceScanner.isQuote) {
      return nil
    }
  }
}
