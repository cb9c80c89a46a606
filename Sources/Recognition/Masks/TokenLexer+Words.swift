import Grammar

/// Words that the external scanner passes to see what stands behind them. To it, all are alike; where it declines, they are
/// what the generated lexer makes of them.
extension TokenLexer {
  /// A word at the end of text on which the scanner has not decided.
  struct Word {
    /// What it may go on with.
    var ordinary: ByteSet
    /// Where it starts, and what stands for the padding and the mark in front of it.
    var start: Int
    var prefix: [UInt8]
    /// The lexer where it starts, and behind it.
    var before: Beginning
    var end: WordEnd
    /// The automaton has accepted before the end.
    var hasAccepted: Bool
  }

  /// A place in a word as the lexer sees it: the states of the lexical automaton and of that of keywords;
  /// `LexicalAutomaton.dead` for none.
  struct WordEnd: Hashable {
    var state: UInt16
    var keyword: UInt16
  }

  struct Beginning: Hashable {
    var end: WordEnd
    var hasAccepted = false
  }

  /// The word that `bytes` end with; nil if they do with none, or with one that is like no other. O(bytes).
  func word(_ bytes: UnsafeBufferPointer<UInt8>, _ start: LexicalStart) -> Word? {
    guard start.unfinished == nil, Int(start.row) < language.hasWords.count, language.hasWords[Int(start.row)] else {
      return nil
    }
    for ordinary in language.words {
      let from = bytes.lastIndex { !ordinary.contains($0) }.map { $0 + 1 } ?? 0
      let mark = language.wordMarks.first { bytes[..<from].reversed().starts(with: $0.reversed()) } ?? []
      let padding = UnsafeBufferPointer(rebasing: bytes[..<(from - mark.count)])
      guard from < bytes.count, let text = PaddingText(padding, language), !text.isInComment else { continue }
      guard let first = before(padding, mark, start) else { return nil }
      var word = Word(
        ordinary: ordinary, start: from, prefix: text.text + mark, before: first, end: first.end,
        hasAccepted: first.hasAccepted)
      for end in from..<bytes.count {
        guard let next = self.word(word, behind: UnsafeBufferPointer(rebasing: bytes[...end])) else { return nil }
        word = next
      }
      return word
    }
    return nil
  }

  /// Where the lexer is behind padding, which it has to skip, and a mark; nil if it does not, or if the mark has ended a
  /// terminal.
  private func before(_ padding: UnsafeBufferPointer<UInt8>, _ mark: [UInt8], _ start: LexicalStart) -> Beginning? {
    var state = start.lexState
    for byte in padding {
      let next = language.lexer.table[Int(state) * 256 + Int(byte)]
      if next == LexicalAutomaton.dead || next & LexicalAutomaton.skipBit == 0 { return nil }
      state = next & LexicalAutomaton.stateMask
    }
    var result = Beginning(
      end: WordEnd(
        state: state, keyword: language.keywords == nil || language.wordTerminal == .end ? LexicalAutomaton.dead : 0))
    for byte in mark {
      if language.lexer.accepts[Int(result.end.state)] != LexicalAutomaton.noTerminal { result.hasAccepted = true }
      result.end.state = language.lexer.next(result.end.state, byte)
      result.end.keyword = language.keywords?.next(result.end.keyword, byte) ?? LexicalAutomaton.dead
      if result.end.state == LexicalAutomaton.dead { return nil }
    }
    return result
  }

  /// The word with one byte more, the last of `bytes`; nil if it is like no other then. O(1).
  func word(_ word: Word, behind bytes: UnsafeBufferPointer<UInt8>) -> Word? {
    let byte = bytes[bytes.count - 1]
    guard word.ordinary.contains(byte) else { return nil }
    var next = word
    let last = word.end.state
    if last != LexicalAutomaton.dead {
      let state = language.lexer.table[Int(last) &* 256 &+ Int(byte)]
      if state != LexicalAutomaton.dead {
        if state & LexicalAutomaton.skipBit != 0 || language.hasPattern[Int(state)] { return nil }
      } else if word.hasAccepted || language.lexer.accepts[Int(last)] != LexicalAutomaton.noTerminal {
        // The terminal ends in the word, and the rest is another.
        return nil
      }
      if language.lexer.accepts[Int(last)] != LexicalAutomaton.noTerminal { next.hasAccepted = true }
      next.end.state = state
    }
    next.end.keyword = language.keywords?.next(word.end.keyword, byte) ?? LexicalAutomaton.dead
    let isReserved = language.reservedWords.contains { $0.starts(with: bytes[word.start...]) }
    return isReserved ? nil : next
  }

  /// What stands for all words that end as `word` does, and for what is in front of it; nil if it stands for itself. O(1) for
  /// a start that was met before.
  func text(of word: Word) -> [UInt8]? {
    guard isWhole(word) else { return nil }
    let key = WordStart(before: word.before, ordinary: word.ordinary)
    let texts = knownWords[key] ?? shortestWords(key)
    knownWords[key] = texts
    return texts[word.end].map { word.prefix + $0 }
  }

  /// Whether the automaton has accepted at the end of a word or nowhere in it.
  private func isWhole(_ word: Word) -> Bool {
    !word.hasAccepted || word.end.state == LexicalAutomaton.dead
      || language.lexer.accepts[Int(word.end.state)] != LexicalAutomaton.noTerminal
  }

  struct WordStart: Hashable {
    var before: Beginning
    var ordinary: ByteSet
  }

  /// The shortest words, letters first, by where they end. O(states of both automata × bytes).
  private func shortestWords(_ start: WordStart) -> [WordEnd: [UInt8]] {
    let letters = Array(UInt8(ascii: "a")...UInt8(ascii: "z")) + Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    let bytes = (letters + (UInt8.min...UInt8.max).filter { !letters.contains($0) }).filter(start.ordinary.contains)
    let first = Word(
      ordinary: start.ordinary, start: 0, prefix: [], before: start.before, end: start.before.end,
      hasAccepted: start.before.hasAccepted)
    var texts: [WordEnd: [UInt8]] = [:]
    var queue: [(word: Word, text: [UInt8])] = [(first, [])]
    var index = 0
    while index < queue.count {
      let (word, text) = queue[index]
      index += 1
      for byte in bytes {
        let longer = text + [byte]
        guard let next = longer.withUnsafeBufferPointer({ self.word(word, behind: $0) }), isWhole(next),
          texts[next.end] == nil
        else { continue }
        texts[next.end] = longer
        queue.append((next, longer))
      }
    }
    return texts
  }
}
