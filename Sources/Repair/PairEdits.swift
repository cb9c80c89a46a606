/// Edits of two places that belong together: an opener and its partner, both ends of a string, both sides of a mark.
extension EditGenerator {
  /// How far behind an opener its partner is looked for, in pieces.
  private static let partnerReach = 400

  func pairs(_ place: Place, _ add: AddAll) {
    partners(place, add)
    wraps(place, add)
    outerQuotes(place, add)
    list(place, add)
    marks(place, add)
  }

  /// Both brackets of a pair around or next to the failure replaced by others, or deleted.
  private func partners(_ place: Place, _ add: AddAll) {
    let text = place.text
    for (distance, opener) in place.openers.suffix(6).reversed().enumerated() {
      guard let closer = partner(of: opener, place) else { continue }
      let cost = 0.06 * Double(distance) + (closer + 1 < place.failure ? 0.15 : 0)
      for pair in Brackets.pairs where pair.opener != text[opener] {
        add([TextEdit(opener..<opener + 1, [pair.opener]), TextEdit(closer..<closer + 1, [pair.closer])], 1.5 + cost)
      }
      add([TextEdit(opener..<opener + 1, []), TextEdit(closer..<closer + 1, [])], 1.6 + cost)
    }
  }

  /// The bracket that closes the one at `opener`, brackets of other kinds left out of account.
  private func partner(of opener: Int, _ place: Place) -> Int? {
    let byte = place.text[opener]
    guard let closer = Brackets.closer(of: byte) else { return nil }
    var depth = 1
    var position = opener + 1
    for _ in 0..<Self.partnerReach {
      guard let piece = scanner.piece(place.text, position) else { return nil }
      position = piece.range.upperBound
      if piece.range.count > 1 { continue }
      if place.text[piece.range.lowerBound] == byte { depth += 1 }
      if place.text[piece.range.lowerBound] == closer { depth -= 1 }
      if depth == 0 { return piece.range.lowerBound }
    }
    return nil
  }

  /// Brackets or quotes around a part of the failure's line.
  private func wraps(_ place: Place, _ add: AddAll) {
    let text = place.text
    let counts = PieceScanner.quotes.prefix(2).map { quote in text.count { $0 == quote } }
    let quote = counts[1] > counts[0] ? PieceScanner.quotes[1] : PieceScanner.quotes[0]
    for (rank, start) in place.segmentStarts.enumerated() {
      for (reach, end) in place.segmentEnds(from: start).enumerated() {
        let cost = 0.08 * Double(rank) + 0.08 * Double(reach)
        for pair in Brackets.pairs {
          add([TextEdit(start..<start, [pair.opener]), TextEdit(end..<end, [pair.closer])], 1.7 + cost)
        }
        let inside = text[start..<end]
        let isPlain = !inside.contains { byte in
          PieceScanner.isQuote(byte) || byte == 0x5C || byte == 0x0A
            || Brackets.closer(of: byte) != nil || Brackets.opener(of: byte) != nil
        }
        if isPlain {
          let symbols = inside.count { !PieceScanner.isWordByte($0) && !PieceScanner.isBlank($0) }
          add(
            [TextEdit(start..<start, [quote]), TextEdit(end..<end, [quote])],
            1.5 + cost + 0.08 * Double(symbols))
        }
      }
    }
  }

  /// The longest text that is made a list, in bytes.
  private static let listReach = 100_000

  /// Several values where there may be one, made a list.
  private func list(_ place: Place, _ add: AddAll) {
    let text = place.text
    guard text.count <= Self.listReach else { return }
    var gaps: [Int] = []
    var depth = 0
    var last: Piece?
    var position = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let start = position
    while let piece = scanner.piece(text, position) {
      let byte = text[piece.range.lowerBound]
      if depth == 0, let last {
        // One that is separated already has another mistake.
        if piece.kind == .symbol, Brackets.closer(of: byte) == nil { return }
        gaps.append(last.range.upperBound)
      }
      if piece.range.count == 1 {
        if Brackets.closer(of: byte) != nil { depth += 1 }
        if Brackets.opener(of: byte) != nil { depth -= 1 }
      }
      if depth < 0 { return }
      last = piece
      position = piece.range.upperBound
    }
    guard let last, depth == 0, let first = gaps.first, place.failure >= first else { return }
    let end = last.range.upperBound
    for pair in Brackets.pairs {
      let commas = gaps.map { TextEdit($0..<$0, [0x2C]) }
      add([TextEdit(start..<start, [pair.opener])] + commas + [TextEdit(end..<end, [pair.closer])], 2.4)
    }
  }

