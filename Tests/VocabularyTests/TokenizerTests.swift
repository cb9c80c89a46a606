import Foundation
import Testing

@testable import Vocabulary

/// Encodings by the `tokenizers` package, made by Training/reference/make_tokenizer_references.py.
struct TokenizerReferences: Decodable {
  struct Case: Decodable {
    var name: String
    var ignoreMerges: Bool
    var ids: [[Int]]

    enum CodingKeys: String, CodingKey {
      case name, ids
      case ignoreMerges = "ignore_merges"
    }
  }
  var texts: [String]
  var cases: [Case]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data")

  static func load() throws -> TokenizerReferences {
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    return try JSONDecoder().decode(TokenizerReferences.self, from: data)
  }

  /// The reference tokenizer with the settings of a case.
  static func tokenizer(case index: Int) throws -> Tokenizer {
    try Tokenizer(
      json: try edited { tokenizer in
        let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
        let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let one = try #require((cases["cases"] as? [[String: Any]])?[index])
        tokenizer["pre_tokenizer"] = one["pre_tokenizer"]
        var model = try #require(tokenizer["model"] as? [String: Any])
        model["ignore_merges"] = one["ignore_merges"]
        tokenizer["model"] = model
      }, file: "tokenizer.json")
  }

  /// The bytes of the reference tokenizer after a change.
  static func edited(_ change: (inout [String: Any]) throws -> Void) throws -> Data {
    let data = try Data(contentsOf: folder.appendingPathComponent("tokenizer.json"))
    var tokenizer = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    try change(&tokenizer)
    return try JSONSerialization.data(withJSONObject: tokenizer)
  }

  static func base() throws -> Tokenizer {
    try Tokenizer(contentsOf: folder.appendingPathComponent("tokenizer.json").path)
  }
}

@Test func encodesAsTheReferenceDoes() throws {
  let references = try TokenizerReferences.load()
  for (index, reference) in references.cases.enumerated() {
    let tokenizer = try TokenizerReferences.tokenizer(case: index)
    for (text, ids) in zip(references.texts, reference.ids) {
      let tokens = tokenizer.encode(text)
      #expect(tokens.map(\.index) == ids, "\(reference.name), ignore_merges \(reference.ignoreMerges): \(text)")
      #expect(tokenizer.decode(tokens) == Array(text.utf8))
    }
  }
}

@Test func roundTripsAnyBytes() throws {
  let references = try TokenizerReferences.load()
  var generator = Congruential(state: 3)
  for index in references.cases.indices {
    let tokenizer = try TokenizerReferences.tokenizer(case: index)
    for _ in 0..<50 {
      let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        Bool.random(using: &generator)
          ? UInt8.random(in: 32...126, using: &generator) : UInt8.random(in: 0...255, using: &generator)
      }
      let tokens = tokenizer.encode(bytes)
      #expect(tokenizer.decode(tokens) == bytes)
      #expect(tokens.allSatisfy { !tokenizer.vocabulary.isSpecial($0) })
      #expect(tokenizer.pieces(of: bytes).flatMap { bytes[$0] } == bytes)
    }
  }
}

@Test func specialTokensAreNeverMadeFromText() throws {
  let tokenizer = try TokenizerReferences.base()
  let mask = try #require(tokenizer.vocabulary.specials["<mask>"])
  #expect(tokenizer.vocabulary.isSpecial(mask))
  let tokens = tokenizer.encode("a <mask> b")
  #expect(!tokens.contains(mask))
  #expect(String(decoding: tokenizer.decode(tokens), as: UTF8.self) == "a <mask> b")
}

@Test func readsMergesInBothForms() throws {
  let base = try TokenizerReferences.base()
  let json = try TokenizerReferences.edited { tokenizer in
    var model = try #require(tokenizer["model"] as? [String: Any])
    let merges = try #require(model["merges"] as? [[String]])
    model["merges"] = merges.map { $0.joined(separator: " ") }
    tokenizer["model"] = model
  }
  let other = try Tokenizer(json: json, file: "tokenizer.json")
  let text = "def splits(text): return text.split()"
  #expect(other.encode(text) == base.encode(text))
}

