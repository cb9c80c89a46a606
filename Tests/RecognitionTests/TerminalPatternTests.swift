import Testing

@testable import Recognition

@Suite struct TerminalPatternTests {
  private func verdict(
    _ pattern: String, _ text: String, end: Int? = nil, open: Bool = false, complete: Bool = true
  ) throws -> TerminalPattern.Verdict {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer {
      try TerminalPattern(pattern).match(
        $0, 0..<(end ?? bytes.count), terminalIsOpen: open, textIsComplete: complete)
    }
  }

  @Test(arguments: [
    ("abc", "abc", true), ("abc", "ab", false), ("abc", "abcd", false), ("a|b", "b", true), ("a|b", "ab", false),
    ("(ab)*", "", true), ("(ab)*", "abab", true), ("(ab)*", "aba", false), ("a+", "", false), ("a?b", "b", true),
    ("a{2,3}", "a", false), ("a{2,3}", "aaa", true), ("a{2,3}", "aaaa", false), ("a{2,}", "aaaaa", true),
    ("[a-c]+", "abc", true), ("[^a-c]", "d", true), ("[^a-c]", "b", false), ("\\d\\w\\s", "1_ ", true),
    ("\\x41", "A", true), ("[\\x00-\\x1F]", "\u{2}", true), (".", "\n", false), ("(?:x|yz)!", "yz!", true),
    ("-?(0|[1-9][0-9]*)", "01", false), ("-?(0|[1-9][0-9]*)", "-10", true), ("", "", true), ("\\*", "*", true),
  ])
  func matches(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try verdict(pattern, text) == (expected ? .matches : .fails))
  }

  @Test func anOpenTerminalNeedsAMatchingBeginningOnly() throws {
    #expect(try verdict("abc", "ab", open: true) == .open)
    #expect(try verdict("abc", "ax", open: true) == .fails)
  }

  @Test func theTextBehindDecidesWhereItIsAsked() throws {
    #expect(try verdict("a(?=b)", "ab", end: 1) == .matches)
    #expect(try verdict("a(?=b)", "ac", end: 1) == .fails)
    #expect(try verdict("a(?=b)", "a", complete: false) == .open)
    #expect(try verdict("a(?=b)", "a") == .fails)
  }

  @Test(arguments: ["(", "a)", "[a", "*a", "a{2", "a{3,2}", "\\q", "[b-a]", "\\x4", "a{200}"])
  func refuses(_ pattern: String) {
    #expect(throws: RecognitionError.self) { try TerminalPattern(pattern) }
  }
}
