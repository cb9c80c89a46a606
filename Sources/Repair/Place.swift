import Recognition

/// The surroundings of a failure: gaps between terminals, pieces of text, lines, and open brackets.
struct Place {
  /// Blanks between two terminals, with the stacks there.
  struct Gap {
    var start: Int
    var end: Int
    var heads: [Head]
    var crossesLine: Bool
    /// It has two blanks inside a line, as something leaves that stood between them.
    var isWide: Bool
  }
  struct Line {
    /// Without indentation and line end.
    var start: Int
    var end: Int
    /// With both.
    var whole: Range<Int>
    var holdsFailure: Bool
    /// It has blanks at most.
    var isEmpty: Bool { start == end }
  }

  let state: SearchState
  let failure: Int
  var text: [UInt8] { state.text }
  /// From the failure backwards.
  let gaps: [Gap]
  /// In the order of the text, those before the failure as the grammar cuts them.
  let pieces: [Piece]
  /// The index in `pieces` of the one at the failure; their count if the text ends there.
  let failureIndex: Int
  /// Offsets of brackets before the failure that nothing closes.
  let unclosed: [Int]
  let newline: [UInt8]

  private static let reach = 60
  /// Lines behind the failure where strings may end, and how many such places of a kind are tried.
  private static let distantLines = 200
  private static let distantEndLimit = 12

  init(_ state: SearchState, failure: Int, _ scanner: PieceScanner) {
    self.state = state
    self.failure = failure
    let text = state.text
    var gaps: [Gap] = []
    var pieces: [Piece] = []
    var index = state.boundaries.count - 1
    var before = failure
    while index >= 0, gaps.count < Self.reach {
      let boundary = state.boundaries[index]
      index -= 1
      if boundary.position > failure { continue }
      var end = boundary.position
      while end < text.count, PieceScanner.isBlank(text[end]) { end += 1 }
      if let last = gaps.last, last.start == boundary.position {
        gaps[gaps.count - 1].heads += boundary.heads
        continue
      }
      if end < before || gaps.isEmpty {
        if end < before, let kind = PieceScanner.kind(text[end..<before]) {
          var stop = before
          while stop > end, PieceScanner.isBlank(text[stop - 1]) { stop -= 1 }
          pieces.append(Piece(kind: kind, range: end..<stop))
        }
        before = boundary.position
      } else {
        before = min(before, boundary.position)
      }
      let crossesLine = text[boundary.position..<max(end, boundary.position)].contains(0x0A)
      gaps.append(
        Gap(
          start: boundary.position, end: max(end, boundary.position), heads: boundary.heads, crossesLine: crossesLine,
          isWide: end - boundary.position == 2 && !crossesLine && end < text.count))
    }
    self.gaps = gaps
    pieces.reverse()
    failureIndex = pieces.count
    var position = failure
    for _ in 0..<6 {
      guard let piece = scanner.piece(text, position) else { break }
      pieces.append(piece)
      position = piece.range.upperBound
    }
    self.pieces = pieces
    unclosed = Self.unclosed(pieces.prefix(failureIndex), text)
    if let end = text.firstIndex(of: 0x0A) {
      newline = end > 0 && text[end - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A]
    } else {
      newline = [0x0A]
    }
  }

  private static func unclosed(_ pieces: ArraySlice<Piece>, _ text: [UInt8]) -> [Int] {
    var open: [Int] = []
    for piece in pieces where piece.range.count == 1 {
      let byte = text[piece.range.lowerBound]
      if Brackets.closer(of: byte) != nil { open.append(piece.range.lowerBound) }
      if let opener = Brackets.opener(of: byte), let index = open.lastIndex(where: { text[$0] == opener }) {
        open.removeSubrange(index...)
      }
    }
    return open
  }

  /// The stacks before a piece, if it starts at a terminal.
  func heads(before piece: Piece) -> [Head]? { gaps.first { $0.end == piece.range.lowerBound }?.heads }

  /// Writes `text` in a gap, after what stands before it or before what stands after it, with blanks where words
  /// would run together and where the text around has them.
  func insertion(of written: [UInt8], in gap: Gap, atEnd: Bool) -> TextEdit {
    let offset = atEnd ? gap.end : gap.start
    var bytes = written
    let isWord = { (byte: UInt8?) in byte.map(PieceScanner.isWordByte) ?? false }
    let before = offset > 0 ? text[offset - 1] : nil
    let after = offset < text.count ? text[offset] : nil
    if isWord(written.first), let before, isWord(before) || before == 0x29 || before == 0x2C || before == 0x3D {
      bytes.insert(0x20, at: 0)
    }
    if isWord(written.last), isWord(after) || after == 0x22 || after == 0x27 { bytes.append(0x20) }
    if PieceScanner.kind(written[...]) == .symbol, written != [0x2E], isOperator(written), before != 0x20, !atEnd {
      bytes.insert(0x20, at: 0)
    }
    return TextEdit(offset..<offset, bytes)
  }

  private func isOperator(_ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return Array("=<>+-*/%&|".utf8).contains(first) && Array("=<>+-*/%&|".utf8).contains(last)
  }

  /// A range to delete, with the blanks on one side if blanks are on both.
  func rangeWithBlank(_ range: Range<Int>) -> Range<Int> {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    var range = range
    let before = range.lowerBound == 0 || PieceScanner.isBlank(text[range.lowerBound - 1])
    if before {
      var end = range.upperBound
      while end < text.count, isBlank(text[end]) { end += 1 }
      let startsLine = range.lowerBound == 0 || !isBlank(text[range.lowerBound - 1])
      if end < text.count, !PieceScanner.isBlank(text[end]) || startsLine {
        range = range.lowerBound..<end
      } else {
        var start = range.lowerBound
        while start > 0, isBlank(text[start - 1]) { start -= 1 }
        range = start..<range.upperBound
      }
    }
    return range
  }