@Test func byteTokenizerMapsEachByteToItself() {
  let tokens = Tokenizer.bytes.encode("a\u{e9}\n")
  #expect(tokens.map(\.index) == [0x61, 0xC3, 0xA9, 0x0A])
  #expect(Tokenizer.bytes.decode(tokens + [TokenID(256)]) == [0x61, 0xC3, 0xA9, 0x0A])
}

@Test(arguments: [
  ("normalizer", #"{"type": "NFKC"}"#, "tokenizer.json: normalizer: expected null or NFC, found NFKC"),
  ("pre_tokenizer", "null", "tokenizer.json: pre_tokenizer: expected a ByteLevel step at the end, found null"),
  (
    "pre_tokenizer", #"{"type": "Metaspace"}"#,
    "tokenizer.json: pre_tokenizer.type: expected Sequence, ByteLevel, Split or Digits, found Metaspace"
  ),
  (
    "pre_tokenizer", #"{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Removed"}"#,
    "tokenizer.json: pre_tokenizer.behavior: expected Isolated, not inverted, found Removed"
  ),
  (
    "pre_tokenizer", #"{"type": "ByteLevel", "add_prefix_space": true}"#,
    "tokenizer.json: pre_tokenizer.add_prefix_space: expected false, found true"
  ),
  (
    "added_tokens", #"[{"id": 99999999, "content": "<x>"}]"#,
    "tokenizer.json: added_tokens[0].id: expected 0 to 1048575, found 99999999"
  ),
  (
    "model", #"{"type": "WordPiece", "vocab": {}, "merges": []}"#,
    "tokenizer.json: model.type: expected BPE, found WordPiece"
  ),
  (
    "model", #"{"vocab": {"a": 0}, "merges": []}"#,
    "tokenizer.json: model.vocab: expected a token for every byte, found none for byte 0"
  ),
  (
    "model", #"{"vocab": {"a": 9, "b": 9}, "merges": []}"#,
    "tokenizer.json: model.vocab: expected one entry per id, found two for 9"
  ),
  (
    "model", #"{"vocab": {"\u4e2d": 9}, "merges": []}"#,
    "tokenizer.json: model.vocab: expected entries of the byte-level alphabet, found '\u{4e2d}'"
  ),
  (
    "model", #"{"vocab": {}, "merges": ["a b c"]}"#,
    "tokenizer.json: file: expected a tokenizer of Hugging Face, "
      + "found a merge joins two entries, not 3 at model.merges.0"
  ),
])
func refusesWhatIsNotImplemented(key: String, value: String, message: String) throws {
  let json = try TokenizerReferences.edited {
    $0[key] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
  }
  let error = #expect(throws: VocabularyError.self) { try Tokenizer(json: json, file: "tokenizer.json") }
  #expect(error?.description == message)
}

@Test func refusesMergesOfUnknownEntries() throws {
  let json = try TokenizerReferences.edited { tokenizer in
    var model = try #require(tokenizer["model"] as? [String: Any])
    model["merges"] = [["a", "nowhere"]]
    tokenizer["model"] = model
  }
  let error = #expect(throws: VocabularyError.self) { try Tokenizer(json: json, file: "t") }
  #expect(error?.key == "model.merges[0]")
}

/// A merge that makes a special token would put it into the encoding of a text.
@Test func refusesMergesToSpecialTokens() throws {
  let json = try TokenizerReferences.edited { tokenizer in
    let vocab = try #require((tokenizer["model"] as? [String: Any])?["vocab"] as? [String: Int])
    tokenizer["added_tokens"] = [["id": try #require(vocab["in"]), "content": "in"]]
  }
  let error = #expect(throws: VocabularyError.self) { try Tokenizer(json: json, file: "t") }
  #expect(error?.expected == "no special token as a result")
}

@Test func refusesFilesThatAreNoJSON() {
  for text in ["", "{", "[]", "{\"model\": 3}", "\u{0}"] {
    #expect(throws: VocabularyError.self) { try Tokenizer(json: Data(text.utf8), file: "t") }
  }
  #expect(throws: VocabularyError.self) { try Tokenizer(contentsOf: "/nonexistent/tokenizer.json") }
}

/// The same numbers in every run.
private struct Congruential: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
