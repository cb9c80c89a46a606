import Recognition

/// Edits that the rest of the text suggests.
extension EditGenerator {
  /// How many gaps before a failure are looked at, and how many spellings are tried in each.
  private static let guessedGaps = 4
  private static let guessLimit = 4

  /// Names, numbers and words that the text has at like places: left out, or written wrong.
  func guesses(_ place: Place, _ habits: TextHabits, _ add: Add) {
    let text = place.text
    func around(_ range: Range<Int>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
      // Some lines are enough for the pieces next to the gap.
      var low = place.lineStart(range.lowerBound)
      if low > 0 { low = place.lineStart(low - 1) }
      low = max(low, range.lowerBound - 400)
      return (text[low..<range.lowerBound], text[range.upperBound..<min(text.count, range.upperBound + 120)])
    }
    for (distance, gap) in place.gaps.prefix(Self.guessedGaps).enumerated() {
      let (before, behind) = around(gap.start..<gap.end)
      for (rank, guess) in habits.guesses(after: before, before: behind, limit: Self.guessLimit).enumerated() {
        let cost = EditCosts.guess(guess) + 0.15 * Double(distance) + 0.05 * Double(rank) - (gap.isWide ? 0.3 : 0)
        add(place.insertion(of: guess, in: gap, atEnd: false), cost)
      }
    }
    for (index, piece) in place.pieces.enumerated() where abs(index - place.failureIndex) <= 2 {
      let (before, behind) = around(piece.range)
      let distance = abs(index - place.failureIndex)
      for (rank, guess) in habits.guesses(after: before, before: behind, limit: Self.guessLimit).enumerated() {
        let cost = EditCosts.guess(guess) + 0.2 + 0.15 * Double(distance) + 0.05 * Double(rank)
        add(TextEdit(piece.range, guess), cost)
      }
    }
  }

  /// Words that run together because what stood between them is missing: cut where both parts occur elsewhere.
  func splits(_ place: Place, _ habits: TextHabits, _ add: Add) {
    let separators = [" ", "(", ")", "[", "]", ",", ".", "=", ";", ":"].map { Array($0.utf8) }
    for (index, piece) in place.pieces.enumerated() where piece.kind == .word || piece.kind == .number {
      let distance = abs(index - place.failureIndex)
      if distance > 12 { continue }
      let word = Array(place.text[piece.range])
      guard word.count >= 2, word.count <= 60 else { continue }
      for cut in 1..<word.count {
        let (left, right) = (Array(word[..<cut]), Array(word[cut...]))
        let knowsLeft = habits.knows(left)
        let knowsRight = habits.knows(right) || (0x30...0x39).contains(right[0])
        let isLikely = knowsLeft && knowsRight
        guard isLikely || knowsLeft && left.count > 2 || habits.knows(right) && right.count > 2 else { continue }
        let offset = piece.range.lowerBound + cut
        for separator in separators {
          add(TextEdit(offset..<offset, separator), (isLikely ? 1.35 : 1.6) + 0.04 * Double(distance))
        }
      }
    }
  }

  /// Words that cannot be names, made such: they start with a digit, or are words of the language.
  func names(_ place: Place, _ add: Add) {
    for (index, piece) in place.pieces.enumerated() where abs(index - place.failureIndex) <= 2 {
      var range = piece.range
      guard PieceScanner.isWordByte(place.text[range.lowerBound]) else { continue }
      while range.upperBound < place.text.count, PieceScanner.isWordByte(place.text[range.upperBound]) {
        range = range.lowerBound..<range.upperBound + 1
      }
      while range.lowerBound > 0, PieceScanner.isWordByte(place.text[range.lowerBound - 1]) {
        range = range.lowerBound - 1..<range.upperBound
      }
      let word = place.text[range]
      let isNumber = (0x30...0x39).contains(word[range.lowerBound])
      if isNumber, word.contains(where: { !(0x30...0x39).contains($0) }) {
        add(TextEdit(range.lowerBound..<range.lowerBound, [0x5F]), 1.3)
      } else if keywords.contains(Array(word)) {
        add(TextEdit(range.upperBound..<range.upperBound, [0x5F]), 1.6)
      }
    }
  }

  /// A keyword in front of the failure's line, or of the line before, or in the place of its first word: what is wrong
  /// with the head of a line may show at its end only.
  func heads(_ place: Place, _ recogniser: Recogniser, _ add: Add) {
    for line in place.linesAround {
      guard let piece = scanner.piece(place.text, line.start), let heads = place.heads(before: piece) else { continue }
      let words = expected(heads, recogniser).filter { $0.allSatisfy(PieceScanner.isWordByte) }
      for text in words where keywords.contains(text) {
        add(TextEdit(piece.range.lowerBound..<piece.range.lowerBound, text + [0x20]), EditCosts.insertion(text))
      }
      guard piece.kind == .word else { continue }
      let word = Array(place.text[piece.range])
      for text in words where text != word {
        let isPart = min(word.count, text.count) > 1 && (word.starts(with: text) || text.starts(with: word))
        add(TextEdit(piece.range, text), isPart ? 1.3 : keywords.contains(word) ? 1.8 : 2.6)
      }
    }
  }

  /// How many lines before a failure may have changed places.
  private static let swapReach = 4

  /// Neighbouring lines in each other's place.
  func swaps(_ place: Place, _ add: Add) {
    var lines: [Place.Line] = []
    var offset = min(place.failure, place.text.count)
    let current = place.line(at: offset)
    let next = place.line(at: current.whole.upperBound)
    if next.whole.lowerBound >= current.whole.upperBound, next.start < next.end { lines.append(next) }
    offset = current.whole.lowerBound
    lines.append(current)
    for _ in 0..<Self.swapReach where offset > 0 {
      let line = place.line(at: offset - 1)
      lines.append(line)
      offset = line.whole.lowerBound
    }
    for (distance, (lower, upper)) in zip(lines, lines.dropFirst()).enumerated() {
      let (first, second) = (place.text[upper.whole], place.text[lower.whole])
      guard first.last == 0x0A, second.last == 0x0A, first != second else { continue }
      add(
        TextEdit(upper.whole.lowerBound..<lower.whole.upperBound, Array(second + first)),
        EditCosts.swap + 0.1 * Double(distance))
    }
  }
}