  /// Longer lines are cut: what is looked for is near.
  private static let lineReach = 4_000

  func lineStart(_ offset: Int) -> Int {
    var start = min(offset, text.count)
    let limit = max(0, start - Self.lineReach)
    while start > limit, text[start - 1] != 0x0A { start -= 1 }
    return start
  }

  /// The end of the line, its line break not counted.
  func lineEnd(_ offset: Int) -> Int {
    var end = offset
    let limit = min(text.count, offset + Self.lineReach)
    while end < limit, text[end] != 0x0A { end += 1 }
    if end > offset, end < text.count, text[end - 1] == 0x0D { end -= 1 }
    return end
  }

  /// The indentation of the failure's line.
  var indentation: [UInt8] {
    Array(text[lineStart(failure)...].prefix { $0 == 0x20 || $0 == 0x09 })
  }

  func line(at offset: Int) -> Line {
    let start = lineStart(offset)
    let end = lineEnd(offset)
    let next = end < text.count && text[end] == 0x0D ? end + 1 : end
    let isCut = next < text.count && text[next] != 0x0A
    var content = start
    while content < end, text[content] == 0x20 || text[content] == 0x09 { content += 1 }
    let whole = start..<min(isCut ? next : next + 1, text.count)
    return Line(start: content, end: end, whole: whole, holdsFailure: whole.contains(failure) || failure == end)
  }

  /// The failure's line, the last line with text before it and the one after.
  var linesAround: [Line] {
    let current = line(at: min(failure, text.count))
    var lines = [current]
    var offset = current.whole.lowerBound
    while offset > 0 {
      let previous = line(at: offset - 1)
      offset = previous.whole.lowerBound
      if previous.start < previous.end {
        lines.append(previous)
        break
      }
    }
    return lines
  }

  /// Offsets where a quote may be missing: around pieces of the failure's line and the line before, the nearest first.
  var quotePlaces: [Int] {
    var offsets: [Int] = []
    for line in linesAround {
      offsets.append(line.end)
      offsets.append(line.start)
      var offset = max(line.start, min(failure, line.end) - 400)
      while offset < line.end, offsets.count < 120 {
        let isWord = PieceScanner.isWordByte(text[offset])
        let wasWord = offset > line.start && PieceScanner.isWordByte(text[offset - 1])
        if text[offset] != 0x20, !isWord || !wasWord { offsets.append(offset) }
        offset += 1
      }
    }
    var seen: Set<Int> = []
    offsets = offsets.filter { seen.insert($0).inserted }
    return offsets.sorted { (abs($0 - failure), $0) < (abs($1 - failure), $1) }
  }

  /// Line ends behind the failure where a string may end that starts around it and has several lines: first those of
  /// lines with nothing but indentation, where the quote may have stood, then those in front of an empty line. None if
  /// the quotes from there on are in pairs. O(bytes behind the failure).
  func distantEnds(of quote: [UInt8]) -> [Int] {
    let text = self.text
    var count = 0
    var offset = linesAround[linesAround.count - 1].whole.lowerBound
    while offset + quote.count <= text.count {
      if text[offset] == quote[0], text[offset..<offset + quote.count].elementsEqual(quote) {
        count += 1
        offset += quote.count
      } else {
        offset += 1
      }
    }
    if count.isMultiple(of: 2) { return [] }
    var alone: [Int] = []
    var others: [Int] = []
    var line = line(at: min(failure, text.count))
    for _ in 0..<Self.distantLines where line.whole.upperBound < text.count {
      let next = self.line(at: line.whole.upperBound)
      if line.isEmpty {
        if line.start > line.whole.lowerBound { alone.append(line.end) }
      } else if next.isEmpty {
        others.append(line.end)
      }
      line = next
    }
    return Array(alone.prefix(Self.distantEndLimit) + others.prefix(Self.distantEndLimit))
  }

  /// What a quote costs besides where strings seldom start or end: they start at what follows, and end behind what
  /// stands before.
  func strangeness(of quote: [UInt8], at offset: Int) -> Double {
    let start = lineStart(offset)
    let count = text[start..<offset].count { $0 == quote[0] }
    let before = offset > start ? text[offset - 1] : 0x20
    let after = offset < text.count ? text[offset] : 0x0A
    if count.isMultiple(of: 2) {
      return PieceScanner.isBlank(after) ? 0.4 : PieceScanner.isWordByte(before) ? 0.2 : 0
    }
    return PieceScanner.isBlank(before) && after != 0x0A ? 0.3 : PieceScanner.isWordByte(after) ? 0.2 : 0
  }

  /// Offsets of quotes on the failure's line and the line before.
  var quoteCharacters: [Int] {
    linesAround.flatMap { line in
      (line.start..<line.end).filter { text[$0] == 0x22 || text[$0] == 0x27 || text[$0] == 0x60 }.prefix(40)
    }
  }

  /// Samples of named terminals: a name, a number.
  func samples(_ language: Language) -> [[UInt8]] {
    (language.grammar.description.placeholders ?? [:]).values.map { Array($0.utf8) }
      .filter { $0.count == 1 && PieceScanner.isWordByte($0[0]) || PieceScanner.kind($0[...]) == .number }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }
}
