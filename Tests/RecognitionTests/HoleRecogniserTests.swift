import Grammar
import Syntax
import Testing

@testable import Recognition

@Suite(.enabled(if: storeIsThere, storeHint)) struct HoleRecogniserTests {
  /// The true text passes byte by byte, wherever the hole is.
  @Test(arguments: Snippets.all.keys.sorted())
  func everyPrefixOfATrueTextIsViable(_ name: String) throws {
    let language = try TestLanguages.language(name, dialect: true)
    let text = Array((Snippets.all[name] ?? "").utf8)
    let hole = HoleRecogniser(language, prefix: [], segments: [[]])
    for (offset, byte) in text.enumerated() {
      guard hole.append([byte]) else {
        Issue.record("refused at \(offset): \(String(decoding: text[..<offset].suffix(40), as: UTF8.self))")
        return
      }
    }
    #expect(hole.close())
    #expect(hole.isAccepted)
  }

  @Test(arguments: Snippets.all.keys.sorted())
  func restoreLeavesEverythingAsItWas(_ name: String) throws {
    let language = try TestLanguages.language(name, dialect: true)
    let text = Array((Snippets.all[name] ?? "").utf8)
    var random = Random(state: 3)
    let candidates = ["x", " ", "\n", "\n    ", "1", "(", ")", "]", "}", ";", "\"", "'", "return", ":", ",", "= 2"]
      .map { Array($0.utf8) }
    for _ in 0..<6 {
      let cut = Int.random(in: 0...text.count, using: &random)
      let hole = HoleRecogniser(language, prefix: Array(text[..<cut]), segments: [[]])
      func verdicts() -> [Bool] { candidates.map { hole.canAppend($0) } + [hole.canClose()] }
      let before = verdicts()
      let (known, frontier) = (hole.text, hole.frontier)
      let checkpoint = hole.checkpoint
      for _ in 0..<5 { _ = hole.append(candidates[Int.random(in: 0..<candidates.count, using: &random)]) }
      _ = hole.close()
      hole.restore(checkpoint)
      #expect(hole.text == known)
      #expect(hole.frontier == frontier)
      #expect(hole.hole == 0 && !hole.isAccepted)
      #expect(verdicts() == before)
    }
  }

  @Test(arguments: Snippets.all.keys.sorted())
  func refusedTextChangesNothing(_ name: String) throws {
    let language = try TestLanguages.language(name)
    let text = Array((Snippets.all[name] ?? "").utf8)
    let hole = HoleRecogniser(language, prefix: Array(text[..<(text.count / 2)]), segments: [[]])
    let known = hole.text
    #expect(!hole.append(Array("}}))]] $ \u{1}".utf8)))
    #expect(hole.text == known)
    #expect(hole.isViable)
  }

  /// From anywhere a shortest completion closes the hole, and the runtime parses the result.
  @Test(arguments: Snippets.all.keys.sorted())
  func shortestCompletionsClose(_ name: String) throws {
    let language = try TestLanguages.language(name, dialect: true)
    let parser = try SyntaxParser(language.grammar)
    let text = Array((Snippets.all[name] ?? "").utf8)
    var random = Random(state: 11)
    for _ in 0..<20 {
      let cut = Int.random(in: 0...text.count, using: &random)
      let hole = HoleRecogniser(language, prefix: Array(text[..<cut]), segments: [[]])
      let closes = hole.completeAndClose()
      #expect(closes, "behind \(String(decoding: text[..<cut].suffix(40), as: UTF8.self))")
      if closes { #expect(parser.accepts(hole.text), "\(String(decoding: hole.text.suffix(60), as: UTF8.self))") }
    }
  }

  /// A string or comment that the hole opens must not swallow the text behind it.
  @Test func fixedTextKeepsItsTerminals() throws {
    let language = try TestLanguages.language("c")
    let hole = HoleRecogniser(
      language, prefix: Array("int x = 1; ".utf8), segments: [Array("int y; /* c */ int z;".utf8)])
    #expect(hole.canClose())
    #expect(hole.append(Array("int q; /* ".utf8)))
    #expect(!hole.canClose())
    #expect(hole.append(Array("*/".utf8)))
    #expect(hole.close())
  }

  @Test func regression_clauseBehindTheBlockOfAnIndentBesideIt() throws {
    let language = try TestLanguages.language("python")
    let right = "\ndef f():\n def g():\n    if (\"\"):\n     t\n    elif v:r\n"
    #expect(HoleRecogniser(language, prefix: Array("import".utf8), segments: [Array(right.utf8)]).isViable)
  }

  @Test func regression_lineBreakThatLeadsToAClause() throws {
    let language = try TestLanguages.language("python", dialect: true)
    let prefix = "def f():\n    try:\n        a = b(c)"
    let hole = HoleRecogniser(language, prefix: Array(prefix.utf8), segments: [Array("()\n".utf8)])
    #expect(hole.append(Array("\n    ".utf8)))
    #expect(hole.append(Array("except".utf8)))
  }

  @Test func regression_holeThatCutsAString() throws {
    let language = try TestLanguages.language("python")
    let hole = HoleRecogniser(
      language, prefix: Array("x = ['a',".utf8), segments: [Array("b c', 'd']\n".utf8)])
    #expect(hole.isViable)
    #expect(hole.append(Array(" '".utf8)))
    #expect(hole.close())
  }

  @Test func regression_backslashInARawString() throws {
    let language = try TestLanguages.language("python", dialect: true)
    let hole = HoleRecogniser(language, prefix: Array("x = r'(".utf8), segments: [[]])
    #expect(hole.append(Array("\\".utf8)))
    #expect(hole.append(Array("d+'".utf8)))
    #expect(hole.canClose())
  }
}
