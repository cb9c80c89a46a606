import Grammar
import Recognition
import Syntax
import Testing

/// The recogniser against search: a prefix may stand if and only if some completion parses, as the runtime judges.
@Suite(.enabled(if: storeIsThere, storeHint)) struct BruteForceTests {
  /// All strings over `alphabet` of up to `length` bytes, shorter ones first.
  private static func strings(_ alphabet: String, _ length: Int) -> [[UInt8]] {
    var all: [[UInt8]] = [[]]
    var last: [[UInt8]] = [[]]
    for _ in 0..<length {
      last = last.flatMap { start in alphabet.utf8.map { start + [$0] } }
      all += last
    }
    return all
  }

  /// Every prefix of up to `probe` bytes, written byte by byte into the first hole, against completions of up to
  /// `length` bytes in all.
  private func compare(
    _ alphabet: String, prefix: String, right: String, probe: Int, length: Int
  ) throws {
    let language = try TestLanguages.language("json")
    let parser = try SyntaxParser(language.grammar)
    var viable: Set<[UInt8]> = []
    var closing: Set<[UInt8]> = []
    for string in Self.strings(alphabet, length) {
      guard parser.accepts(Array(prefix.utf8) + string + Array(right.utf8)) else { continue }
      closing.insert(string)
      for count in 0...min(probe, string.count) { viable.insert(Array(string[..<count])) }
    }
    for string in Self.strings(alphabet, probe) {
      let hole = HoleRecogniser(language, prefix: Array(prefix.utf8), segments: [Array(right.utf8)])
      let isViable = string.isEmpty ? hole.isViable : hole.canAppend(string)
      #expect(isViable == viable.contains(string), "\(prefix)\(String(decoding: string, as: UTF8.self)) ... \(right)")
      if isViable, string.isEmpty || hole.append(string) {
        #expect(
          hole.canClose() == closing.contains(string), "\(prefix)\(String(decoding: string, as: UTF8.self))|\(right)")
      }
    }
  }

  @Test func everyStartOfAFile() throws { try compare("[],1\"", prefix: "", right: "", probe: 3, length: 6) }
  @Test func everyObject() throws { try compare("{}:,\"1", prefix: "{", right: "", probe: 2, length: 6) }
  @Test func everyWayIntoRightText() throws { try compare("[],1", prefix: "", right: "]", probe: 4, length: 8) }
  @Test func everyWayBetweenTexts() throws { try compare("[],1", prefix: "[", right: ", 2]]", probe: 3, length: 7) }

  @Test func everyWayThroughTwoHoles() throws {
    let language = try TestLanguages.language("json")
    let parser = try SyntaxParser(language.grammar)
    let (left, middle, right) = (Array("[".utf8), Array("], 1".utf8), Array("]".utf8))
    let second = Self.strings("[],1", 4)
    var viable: Set<[UInt8]> = []
    for first in Self.strings("[],1", 4) {
      if second.contains(where: { parser.accepts(left + first + middle + $0 + right) }) {
        for count in 0...min(2, first.count) { viable.insert(Array(first[..<count])) }
      }
    }
    for first in Self.strings("[],1", 2) {
      let hole = HoleRecogniser(language, prefix: left, segments: [middle, right])
      let isViable = first.isEmpty ? hole.isViable : hole.canAppend(first)
      #expect(isViable == viable.contains(first), "[\(String(decoding: first, as: UTF8.self))")
    }
  }

  /// The fixed text would close the array and leave the last bracket alone.
  @Test func laterFixedTextCounts() throws {
    let language = try TestLanguages.language("json")
    let hole = HoleRecogniser(language, prefix: Array("[".utf8), segments: [Array("], 1".utf8), Array("]".utf8)])
    #expect(hole.append(Array("1".utf8)))
    #expect(!hole.canClose())
    #expect(hole.append(Array(",[".utf8)))
    #expect(hole.close())
  }

  @Test func fixedTextThatNothingCompletes() throws {
    let language = try TestLanguages.language("json")
    #expect(!HoleRecogniser(language, prefix: Array("[}".utf8), segments: [[]]).isViable)
    #expect(!HoleRecogniser(language, prefix: Array("[".utf8), segments: [Array(": }".utf8)]).isViable)
  }
}
