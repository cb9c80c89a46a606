import Recognition

/// A text on the way to a repair: what has been changed, and where it fails to parse now.
struct SearchState {
  /// The stacks at a position between two terminals.
  struct Boundary {
    var position: Int
    var heads: [Head]
  }

  var text: [UInt8]
  var script: EditScript
  var editCount: Int
  var cost: Double
  /// In the order of the text; the last are at the failure.
  var boundaries: [Boundary]
  /// Where the text stops to be of the language; nil if it is.
  var failure: Int?
  /// The whole text parses, and `failure` is what the dialect forbids besides.
  var isParsed: Bool

  /// The boundary from which to parse again if the bytes from `offset` on change.
  ///
  /// Terminals look ahead, over blanks and line breaks where there is a layout rule: some are parsed again.
  func restart(before offset: Int) -> Int {
    var end = min(offset, text.count)
    while end > 0, PieceScanner.isBlank(text[end - 1]) { end -= 1 }
    var low = 0
    var high = boundaries.count
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle].position < end { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 3)
  }
}
