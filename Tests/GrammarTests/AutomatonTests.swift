import CGrammar
import Foundation
import Testing

@testable import Grammar

/// The extracted automata against the compiled lexers that they come from.
@Suite struct AutomatonTests {
  @Test(arguments: ["json", "c", "python", "java", "go", "javascript"])
  func `finds the same terminals as the compiled lexer`(name: String) throws {
    guard let grammar = try TestSupport.grammar(name) else { return }
    try compare(grammar, automaton: grammar.lexer, keywords: false)
    if let keywords = grammar.keywords { try compare(grammar, automaton: keywords, keywords: true) }
  }

  private func compare(_ grammar: Grammar, automaton: LexicalAutomaton, keywords: Bool) throws {
    var random = Random(state: 7)
    let starts = keywords ? [0] : Set(grammar.tables.lexStates).subtracting([ParseTables.noLookahead]).sorted()
    var found = 0
    for start in starts {
      for _ in 0..<60 {
        let bytes = randomText(&random)
        var lexer = EspalierTextLexer()
        let answer = bytes.withUnsafeBufferPointer { buffer in
          espalier_lexer_start(&lexer, buffer.baseAddress, UInt32(buffer.count), 0)
          return espalier_lex(grammar.library.language, keywords, &lexer, start)
        }
        let expected = answer ? Match(lexer) : nil
        let actual = longestMatch(automaton, start: start, bytes)
        #expect(actual == expected, "state \(start) on \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        if answer { found += 1 }
      }
    }
    #expect(found > 0)
  }

  private struct Match: Equatable {
    var terminal: UInt16
    var start: Int
    var end: Int

    init(terminal: UInt16, start: Int, end: Int) {
      self.terminal = terminal
      self.start = start
      self.end = end
    }

    init(_ lexer: EspalierTextLexer) {
      self.init(
        terminal: lexer.lexer.result_symbol, start: Int(lexer.token_start), end: Int(lexer.token_end))
    }
  }

  /// What a reader of the automaton is to do: the reference for the recogniser.
  private func longestMatch(_ automaton: LexicalAutomaton, start: UInt16, _ bytes: [UInt8]) -> Match? {
    var state = start
    var tokenStart = 0
    var accepted: (terminal: UInt16, end: Int)?
    var position = 0
    var steps = 0
    while true {
      let terminal = automaton.accepts[Int(state)]
      if terminal != LexicalAutomaton.noTerminal { accepted = (terminal, position) }
      if position == bytes.count {
        state = automaton.endTransitions[Int(state)]
        steps += 1
        if state == LexicalAutomaton.dead || steps > 10 { break }
        continue
      }
      let next = automaton.next(state, bytes[position])
      if next == LexicalAutomaton.dead { break }
      position += 1
      if next & LexicalAutomaton.skipBit != 0 { tokenStart = position }
      state = next & LexicalAutomaton.stateMask
    }
    return accepted.map { Match(terminal: $0.terminal, start: min(tokenStart, $0.end), end: $0.end) }
  }

  private static let pieces = [
    " ", "\n", "\t", "\r\n", "\"", "'", "`", "\\", "//", "/*", "*/", "#", "a", "if", "int", "return", "class", "def",
    "for",
    "x1", "_", "0", "1", "9", "0x", "e", "E", ".", "..", "+", "-", "=", "==", "<", ">>", "&&", "|", "(", ")", "{", "}",
    "[",
    "]", ",", ";", ":", "!", "?", "@", "$", "%", "^", "~", "é", "λ", "中", "😀", "\u{200b}", "\u{feff}", "\u{0}", "u",
    "L",
    "define", "include", "print", "null", "true", "\u{10FFFF}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}",
    "\u{D7FF}",
    "\u{E000}",
  ]

  private func randomText(_ random: inout Random) -> [UInt8] {
    (0..<Int.random(in: 0...5, using: &random)).flatMap { _ in
      Array((Self.pieces.randomElement(using: &random) ?? "").utf8)
    }
  }
}
