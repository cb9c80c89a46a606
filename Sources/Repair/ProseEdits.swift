/// Deletes what is no code: words of a text around it, marks at the start of lines, dots that stand for something.
extension EditGenerator {
  /// Deletes the failure's line up to a piece, from a piece on, and as a whole with lines next to it.
  func prose(_ place: Place, _ habits: TextHabits, _ add: Add) {
    let text = place.text
    let line = place.line(at: min(place.failure, text.count))
    guard line.start < line.end, line.end - line.start < 2_000 else { return }
    func remove(_ range: Range<Int>, _ more: Double) {
      if let cost = proseCost(text[range], habits) { add(TextEdit(place.rangeWithBlank(range), []), cost + more) }
    }
    var ends: [Int] = []
    var starts: [Int] = []
    var position = line.start
    while let piece = scanner.piece(text, position), piece.range.upperBound <= line.end, ends.count < 60 {
      starts.append(piece.range.lowerBound)
      ends.append(piece.range.upperBound)
      position = piece.range.upperBound
    }
    for end in ends.dropLast() { remove(line.start..<end, 0) }
    for start in starts.dropFirst() { remove(start..<line.end, 0) }
    if let cost = proseCost(text[line.start..<line.end], habits) { add(TextEdit(line.whole, []), cost) }
    // What is no code may go on before and behind.
    var range = line.whole
    for distance in 1...3 where range.lowerBound > 0 {
      range = place.line(at: range.lowerBound - 1).whole.lowerBound..<range.upperBound
      if let cost = proseCost(text[range], habits) { add(TextEdit(range, []), cost + 0.1 * Double(distance)) }
    }
    range = line.whole
    for distance in 1...3 where range.upperBound < text.count {
      range = range.lowerBound..<place.line(at: range.upperBound).whole.upperBound
      if let cost = proseCost(text[range], habits) { add(TextEdit(range, []), cost + 0.1 * Double(distance)) }
    }
  }

  /// What it costs to delete bytes that are no code by the look of them: a symbol repeated, or names that follow each
  /// other without anything between them; nil if they may be code.
  private func proseCost(_ bytes: ArraySlice<UInt8>, _ habits: TextHabits) -> Double? {
    let content = bytes.filter { !PieceScanner.isBlank($0) }
    guard let first = content.first else { return nil }
    if content.count > 1, !PieceScanner.isWordByte(first), content.allSatisfy({ $0 == first }) {
      return content.count > 2 ? 1.0 : 1.3
    }
    let bytes = Array(bytes)
    var words = 0
    var symbols = 0
    var neighbours = 0
    var last: Piece?
    var position = 0
    while let piece = scanner.piece(bytes, position) {
      position = piece.range.upperBound
      if piece.kind == .symbol { symbols += 1 } else { words += 1 }
      if let last, last.kind == .word, piece.kind == .word || piece.kind == .number {
        let names = [last, piece].count { !keywords.contains(Array(bytes[$0.range])) }
        if names == 2 { neighbours += 1 }
      }
      last = piece
    }
    // Elsewhere in the text, names do not stand like that.
    guard neighbours > 0, habits.neighbouringNames <= neighbours else { return nil }
    return 1.8 + 0.25 * Double(max(0, words - 3 * neighbours)) + 0.25 * Double(symbols)
  }
}
