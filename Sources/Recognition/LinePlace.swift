import Grammar

/// Where on a logical line a text goes on, as far as a layout rule asks; `.any` without one.
struct LinePlace: Hashable {
  /// The last terminal was one of layout, so the next one starts a line.
  var startsLine = false
  /// Open brackets between which lines are joined, counted up to `manyBrackets`.
  var brackets: UInt8 = 0

  static let any = LinePlace()
  /// From here on closing brackets are not counted any more, so that the summaries stay finite.
  static let manyBrackets: UInt8 = 3

  init(startsLine: Bool = false, brackets: UInt8 = 0) {
    self.startsLine = startsLine
    self.brackets = brackets
  }

  init(_ head: Head) {
    startsLine = head.startsLine
    brackets = UInt8(min(head.brackets, Int32(Self.manyBrackets)))
  }

  /// The place behind `terminal`; an extra changes nothing.
  func behind(_ terminal: SymbolID, _ language: Language) -> LinePlace {
    guard let layout = language.layout else { return .any }
    var next = LinePlace(startsLine: layout.isLayout(terminal), brackets: brackets)
    switch layout.bracketChange[terminal] ?? 0 {
    case 1: next.brackets = min(brackets + 1, Self.manyBrackets)
    case -1 where brackets < Self.manyBrackets: next.brackets = brackets == 0 ? 0 : brackets - 1
    default: break
    }
    return next
  }
}
