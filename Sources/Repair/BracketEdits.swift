import Recognition

extension EditGenerator {
  private struct Bracket {
    var offset: Int
    /// The indentation of its line.
    var column: Int
    /// The bracket is the first or the last of its line.
    var startsLine: Bool
    var endsLine: Bool
  }

  /// How many terminals before a failure are looked at, and how many brackets are taken for wrong.
  private static let bracketReach = 6_000
  private static let suspects = 6

  /// Brackets that are missing or surplus as the indentation of the lines tells, however far before the failure.
  ///
  /// A bracket at the end of a line opens a block if the next line is deeper. The block ends before the first line that
  /// is not; the bracket that closes it stands there, as deep as the line that opened it. O(terminals looked at).
  func bracketCandidates(_ place: Place, _ add: Add) {
    let closers: [UInt8: UInt8] = [0x28: 0x29, 0x5B: 0x5D, 0x7B: 0x7D]
    let text = place.text
    var open: [Bracket] = []
    var unclosed: [Bracket] = []
    var surplus: [Bracket] = []
    for bracket in brackets(place) {
      let byte = text[bracket.offset]
      if closers[byte] != nil {
        open.append(bracket)
        continue
      }
      guard var index = open.lastIndex(where: { closers[text[$0.offset]] == byte }) else {
        surplus.append(bracket)
        continue
      }
      if bracket.startsLine, open[index].endsLine {
        if bracket.column > open[index].column { surplus.append(bracket) }
        // A line further out closes what was opened there: what lies between has been forgotten.
        if bracket.column < open[index].column,
          let outer = open[..<index].lastIndex(where: {
            closers[text[$0.offset]] == byte && $0.column == bracket.column
          })
        {
          index = outer
          unclosed += open[(outer + 1)...]
        }
      }
      open.removeSubrange(index...)
    }
    unclosed += open
    for bracket in unclosed.filter(\.endsLine).suffix(Self.suspects) {
      guard let closer = closers[text[bracket.offset]] else { continue }
      let line = place.line(at: bracket.offset)
      guard let end = blockEnd(below: line, bracket.column, place) else { continue }
      let indentation = text[line.whole.lowerBound..<line.start]
      add(TextEdit(end..<end, place.newline + indentation + [closer]), 0.95)
    }
    for bracket in surplus.suffix(Self.suspects) {
      let line = place.line(at: bracket.offset)
      let isAlone = line.start == bracket.offset && line.end == bracket.offset + 1
      add(TextEdit(isAlone ? line.whole : bracket.offset..<bracket.offset + 1, []), 1.15)
    }
  }

  /// The brackets before the failure that the grammar takes for terminals.
  private func brackets(_ place: Place) -> [Bracket] {
    let text = place.text
    var brackets: [Bracket] = []
    var last = -1
    for boundary in place.state.boundaries.suffix(Self.bracketReach) where boundary.position <= place.failure {
      var offset = boundary.position
      while offset < place.failure, PieceScanner.isBlank(text[offset]) { offset += 1 }
      guard offset < place.failure, offset > last, Array("()[]{}".utf8).contains(text[offset]) else { continue }
      last = offset
      let line = place.line(at: offset)
      brackets.append(
        Bracket(
          offset: offset, column: width(text[line.whole.lowerBound..<line.start]), startsLine: line.start == offset,
          endsLine: text[(offset + 1)..<line.end].allSatisfy(PieceScanner.isBlank)))
    }
    return brackets
  }

  /// The end of the last line of the block below `line`: lines deeper than `column`; nil if there is none, or if it goes
  /// on to the failure's line.
  private func blockEnd(below line: Place.Line, _ column: Int, _ place: Place) -> Int? {
    var end: Int?
    var offset = line.whole.upperBound
    while offset <= place.failure, offset < place.text.count {
      let next = place.line(at: offset)
      offset = next.whole.upperBound
      if next.start == next.end { continue }
      if width(place.text[next.whole.lowerBound..<next.start]) <= column { return end }
      end = next.end
    }
    return nil
  }

  private func width(_ indentation: ArraySlice<UInt8>) -> Int {
    indentation.reduce(0) { $1 == 0x09 ? ($0 / 8 + 1) * 8 : $0 + 1 }
  }
}
