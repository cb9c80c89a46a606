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

  /// The brackets before a failure that have no partner, in the order of the text, as far as the order of brackets and
  /// the indentation of lines tell.
  private func suspects(_ place: Place) -> (unclosed: [Bracket], surplus: [Bracket]) {
    let text = place.text
    var open: [Bracket] = []
    var unclosed: [Bracket] = []
    var surplus: [Bracket] = []
    for bracket in brackets(place) {
      let byte = text[bracket.offset]
      if Brackets.closer(of: byte) != nil {
        open.append(bracket)
        continue
      }
      guard var index = open.lastIndex(where: { Brackets.closer(of: text[$0.offset]) == byte }) else {
        surplus.append(bracket)
        continue
      }
      if bracket.startsLine {
        if bracket.column > open[index].column, open[index].endsLine { surplus.append(bracket) }
        // A line further out closes what was opened there: what lies between has been forgotten.
        if bracket.column < open[index].column,
          let outer = open[..<index].lastIndex(where: {
            Brackets.closer(of: text[$0.offset]) == byte && $0.column == bracket.column
          })
        {
          index = outer
        }
      }
      unclosed += open[(index + 1)...]
      open.removeSubrange(index...)
    }
    return (unclosed + open, surplus)
  }

  /// Brackets that are missing or surplus as the indentation of the lines tells, however far before the failure.
  ///
  /// A bracket at the end of a line opens a block if the next line is deeper. The block ends before the first line that
  /// is not; the bracket that closes it stands there, as deep as the line that opened it. O(terminals looked at).
  func bracketCandidates(_ place: Place, _ habits: TextHabits, _ add: Add) {
    let text = place.text
    let (unclosed, surplus) = suspects(place)
    for bracket in unclosed.filter(\.endsLine).suffix(Self.suspects) {
      guard let closer = Brackets.closer(of: text[bracket.offset]) else { continue }
      let line = place.line(at: bracket.offset)
      guard let end = blockEnd(below: line, bracket.column, place) else { continue }
      let indentation = text[line.whole.lowerBound..<line.start]
      add(TextEdit(end..<end, place.newline + indentation + [closer]), 0.95)
      // The empty line that a bracket has left.
      guard end + place.newline.count < text.count else { continue }
      let next = place.line(at: end + place.newline.count)
      guard next.start == next.end, next.whole.lowerBound > end, next.end < text.count else { continue }
      let isLeft = next.start > next.whole.lowerBound || place.line(at: next.whole.upperBound).isEmpty
      add(TextEdit(next.whole.lowerBound..<next.start, indentation + [closer]), isLeft ? 0.9 : 1.0)
    }
    // One inside a line may be missing its partner anywhere on that line.
    for bracket in unclosed.filter({ !$0.endsLine }).suffix(Self.suspects) {
      guard let closer = Brackets.closer(of: text[bracket.offset]) else { continue }
      let line = place.line(at: bracket.offset)
      for (distance, end) in ends(in: bracket.offset + 1..<line.end, place).reversed().enumerated() {
        add(TextEdit(end..<end, [closer]), 1.0 + 0.02 * Double(min(distance, 10)))
      }
    }
    for bracket in surplus.suffix(2) {
      guard let opener = Brackets.opener(of: text[bracket.offset]) else { continue }
      let line = place.line(at: bracket.offset)
      for (distance, end) in ends(in: line.start..<bracket.offset, place).reversed().enumerated() {
        add(TextEdit(end..<end, [opener]), 1.25 + 0.02 * Double(min(distance, 10)))
      }
      // The line that starts the block which ends here.
      if bracket.startsLine, let header = header(of: line, bracket.column, place),
        let last = text[header.start..<header.end].last(where: { !PieceScanner.isBlank($0) }),
        Brackets.closer(of: last) == nil
      {
        let isBlank = header.end > header.start && PieceScanner.isBlank(text[header.end - 1])
        add(TextEdit(header.end..<header.end, isBlank ? [opener] : [0x20, opener]), 1.0)
      }
    }
    likelyBrackets(place, habits, unclosed, surplus, add)
    for bracket in surplus.suffix(Self.suspects) {
      let line = place.line(at: bracket.offset)
      let isAlone = line.start == bracket.offset && line.end == bracket.offset + 1
      add(TextEdit(isAlone ? line.whole : bracket.offset..<bracket.offset + 1, []), 1.15)
    }
  }

  /// How many gaps before a failure are weighed for a bracket, and how many of them are tried.
  private static let weighed = 300
  private static let tried = 6

  /// Brackets where the rest of the text would have them: between an opener without a partner and the failure, and
  /// before a closer without one.
  private func likelyBrackets(
    _ place: Place, _ habits: TextHabits, _ unclosed: [Bracket], _ surplus: [Bracket], _ add: Add
  ) {
    func insert(_ byte: UInt8, in range: Range<Int>, _ cost: Double) {
      var gaps: [Int] = []
      for boundary in place.state.boundaries.reversed() where gaps.count < Self.weighed {
        if boundary.position < range.lowerBound { break }
        if boundary.position <= range.upperBound, boundary.position != gaps.last { gaps.append(boundary.position) }
      }
      var best: [(gain: Double, edit: TextEdit)] = []
      for gap in gaps {
        let edit = TextEdit(gap..<gap, [byte])
        let gain = habits.gain([edit], of: place.text)
        if best.count < Self.tried || gain > best[best.count - 1].gain {
          best.insert((gain, edit), at: best.firstIndex { $0.gain < gain } ?? best.count)
          if best.count > Self.tried { best.removeLast() }
        }
      }
      for (_, edit) in best { add(edit, cost) }
    }
    var kinds: Set<UInt8> = []
    for bracket in unclosed.suffix(Self.suspects).reversed() {
      guard let closer = Brackets.closer(of: place.text[bracket.offset]), kinds.insert(closer).inserted else {
        continue
      }
      if bracket.offset < place.failure { insert(closer, in: bracket.offset + 1..<place.failure, 1.1) }
    }
    for bracket in surplus.suffix(1) {
      guard let opener = Brackets.opener(of: place.text[bracket.offset]) else { continue }
      insert(opener, in: 0..<bracket.offset, 1.3)
    }
  }

  /// The last line before `line` that is no deeper than `column`, if something deeper lies between.
  private func header(of line: Place.Line, _ column: Int, _ place: Place) -> Place.Line? {
    var offset = line.whole.lowerBound
    var isDeeper = false
    var count = 0
    while offset > 0, count < 2_000 {
      let previous = place.line(at: offset - 1)
      offset = previous.whole.lowerBound
      count += 1
      if previous.isEmpty { continue }
      if width(place.text[previous.whole.lowerBound..<previous.start]) <= column { return isDeeper ? previous : nil }
      isDeeper = true
    }
    return nil
  }

  /// The ends of pieces in a part of a line, the last so many of them.
  private func ends(in range: Range<Int>, _ place: Place) -> [Int] {
    var ends: [Int] = [range.lowerBound]
    var position = range.lowerBound
    while let piece = scanner.piece(place.text, position), piece.range.upperBound <= range.upperBound {
      ends.append(piece.range.upperBound)
      position = piece.range.upperBound
    }
    return ends.suffix(24)
  }

  /// The brackets before the failure that the grammar takes for terminals.
  private func brackets(_ place: Place) -> [Bracket] {
    let text = place.text
    var brackets: [Bracket] = []
    var last = -1
    for boundary in place.state.boundaries.suffix(Self.bracketReach) where boundary.position <= place.failure {
      var offset = boundary.position
      while offset < place.failure, PieceScanner.isBlank(text[offset]) { offset += 1 }
      guard offset <= place.failure, offset < text.count, offset > last, Array("()[]{}".utf8).contains(text[offset])
      else { continue }
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
