/// Keeps repairs apart that are much like each other, so that the first few are really different.
struct ProposalVariety {
  let scanner: PieceScanner
  let keywords: Set<[UInt8]>
  private var counts: [Likeness: Int] = [:]

  init(_ scanner: PieceScanner, keywords: [[UInt8]]) {
    self.scanner = scanner
    self.keywords = Set(keywords)
  }

  /// What repairs have in common, and how many may: which operator or word they write at a place, which name, which
  /// symbol of any kind, where on its lines they do what they do, or whether they write, delete or do both.
  private enum Aspect { case spelling, name, symbol, place, kind }
  private static let limits: [Aspect: Int] = [.spelling: 2, .name: 4, .symbol: 5, .place: 4, .kind: 7]

  /// What an edit writes, by its class where another of the class would do as well.
  private enum Written: Hashable {
    case name, keyword, number, string, quote, symbol
    case exactly([UInt8])
  }
  private struct Change: Hashable {
    var range: Range<Int>
    var isDeletion: Bool
    var written: Written
  }
  private struct Likeness: Hashable {
    var aspect: Aspect
    var changes: [Change]
  }

  /// Whether few enough of those taken are like these edits of `text`. O(bytes of the edits and of their lines).
  func admits(_ edits: [TextEdit], of text: [UInt8]) -> Bool {
    likenesses(edits, text).allSatisfy { counts[$0, default: 0] < Self.limits[$0.aspect, default: 0] }
  }

  mutating func take(_ edits: [TextEdit], of text: [UInt8]) {
    for likeness in likenesses(edits, text) { counts[likeness, default: 0] += 1 }
  }

  private func likenesses(_ edits: [TextEdit], _ text: [UInt8]) -> [Likeness] {
    let spelled = edits.map {
      Change(range: $0.range, isDeletion: !$0.range.isEmpty, written: written($0.replacement))
    }
    let marked = zip(edits, spelled).map { edit, change in
      var change = change
      if edit.replacement.count <= 3, PieceScanner.kind(edit.replacement[...]) != .word { change.written = .symbol }
      return change
    }
    let placed = spelled.map { change in
      var change = change
      let start = text[..<change.range.lowerBound].lastIndex(of: 0x0A) ?? 0
      change.range = start..<start
      return change
    }
    let kind = Change(
      range: 0..<0, isDeletion: edits.contains { !$0.range.isEmpty },
      written: edits.contains { !$0.replacement.isEmpty } ? .symbol : .exactly([]))
    let isNamed = spelled.contains { $0.written == .name }
    return [
      Likeness(aspect: isNamed ? .name : .spelling, changes: spelled), Likeness(aspect: .symbol, changes: marked),
      Likeness(aspect: .place, changes: placed), Likeness(aspect: .kind, changes: [kind]),
    ]
  }

  private func written(_ replacement: [UInt8]) -> Written {
    let bytes = PieceScanner.trimmed(replacement[...])
    if bytes.count <= 3, !bytes.isEmpty, bytes.allSatisfy({ $0 == 0x22 || $0 == 0x27 }) { return .quote }
    guard let piece = scanner.piece(bytes, 0), piece.range == 0..<bytes.count else { return .exactly(bytes) }
    switch piece.kind {
    case .word: return keywords.contains(bytes) ? .keyword : .name
    case .number: return .number
    case .string: return .string
    case .symbol:
      return bytes.count == 1 && Array("()[]{},;:=.".utf8).contains(bytes[0]) ? .exactly(bytes) : .symbol
    }
  }
}
