/// How far apart two texts are, counted in words, numbers, strings, symbols and indentations.
public enum PieceDistance {
  /// The fewest insertions, deletions and replacements of pieces; texts of more than `limit` pieces are not compared.
  ///
  /// O(pieces²) time, O(pieces) memory.
  public static func between(_ a: [UInt8], _ b: [UInt8], limit: Int = 2_000) -> Int? {
    let (x, y) = (pieces(a), pieces(b))
    guard x.count <= limit, y.count <= limit else { return nil }
    var row = Array(0...y.count)
    for i in x.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in y.indices {
        let best = min(diagonal + (x[i] == y[j] ? 0 : 1), min(row[j], row[j + 1]) + 1)
        diagonal = row[j + 1]
        row[j + 1] = best
      }
    }
    return row[y.count]
  }

  private static func pieces(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    let scanner = PieceScanner(symbols: [])
    var pieces: [ArraySlice<UInt8>] = []
    var position = 0
    while let piece = scanner.piece(text, position) {
      let padding = text[position..<piece.range.lowerBound]
      if let newline = padding.lastIndex(of: 0x0A) { pieces.append(text[newline..<piece.range.lowerBound]) }
      pieces.append(text[piece.range])
      position = piece.range.upperBound
    }
    return pieces
  }
}
