import Foundation
import Syntax
import Testing

@Suite struct JSONValidatorTests {
  @Test(arguments: [
    "1", "-0", "0.5e-3", "1e+2", "1E2", "true", "false", "null", "\"\"", "[]", "{}", " [ ] ", "\t{\r\n}\n",
    #"{"a": [1, 2, {"b": null}], "c": "\u00e9\n\/"}"#, #""\ud800""#, "\"é € 😀\"", "[[[[[[]]]]]]", "\"\u{7F}\"",
  ])
  func accepts(_ text: String) {
    #expect(JSONValidator.violation(in: Array(text.utf8)) == nil)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var offset: Int
    var expected: String
    var found: String
    var testDescription: String { text }
    init(_ text: String, _ offset: Int, _ expected: String, _ found: String) {
      (self.text, self.offset, self.expected, self.found) = (text, offset, expected, found)
    }
  }

  @Test(arguments: [
    Case("", 0, "a value", "the end of the text"),
    Case("  ", 2, "a value", "the end of the text"),
    Case("01", 1, "no digit after a leading zero", "'1'"),
    Case("-", 1, "a digit", "the end of the text"),
    Case("1.", 2, "a digit after the decimal point", "the end of the text"),
    Case("1e", 2, "a digit in the exponent", "the end of the text"),
    Case("+1", 0, "a value", "'+'"),
    Case(".5", 0, "a value", "'.'"),
    Case("[1,]", 3, "a value", "']'"),
    Case("[1 2]", 3, "',' or ']'", "'2'"),
    Case("[1", 2, "',' or ']'", "the end of the text"),
    Case("{\"a\":1,}", 7, "a name in double quotes", "'}'"),
    Case("{a: 1}", 1, "a name in double quotes or '}'", "'a'"),
    Case("{\"a\" 1}", 5, "':' after a name", "'1'"),
    Case("1 2", 2, "the end of the text after the value", "'2'"),
    Case("[] // note", 3, "the end of the text after the value", "'/'"),
    Case("\"a", 2, "'\"' at the end of a string", "the end of the text"),
    Case("\"a\nb\"", 2, "an escape instead of a control character in a string", "a line end"),
    Case("\"\\x\"", 2, "one of \" \\ / b f n r t u after '\\'", "'x'"),
    Case("\"\\u12g4\"", 5, "four hexadecimal digits after '\\u'", "'g'"),
    Case("nul", 0, "a value", "'n'"),
    Case("True", 0, "a value", "'T'"),
    Case("[1}", 2, "',' or ']'", "'}'"),
    Case("é", 0, "a value", "'é'"),
  ])
  func rejects(_ example: Case) {
    let violation = JSONValidator.violation(in: Array(example.text.utf8))
    #expect(violation?.offset == example.offset)
    #expect(violation?.expected == example.expected)
    #expect(violation?.found == example.found)
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF],
    ] as [[UInt8]])
  func rejectsIllFormedUTF8(_ sequence: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let violation = JSONValidator.violation(in: [quote] + sequence + [quote])
    #expect(violation?.offset == 1)
    #expect(violation?.expected == "UTF-8")
  }

  @Test func deepNestingNeedsNoStack() {
    let depth = 500_000
    let brackets = [UInt8](repeating: UInt8(ascii: "["), count: depth)
    #expect(JSONValidator.violation(in: brackets)?.offset == depth)
    #expect(JSONValidator.accepts(brackets + [UInt8](repeating: UInt8(ascii: "]"), count: depth)))
    let tooDeep = [UInt8](repeating: UInt8(ascii: "["), count: JSONValidator.depthLimit + 1)
    #expect(JSONValidator.violation(in: tooDeep)?.expected == "at most 1000000 levels of nesting")
  }

  @Test func agreesWithTheJSONTestSuite() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../shared/data/json-testsuite.jsonl").standardizedFileURL
    guard let data = try? Data(contentsOf: file) else {
      print("skipped: \(file.path) is not there")
      return
    }
    struct Entry: Decodable {
      var id: String
      var valid: Bool
      var text: String?
      var base64: String?
    }
    for line in data.split(separator: UInt8(ascii: "\n")) {
      let entry = try JSONDecoder().decode(Entry.self, from: line)
      let bytes = entry.text.map { Array($0.utf8) } ?? entry.base64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
      #expect(JSONValidator.accepts(try #require(bytes)) == entry.valid, "\(entry.id)")
    }
  }
}
