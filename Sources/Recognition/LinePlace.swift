import Grammar

/// What a text in a hole has begun, and the text behind it must find as it expects: a line, strings.
struct LinePlace: Hashable, BitwiseCopyable {
  /// The last terminal was one of layout, so the next one starts a line.
  var startsLine = false
  /// Contexts of the scanner that are open beyond those at the hole's start.
  var contexts: Int8 = 0

  /// The hole starts within an extra of several terminals, and so may end in one.
  var startsEnclosed = false

  /// The terminals of which one comes next, in the hole, where the parser has reduced under them.
  var lookaheads = LookaheadSet.any

  static let any = LinePlace()
  /// What a way through the summaries opens and closes at the most: nested strings need not be opened, but may be open.
  private static let countedContexts = -2...1

  /// Whether a way goes on behind `terminal`: what opens within a string that the hole opens leads nowhere that its end
  /// does not.
  func allows(_ terminal: SymbolID, _ language: Language) -> Bool {
    if contexts > 0, language.bracketChange[terminal.index] > 0 { return false }
    let change = Int(language.contextChange[terminal.index])
    let next = Int(contexts) + change
    return change == 0 || change < 0 && next >= Self.countedContexts.lowerBound
      || change > 0 && next <= Self.countedContexts.upperBound
  }

  /// The place behind `terminal`; an extra changes nothing.
  func behind(_ terminal: SymbolID, _ language: Language) -> LinePlace {
    var next = self
    next.contexts = Int8(clamping: Int(contexts) + Int(language.contextChange[terminal.index]))
    next.lookaheads = .any
    next.startsLine = language.layout?.isLayout(terminal) ?? false
    return next
  }

  /// The place behind `terminal` of fixed text, which has its own contexts.
  func behindFixed(_ terminal: SymbolID, _ language: Language) -> LinePlace {
    var next = behind(terminal, language)
    next.contexts = 0
    return next
  }

  var hashKey: UInt64 {
    UInt64(UInt32(bitPattern: lookaheads.id)) << 16 | UInt64(UInt8(bitPattern: contexts)) << 8
      | (startsLine ? 2 : 0) | (startsEnclosed ? 1 : 0)
  }
}