  /// Other quotes around a string that has the present ones inside, and a stroke before each of those.
  private func outerQuotes(_ place: Place, _ add: AddAll) {
    let line = place.line(at: min(place.failure, place.text.count))
    let text = place.text
    for quote in PieceScanner.quotes {
      let offsets = (line.start..<line.end).filter { text[$0] == quote }
      guard offsets.count > 2, offsets.count < 12, let last = offsets.last else { continue }
      for first in offsets.prefix(offsets.count - 2).suffix(3) where first <= place.failure {
        // Code between strings is no text.
        if text[first..<last].contains(where: { Brackets.closer(of: $0) != nil }) { continue }
        for other in PieceScanner.quotes.prefix(2) where other != quote && !text[first..<last].contains(other) {
          add([TextEdit(first..<first + 1, [other]), TextEdit(last..<last + 1, [other])], 1.4)
        }
        add(offsets.filter { $0 > first && $0 < last }.map { TextEdit($0..<$0, [0x5C]) }, 1.5)
      }
    }
  }

  /// The same symbol on both sides of something, as a text's markup has it, deleted.
  private func marks(_ place: Place, _ add: AddAll) {
    let text = place.text
    let line = place.line(at: min(place.failure, text.count))
    let pieces = place.pieces.enumerated().filter { _, piece in
      piece.kind == .symbol && line.whole.contains(piece.range.lowerBound)
        && !(piece.range.count == 1 && Brackets.closer(of: text[piece.range.lowerBound]) != nil)
    }
    for (rank, (i, first)) in pieces.enumerated() {
      for (j, second) in pieces.dropFirst(rank + 1) where text[first.range].elementsEqual(text[second.range]) {
        let distance = min(abs(i - place.failureIndex), abs(j - place.failureIndex))
        // Longer marks are rarer: they may be far apart.
        guard j - i > 1, distance <= 2, first.range.count > 1 || j - i <= 6 else { continue }
        add(
          [TextEdit(first.range, []), TextEdit(second.range, [])],
          1.5 + (first.range.count > 1 ? 0 : 0.05 * Double(j - i)))
        break
      }
    }
  }
}

extension Place {
  /// Offsets of the brackets before the failure that open something, among the pieces looked at.
  var openers: [Int] {
    pieces.prefix(failureIndex + 1).filter { piece in
      piece.range.count == 1 && Brackets.closer(of: text[piece.range.lowerBound]) != nil
    }.map(\.range.lowerBound)
  }

  /// Where a part of the failure's line may start: at the failure, behind blanks, separators and openers before it; the
  /// nearest first.
  var segmentStarts: [Int] {
    let line = line(at: min(failure, text.count))
    var starts: [Int] = []
    for piece in pieces.prefix(failureIndex + 1).reversed() where starts.count < 6 {
      let start = piece.range.lowerBound
      if start < line.start { break }
      let before = start > line.start ? text[start - 1] : 0x0A
      if PieceScanner.isBlank(before) || Self.separators.contains(before) { starts.append(start) }
    }
    return starts
  }

  /// Where a part of a line that starts at `start` may end: before blanks, separators and closers at or behind the
  /// failure, the nearest first.
  func segmentEnds(from start: Int) -> [Int] {
    let end = line(at: min(failure, text.count)).end
    var ends: [Int] = []
    var depth = 0
    var offset = start
    while offset < end, ends.count < 6 {
      let byte = text[offset]
      if Brackets.closer(of: byte) != nil { depth += 1 }
      let closes = Brackets.opener(of: byte) != nil
      let isEnd = closes || PieceScanner.isBlank(byte) || byte == 0x2C || byte == 0x3B || byte == 0x3A
      if isEnd, depth == 0, offset > start, offset >= failure || closes, !PieceScanner.isBlank(text[offset - 1]) {
        ends.append(offset)
      }
      if closes { depth -= 1 }
      if depth < 0 { return ends }
      offset += 1
    }
    if offset == end, end > start, !ends.contains(end) { ends.append(end) }
    return ends
  }

  private static let separators = Array("([{,;:=+-*/%<>|&!".utf8)
}
