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
