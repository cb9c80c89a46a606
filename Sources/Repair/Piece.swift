/// A run of bytes that belongs together as people see it: a word, a number, a symbol, a string, a comment.
struct Piece: Equatable {
  enum Kind { case word, number, symbol, string }
  var kind: Kind
  var range: Range<Int>
}

/// Cuts text into pieces without a grammar, for what lies behind the point where parsing fails.
struct PieceScanner {
  /// Symbols of more than one byte, longest first.
  let symbols: [[UInt8]]

  static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
      || byte >= 0x80
  }

  /// The characters that start strings in one language or another.
  static let quotes = Array("\"'`".utf8)

  static func isQuote(_ byte: UInt8) -> Bool { quotes.contains(byte) }
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// `bytes` without the blanks at both ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
  }

  /// What kind of piece these bytes are; nil for blank ones.
  static func kind(_ bytes: ArraySlice<UInt8>) -> Piece.Kind? {
    guard let first = bytes.first(where: { !isBlank($0) }) else { return nil }
    if (0x30...0x39).contains(first) { return .number }
    if isWordByte(first) { return .word }
    return bytes.contains(where: isWordByte) ? .string : .symbol
  }

  /// The piece that starts at `position` or behind blanks there; nil at the end. O(its bytes).
  func piece(_ text: [UInt8], _ position: Int) -> Piece? {
    var start = position
    while start < text.count, Self.isBlank(text[start]) { start += 1 }
    guard start < text.count else { return nil }
    var end = start + 1
    if Self.isWordByte(text[start]) {
      let isNumber = (0x30...0x39).contains(text[start])
      while end < text.count, Self.isWordByte(text[end]) || isNumber && text[end] == 0x2E { end += 1 }
      return Piece(kind: isNumber ? .number : .word, range: start..<end)
    }
    if text[start] == 0x22 || text[start] == 0x27 {
      while end < text.count, text[end] != 0x0A, text[end] != text[start] { end += text[end] == 0x5C ? 2 : 1 }
      if end < text.count, text[end] == text[start] {
        return Piece(kind: .string, range: start..<end + 1)
      }
      return Piece(kind: .symbol, range: start..<start + 1)
    }
    for symbol in symbols where text[start...].starts(with: symbol) {
      return Piece(kind: .symbol, range: start..<start + symbol.count)
    }
    return Piece(kind: .symbol, range: start..<end)
  }

  /// How many words and symbols some text has, strings in it taken apart. O(bytes).
  func count(_ text: ArraySlice<UInt8>) -> Int {
    var count = 0
    var isInWord = false
    for byte in text {
      let isWord = Self.isWordByte(byte)
      if isWord ? !isInWord : !Self.isBlank(byte) { count += 1 }
      isInWord = isWord
    }
    return count
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Every word and number of a text with how often it occurs: what a repair may not lose silently. O(bytes).
  ///
  /// - Parameter escapes: whether a letter behind a stroke is part of no word, as in `\n`.
  static func words(_ text: some Collection<UInt8>, escapes: Bool = false) -> [[UInt8]: Int] {
    var counts: [[UInt8]: Int] = [:]
    var word: [UInt8] = []
    var isEscaped = false
    for byte in text.starts(with: byteOrderMark) ? Array(text.dropFirst(3)) : Array(text) {
      defer { isEscaped = escapes && !isEscaped && byte == 0x5C }
      if isWordByte(byte), !isEscaped {
        word.append(byte)
      } else if !word.isEmpty {
        counts[word, default: 0] += 1
        word.removeAll()
      }
    }
    if !word.isEmpty { counts[word, default: 0] += 1 }
    return counts
  }

  /// The words and numbers of `text` that it has fewer of behind `edits`, in byte order, each as often as it is missing.
  /// Nothing is lost where the letters of escapes make the difference alone. O(bytes of the edits).
  static func lostWords(by edits: [TextEdit], from text: [UInt8]) -> [String] {
    let lost = lostWords(by: edits, from: text, escapes: false)
    return lost.isEmpty || lostWords(by: edits, from: text, escapes: true).isEmpty ? [] : lost
  }

  private static func lostWords(by edits: [TextEdit], from text: [UInt8], escapes: Bool) -> [String] {
    var lost: [[UInt8]: Int] = [:]
    // Edits of one word are taken together.
    for group in edits.reduce(
      into: [[TextEdit]](),
      { groups, edit in
        if let last = groups.last?.last, text[last.range.upperBound..<edit.range.lowerBound].allSatisfy(isWordByte) {
          groups[groups.count - 1].append(edit)
        } else {
          groups.append([edit])
        }
      })
    {
      guard let first = group.first, let last = group.last else { continue }
      var low = first.range.lowerBound
      var high = last.range.upperBound
      while low > 0, isWordByte(text[low - 1]) || text[low - 1] == 0x5C { low -= 1 }
      while high < text.count, isWordByte(text[high]) { high += 1 }
      var new: [UInt8] = []
      var position = low
      for edit in group {
        new += text[position..<edit.range.lowerBound] + edit.replacement
        position = edit.range.upperBound
      }
      new += text[position..<high]
      for (word, count) in words(text[low..<high], escapes: escapes) { lost[word, default: 0] += count }
      for (word, count) in words(new, escapes: escapes) { lost[word, default: 0] -= count }
    }
    return lost.flatMap { word, count in
      [String](repeating: String(decoding: word, as: UTF8.self), count: max(0, count))
    }.sorted()
  }
}
