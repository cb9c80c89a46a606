import Grammar
import Recognition

/// Thinks of single edits that could mend a text where it fails to parse.
///
/// Everything comes from the grammar's tables, from the text, and from the hints in the grammar's folder.
final class EditGenerator {
  struct Candidate {
    /// From the first change to the last.
    var edit: TextEdit
    /// What of it changes something, in the order of the text.
    var parts: [TextEdit]
    var cost: Double
  }

  let language: Language
  let hints: RepairHints
  let scanner: PieceScanner
  let rewrites: [LineRewrite]
  /// By terminal: text with one spelling, empty for others.
  private let spellings: [[UInt8]]
  let keywords: [[UInt8]]
  private let quotes: [[UInt8]]
  private let fillers: [[UInt8]]

  init(_ language: Language) throws(RepairError) {
    self.language = language
    hints = language.grammar.dialect.repairs ?? RepairHints()
    let tables = language.grammar.tables
    var spellings = [[UInt8]](repeating: [], count: tables.terminalCount)
    for index in 1..<max(1, tables.terminalCount) {
      let symbol = tables.symbols[index]
      let text = language.sample(SymbolID(index))
      if symbol.isVisible, !symbol.isNamed || Array(symbol.name.utf8) == text { spellings[index] = text }
    }
    self.spellings = spellings
    keywords = Set(spellings.filter { $0.count > 1 && $0.allSatisfy(PieceScanner.isWordByte) })
      .sorted { $0.lexicographicallyPrecedes($1) }
    scanner = PieceScanner(
      symbols: Set(spellings.filter { $0.count > 1 && PieceScanner.kind($0[...]) == .symbol && !$0.contains(0x0A) })
        .sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) })
    // What starts strings, as far as the grammar or the placeholders of its terminals show it.
    let shown = spellings.filter { !$0.isEmpty && $0.allSatisfy(PieceScanner.isQuote) }
    let started = (language.grammar.description.placeholders ?? [:]).values.compactMap(\.utf8.first).filter(
      PieceScanner.isQuote)
    let found = Set(shown + started.map { [$0] }).sorted { $0.lexicographicallyPrecedes($1) }
    self.quotes = hints.quotes?.map { Array($0.utf8) } ?? found
    fillers = (hints.fillers ?? []).map { Array($0.utf8) }
    var rewrites: [LineRewrite] = []
    for rewrite in hints.rewrites ?? [] { rewrites.append(try LineRewrite(rewrite, grammar: language.grammar.name)) }
    self.rewrites = rewrites
  }

  /// Candidates for the first failure of `state`, the cheapest first, each once.
  func candidates(
    for state: SearchState, failure: Int, _ recogniser: Recogniser, _ habits: TextHabits
  ) -> [Candidate] {
    let place = Place(state, failure: failure, scanner)
    var best: [TextEdit: (parts: [TextEdit], cost: Double)] = [:]
    func addAll(_ parts: [TextEdit], _ cost: Double) {
      guard let edit = TextEdit(joining: parts, of: state.text) else { return }
      if state.text[edit.range].elementsEqual(edit.replacement) { return }
      if let known = best[edit], known.cost <= cost { return }
      best[edit] = (parts, cost)
    }
    func add(_ edit: TextEdit, _ cost: Double) { addAll([edit], cost) }
    insertions(place, recogniser, habits, add)
    deletions(place, habits, add)
    replacements(place, recogniser, add)
    quoting(place, add)
    removals(place, add)
    bracketCandidates(place, habits, add)
    for rewrite in rewrites { rewrite.candidates(place, add) }
    guesses(place, habits, add)
    splits(place, habits, add)
    names(place, add)
    heads(place, recogniser, add)
    swaps(place, add)
    pairs(place, addAll)
    prose(place, habits, add)
    if language.hasLayout { layoutCandidates(place, recogniser, hints.emptyBlock, addAll) }
    let candidates = best.map { edit, found in
      let isMade = EditKind(found.parts, of: state.text).map(state.made.contains) ?? false
      return Candidate(edit: edit, parts: found.parts, cost: isMade ? Self.again * found.cost : found.cost)
    }
    return candidates.sorted { a, b in
      if a.cost != b.cost { return a.cost < b.cost }
      if a.edit.range.lowerBound != b.edit.range.lowerBound {
        return a.edit.range.lowerBound > b.edit.range.lowerBound
      }
      if a.edit.range.count != b.edit.range.count { return a.edit.range.count < b.edit.range.count }
      return a.edit.replacement.lexicographicallyPrecedes(b.edit.replacement)
    }
  }

  typealias Add = (TextEdit, Double) -> Void
  /// Adds edits that belong together, in the order of the text.
  typealias AddAll = ([TextEdit], Double) -> Void

  /// What an edit costs that has been made before, of what it costs the first time: people repeat their mistakes.
  private static let again = 0.2

  /// What can stand at a boundary, by its spelling.
  func expected(_ heads: [Head], _ recogniser: Recogniser) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for terminal in recogniser.expectedTerminals(at: heads) where !spellings[terminal.index].isEmpty {
      texts.append(spellings[terminal.index])
    }
    return texts
  }

  /// Writes one terminal between two others, at the failure or before it.
  private func insertions(_ place: Place, _ recogniser: Recogniser, _ habits: TextHabits, _ add: Add) {
    for (distance, gap) in place.gaps.enumerated() {
      let texts = Set(expected(gap.heads, recogniser) + (distance < 4 ? fillers + place.samples(language) : []))
      for text in texts where !(text.count > 1 && text[0] == 0x23) {
        let kind = PieceScanner.kind(text[...])
        let isPunctuation = kind == .symbol && text.count == 1
        if distance > 40 || distance > 6 && !isPunctuation || distance > 3 && kind != .symbol { continue }
        var cost = EditCosts.insertion(text)
        // Closers, separators and terminators go missing anywhere before the failure, others next to it.
        cost += Double(distance) * (isPunctuation ? 0.04 : 0.25)
        if gap.isWide { cost -= 0.3 }
        add(place.insertion(of: text, in: gap, atEnd: false), cost)
        if gap.crossesLine {
          add(place.insertion(of: text, in: gap, atEnd: true), cost + 0.02)
        } else if kind == .symbol, gap.end > gap.start {
          add(TextEdit(gap.end..<gap.end, text), cost + 0.01)
        }
      }
      if distance < 4, !gap.crossesLine {
        add(TextEdit(gap.start..<gap.end, place.newline + place.indentation), 1.5 + Double(distance) * 0.3)
        if gap.end > gap.start {
          let joined = joining(gap.start..<gap.end, place, habits)
          add(TextEdit(gap.start..<gap.end, []), 1.3 + joined + Double(distance) * 0.2)
        }
      }
    }
  }

  /// What it costs besides to join what stands around `range`: words are seldom torn apart, but those that the text has
  /// elsewhere.
  private func joining(_ range: Range<Int>, _ place: Place, _ habits: TextHabits) -> Double {
    let before = place.text[..<range.lowerBound].suffix(60).reversed().prefix(while: PieceScanner.isWordByte).reversed()
    let behind = place.text[range.upperBound...].prefix(60).prefix(while: PieceScanner.isWordByte)
    return before.isEmpty || behind.isEmpty || habits.knows(Array(before) + behind) ? 0 : 1.3
  }

  private func deletions(_ place: Place, _ habits: TextHabits, _ add: Add) {
    for (index, piece) in place.pieces.enumerated() {
      let distance = abs(index - place.failureIndex)
      if distance > 8 { continue }
      let bytes = place.text[piece.range]
      var cost = EditCosts.deletion(bytes) + 0.08 * Double(distance)
      let joined = joining(piece.range, place, habits)
      add(TextEdit(place.rangeWithBlank(piece.range), []), cost + joined)
      for length in 2...4 where index + length <= place.pieces.count && distance <= 3 {
        let range = piece.range.lowerBound..<place.pieces[index + length - 1].range.upperBound
        cost += EditCosts.deletion(place.text[place.pieces[index + length - 1].range]) * 0.75
        add(TextEdit(place.rangeWithBlank(range), []), cost)
      }
    }
    for opener in place.unclosed.suffix(4) {
      add(TextEdit(opener..<opener + 1, []), 1.35 + joining(opener..<opener + 1, place, habits))
      // One behind it is as much too many.
      for (distance, other) in place.openers.reversed().enumerated() where other > opener {
        guard distance < 8, place.text[other] == place.text[opener] else { continue }
        add(TextEdit(other..<other + 1, []), 1.45 + 0.04 * Double(distance))
      }
    }
  }

  private func replacements(_ place: Place, _ recogniser: Recogniser, _ add: Add) {
    for (index, piece) in place.pieces.enumerated() {
      let distance = abs(index - place.failureIndex)
      if index > place.failureIndex || distance > 6 { continue }
      let bytes = place.text[piece.range]
      if piece.kind == .string { continue }
      var texts: [[UInt8]] = []
      if let heads = place.heads(before: piece) { texts = expected(heads, recogniser) }
      if piece.kind == .word {
        texts =
          keywords.filter { EditCosts.distance(Array(bytes), $0) <= 2 }
          + (distance <= 1 ? texts + place.samples(language) : [])
      }
      for text in texts {
        add(TextEdit(piece.range, text), EditCosts.replacement(bytes, text) + 0.12 * Double(distance))
      }
      // The grammar takes it, the language's own parser does not: something else is wanted here.
      if place.state.isParsed, index == place.failureIndex {
        for text in fillers + place.samples(language) {
          add(TextEdit(piece.range, text), 1.6)
          add(TextEdit(piece.range.lowerBound..<piece.range.lowerBound, text), 1.7)
        }
      }
    }
    for opener in place.unclosed.suffix(3) {
      for (other, _) in Brackets.pairs where other != place.text[opener] {
        add(TextEdit(opener..<opener + 1, [other]), 1.45)
      }
    }
  }

  /// Starts, ends or escapes a string around the failure.
  private func quoting(_ place: Place, _ add: Add) {
    for (distance, offset) in place.quotePlaces.enumerated() {
      for quote in quotes {
        add(TextEdit(offset..<offset, quote), 1.2 + 0.02 * Double(distance) + place.strangeness(of: quote, at: offset))
      }
    }
    for quote in quotes where quote.count > 1 {
      for (distance, offset) in place.distantEnds(of: quote).enumerated() {
        add(TextEdit(offset..<offset, quote), 1.3 + 0.02 * Double(distance))
      }
    }
    for offset in place.quoteCharacters {
      add(TextEdit(offset..<offset, [0x5C]), 1.9)
      add(TextEdit(offset..<offset + 1, []), 1.8)
      for quote in quotes where quote.count == 1 { add(TextEdit(offset..<offset + 1, quote), 1.5) }
    }
  }

  /// Deletes parts of lines and whole lines: what is left where nothing else helps.
  private func removals(_ place: Place, _ add: Add) {
    for line in place.linesAround {
      add(TextEdit(line.whole, []), EditCosts.removal(place.text[line.whole]) + (line.holdsFailure ? 0 : 0.5))
      guard line.holdsFailure else { continue }
      let failure = min(max(place.failure, line.start), line.end)
      if failure > line.start {
        add(TextEdit(line.start..<failure, []), EditCosts.removal(place.text[line.start..<failure]) - 0.3)
      }
      if line.end > failure {
        add(TextEdit(failure..<line.end, []), EditCosts.removal(place.text[failure..<line.end]) - 0.3)
      }
    }
    if place.failure < place.text.count {
      add(TextEdit(place.failure..<place.text.count, []), EditCosts.removal(place.text[place.failure...]) + 6)
    }
    if place.failure > 0 {
      add(TextEdit(0..<place.failure, []), EditCosts.removal(place.text[..<place.failure]) + 6)
    }
  }
}
