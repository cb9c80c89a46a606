/// What edits cost: a missing comma or bracket is 1, and rarer mistakes cost more.
enum EditCosts {
  /// Inserting `text`.
  static func insertion(_ text: [UInt8]) -> Double {
    switch PieceScanner.kind(text[...]) {
    case nil: 1.4
    case .symbol: opens(text) ? 1.2 : isCommon(text) ? 1.0 : 1.5
    case .word: 2.2
    case .number, .string: 2.4
    }
  }

  /// Inserting a word that the text has at a like place; where the tables ask for it, `insertion` may be cheaper.
  static func guess(_ text: [UInt8]) -> Double {
    switch PieceScanner.kind(text[...]) {
    case nil, .symbol: 1.4
    case .word: 1.5
    case .number: 1.7
    case .string: 2.2
    }
  }

  /// Two lines in each other's place.
  static let swap = 1.8

  /// Deleting bytes.
  static func deletion(_ bytes: ArraySlice<UInt8>) -> Double {
    switch PieceScanner.kind(bytes) {
    case nil: 1.0
    case .symbol: 1.2
    case .word, .number: 2.4
    case .string: 3.0
    }
  }

  /// Writing `new` instead of `old`.
  static func replacement(_ old: ArraySlice<UInt8>, _ new: [UInt8]) -> Double {
    let (a, b) = (PieceScanner.kind(old), PieceScanner.kind(new[...]))
    if a == .symbol, b == .symbol { return opens(new) ? 1.5 : isCommon(new) ? 1.3 : 1.6 }
    if a == .word, b == .word {
      let distance = distance(Array(old), new)
      return distance <= 1 ? 1.1 : distance == 2 && new.count > 3 ? 1.4 : 3.6
    }
    return 3.2
  }

  /// Deleting a longer run, line or statement: the last resort.
  static func removal(_ bytes: ArraySlice<UInt8>) -> Double {
    var words = 0
    var symbols = 0
    var isInWord = false
    for byte in bytes {
      let isWord = PieceScanner.isWordByte(byte)
      if isWord, !isInWord { words += 1 }
      if !isWord, !PieceScanner.isBlank(byte) { symbols += 1 }
      isInWord = isWord
    }
    return 2.6 + 0.35 * Double(min(words, 40)) + 0.08 * Double(min(symbols, 80))
  }

  /// What opens asks for more: it is left out less often than what closes.
  private static func opens(_ text: [UInt8]) -> Bool {
    text.count == 1 && Array("([{".utf8).contains(text[0])
  }

  private static func isCommon(_ text: [UInt8]) -> Bool {
    text.count == 1 && Array("()[]{},:;\"'".utf8).contains(text[0])
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words (restricted Damerau distance),
  /// letter case apart from one step for all of it. O(a × b).
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if abs(a.count - b.count) > 2 || a.count > 24 { return 9 }
    let lower = { (bytes: [UInt8]) in bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
    let (x, y) = (lower(a), lower(b))
    if x == y { return a == b ? 0 : 1 }
    var rows = [[Int]](repeating: [Int](repeating: 0, count: y.count + 1), count: x.count + 1)
    for i in 0...x.count { rows[i][0] = i }
    for j in 0...y.count { rows[0][j] = j }
    guard !x.isEmpty, !y.isEmpty else { return max(x.count, y.count) }
    for i in 1...x.count {
      for j in 1...y.count {
        var best = min(rows[i - 1][j], rows[i][j - 1]) + 1
        best = min(best, rows[i - 1][j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1))
        if i > 1, j > 1, x[i - 1] == y[j - 2], x[i - 2] == y[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
        rows[i][j] = best
      }
    }
    return rows[x.count][y.count]
  }
}
