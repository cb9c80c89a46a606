import Foundation
import Testing

@testable import Grammar

@Suite struct ReadingTests {
  private func reading(_ pattern: String, _ replacement: String) throws -> TextReading {
    try TextReading([.init(pattern: pattern, replacement: replacement)])
  }

  @Test(arguments: [
    ("[1e+2, -3.5E+07]", "[1e02, -3.5E007]"), ("1e2 + 3", "1e2 + 3"), ("[\"\u{e9}\", 1e+2]", "[\"\u{e9}\", 1e02]"),
    ("", ""), ("e+5", "e+5"), ("1e+", "1e+"),
  ])
  func readsWithTheSameLength(_ text: String, _ expected: String) throws {
    let reading = try reading(#"(?<=[0-9][eE])\+(?=[0-9])"#, "0")
    let seen = reading.apply(Array(text.utf8))
    #expect(String(decoding: seen, as: UTF8.self) == expected)
    #expect(reading.apply(seen) == seen)
  }

  @Test func whatHasAnotherLengthStays() throws {
    #expect(try reading("a+", "b").apply(Array("aa a".utf8)) == Array("aa b".utf8))
    #expect(try reading("[\u{e4}a]", "x").apply(Array("\u{e4}a".utf8)) == Array("\u{e4}x".utf8))
  }

  @Test func textThatIsNotUTF8Stays() throws {
    #expect(try reading("a", "b").apply([0x61, 0xFF]) == [0x61, 0xFF])
  }

  @Test func aPatternOfDiagnosticsThatIsNoneNamesItsLine() throws {
    try TestSupport.withFolder { folder in
      let path = folder.appendingPathComponent("grammar.yml").path
      let text = "name: a\nextensions: [a]\ndiagnostics:\n  error: '^{}:(.*)'\n  meaning: [b]\n  undecided: ['(c']\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let description = try GrammarDescription(path: path)
      #expect(
        throws: GrammarError.invalidDescription(
          path: path, line: 6, expected: "a regular expression in diagnostics", found: "'(c'")
      ) { try GrammarStore.check(description.diagnostics, path: path) }
    }
  }

  @Test func aPatternThatIsNoneNamesItsLine() throws {
    try TestSupport.withFolder { folder in
      let path = folder.appendingPathComponent("dialect.yml").path
      try Data("padding: ' '\nreadAs:\n  - pattern: (a\n    replacement: b\n".utf8).write(
        to: URL(fileURLWithPath: path))
      let dialect = try Dialect(path: path)
      #expect(
        throws: GrammarError.invalidDescription(
          path: path, line: 3, expected: "a regular expression in readAs", found: "'(a'")
      ) { try GrammarStore.reading(dialect, path: path) }
    }
  }
}
