/// The parts of a Hugging Face `tokenizer.json` that a byte-level BPE is made of, as they stand in the file.
struct TokenizerFile: Decodable {
  struct AddedToken: Decodable {
    var id: Int
    var content: String
  }

  struct Component: Decodable {
    var type: String
    var normalizers: [Component]?
  }

  struct Pattern: Decodable {
    var regex: String?
    var literal: String?

    enum CodingKeys: String, CodingKey {
      case regex = "Regex"
      case literal = "String"
    }
  }

  struct PreTokenizer: Decodable {
    var type: String
    var pretokenizers: [PreTokenizer]?
    var pattern: Pattern?
    var behavior: String?
    var invert: Bool?
    var individualDigits: Bool?
    var addPrefixSpace: Bool?
    var useRegex: Bool?

    enum CodingKeys: String, CodingKey {
      case type, pretokenizers, pattern, behavior, invert
      case individualDigits = "individual_digits"
      case addPrefixSpace = "add_prefix_space"
      case useRegex = "use_regex"
    }
  }

  /// Two entries that are joined, written `"a b"` or `["a", "b"]`.
  struct Merge: Decodable {
    var left: String
    var right: String

    init(from decoder: any Decoder) throws {
      let parts: [String]
      if var list = try? decoder.unkeyedContainer() {
        parts = try (0..<min(list.count ?? 0, 3)).map { _ in try list.decode(String.self) }
      } else {
        let text = try decoder.singleValueContainer().decode(String.self)
        parts = text.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
      }
      guard parts.count == 2 else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "a merge joins two entries, not \(parts.count)"))
      }
      left = parts[0]
      right = parts[1]
    }
  }

  struct Model: Decodable {
    var type: String?
    var vocab: [String: Int]
    var merges: [Merge]
    var ignoreMerges: Bool?
    var byteFallback: Bool?
    var dropout: Double?
    var continuingSubwordPrefix: String?
    var endOfWordSuffix: String?

    enum CodingKeys: String, CodingKey {
      case type, vocab, merges, dropout
      case ignoreMerges = "ignore_merges"
      case byteFallback = "byte_fallback"
      case continuingSubwordPrefix = "continuing_subword_prefix"
      case endOfWordSuffix = "end_of_word_suffix"
    }
  }

  var addedTokens: [AddedToken]?
  var normalizer: Component?
  var preTokenizer: PreTokenizer?
  var model: Model

  enum CodingKeys: String, CodingKey {
    case normalizer, model
    case addedTokens = "added_tokens"
    case preTokenizer = "pre_tokenizer"
  }
}
