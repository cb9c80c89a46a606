import Testing

@testable import Vocabulary

private func pieces(_ expression: String, _ text: String) throws -> [String] {
  let pattern = try PiecePatternParser.parse(expression)
  let scalars = text.unicodeScalars.map(\.value)
  var ranges: [Range<Int>] = []
  pattern.split(scalars, 0..<scalars.count, into: &ranges)
  return ranges.map { String(String.UnicodeScalarView(Array(text.unicodeScalars)[$0])) }
}

@Test func patternsCutAsWritten() throws {
  #expect(try pieces("a+", "baab") == ["b", "aa", "b"])
  #expect(try pieces("a+?", "aab") == ["a", "a", "b"])
  #expect(try pieces("a++a|b", "aab") == ["aa", "b"])
  #expect(try pieces("[0-9]{1,3}", "12345") == ["123", "45"])
  #expect(try pieces("[0-9]{2}", "12345") == ["12", "34", "5"])
  #expect(try pieces("[0-9]{2,}", "12345a1") == ["12345", "a1"])
  #expect(try pieces(#"\s+(?!\S)|\s+"#, "a   b ") == ["a", "  ", " ", "b", " "])
  #expect(try pieces("(?i:'s)", "A'S's") == ["A", "'S", "'s"])
  #expect(try pieces(#"[^\]\-a]"#, "a]-b") == ["a]-", "b"])
  #expect(try pieces("(?:ab|a)c?", "abcac") == ["abc", "ac"])
}

@Test(arguments: [
  "(", ")", "a)", "[", "[a", "*", "a**", "a{2}+", "a{3,2}", "a{", #"\"#, #"\b"#, #"\p{Han}"#, #"\p{L"#, "^a", "a$",
  "(?<=a)b", "(?P<n>a)", "[[a]b]", "[a&&b]", "(a*)*", "(a+)+", "(a?){2,3}", "[z-a]", #"\1"#, #"\x41"#,
  "a{9999}", "((a{99}){99}){99}", String(repeating: "(", count: 100),
])
func patternsThatAreRefused(expression: String) {
  #expect(throws: PiecePatternParser.Failure.self) { try PiecePatternParser.parse(expression) }
}
