import Foundation

/// A byte-level BPE: text to tokens and back, exact for any bytes.
///
/// Special tokens are never made from text, even where the text spells the name of one: a file must not be able to put
/// a mask or an end of text on the canvas. For the same reason a normalizer is not applied: NFC, the only one that is
/// accepted, may change bytes, and text outside the holes must stay as it is.
public struct Tokenizer: Sendable {
  /// The tokens that text is made of and the special ones.
  public let vocabulary: Vocabulary
  let preTokenizer: PreTokenizer
  let merges: BytePairMerges
  /// The token of each byte alone.
  let tokenForByte: [TokenID]
  /// Tokens by bytes, where the file says that a piece that is a token as a whole needs no merges; else empty.
  let wholePieces: [[UInt8]: TokenID]

  /// Cuts a text into tokens. O(n log n).
  public func encode(_ text: some Collection<UInt8>) -> [TokenID] {
    text.withContiguousStorageIfAvailable { encode(buffer: $0) }
      ?? Array(text).withUnsafeBufferPointer { encode(buffer: $0) }
  }

  /// Cuts a text into tokens.
  public func encode(_ text: String) -> [TokenID] { encode(Array(text.utf8)) }

  private func encode(buffer: UnsafeBufferPointer<UInt8>) -> [TokenID] {
    var tokens: [TokenID] = []
    tokens.reserveCapacity(buffer.count / 3)
    var scratch = BytePairMerges.Scratch()
    for piece in preTokenizer.pieces(of: buffer) {
      if !wholePieces.isEmpty, let token = wholePieces[Array(buffer[piece])] {
        tokens.append(token)
      } else {
        merges.join(buffer[piece].lazy.map { tokenForByte[Int($0)] }, into: &tokens, &scratch)
      }
    }
    return tokens
  }

  /// The byte ranges that no token crosses when this text is encoded, in order and without gaps.
  public func pieces(of text: [UInt8]) -> [Range<Int>] {
    text.withUnsafeBufferPointer { preTokenizer.pieces(of: $0) }
  }

  /// The bytes that tokens stand for; special tokens add nothing.
  public func decode(_ tokens: some Sequence<TokenID>) -> [UInt8] { vocabulary.bytes(of: tokens) }
}

extension Tokenizer {
  /// A tokenizer with one token for each byte and the special tokens `<mask>` (256), `<pad>` (257) and `<eos>` (258).
  ///
  /// It needs no file, for tests and for the uniform denoiser.
  public static let bytes = Tokenizer(
    vocabulary: Vocabulary(
      tokens: (0...255).map { [$0] } + [[], [], []],
      specials: ["<mask>": TokenID(256), "<pad>": TokenID(257), "<eos>": TokenID(258)]),
    preTokenizer: PreTokenizer(), merges: BytePairMerges([]), tokenForByte: (0..<256).map { TokenID($0) },
    wholePieces: [:])

  /// Reads a `tokenizer.json`.
  ///
  /// - Throws: `VocabularyError` where the file cannot be read or needs something that is not implemented.
  public init(contentsOf path: String) throws(VocabularyError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw VocabularyError(file: path, key: "file", expected: "a readable file", found: "\(error)")
    }
    try self.init(json: data, file: path)
  }

  /// Reads the bytes of a `tokenizer.json`; `file` is what errors call it.
  ///
  /// - Throws: `VocabularyError` where the file is malformed or needs something that is not implemented.
  public init(json: Data, file: String) throws(VocabularyError) {
    let description: TokenizerFile
    do {
      description = try JSONDecoder().decode(TokenizerFile.self, from: json)
    } catch {
      throw VocabularyError(file: file, key: "file", expected: "a tokenizer of Hugging Face", found: reason(error))
    }
    try self.init(description, file: file)
  }

  private init(_ description: TokenizerFile, file: String) throws(VocabularyError) {
    try Self.checkModel(description.model, file: file)
    try Self.checkNormalizer(description.normalizer, file: file)
    let tokens = try Self.tokens(of: description, file: file)
    vocabulary = tokens.vocabulary
    preTokenizer = try PreTokenizer(description.preTokenizer, file: file)

    var tokenForByte = [TokenID?](repeating: nil, count: 256)
    for (id, bytes) in tokens.all where bytes.count == 1 {
      for byte in bytes { tokenForByte[Int(byte)] = TokenID(id) }
    }
    self.tokenForByte = try tokenForByte.enumerated().map { (byte, token) throws(VocabularyError) in
      guard let token else {
        throw VocabularyError(
          file: file, key: "model.vocab", expected: "a token for every byte", found: "none for byte \(byte)")
      }
      return token
    }

    let vocab = description.model.vocab
    var pairs: [(left: TokenID, right: TokenID, joined: TokenID)] = []
    pairs.reserveCapacity(description.model.merges.count)
    for (index, merge) in description.model.merges.enumerated() {
      guard let left = vocab[merge.left], let right = vocab[merge.right], let joined = vocab[merge.left + merge.right]
      else {
        throw VocabularyError(
          file: file, key: "model.merges[\(index)]", expected: "two entries of the vocabulary that join to a third",
          found: "\(merge.left) \(merge.right)")
      }
      guard !vocabulary.isSpecial(TokenID(joined)) else {
        throw VocabularyError(
          file: file, key: "model.merges[\(index)]", expected: "no special token as a result",
          found: "\(merge.left) \(merge.right)")
      }
      pairs.append((TokenID(left), TokenID(right), TokenID(joined)))
    }
    merges = BytePairMerges(pairs)
    wholePieces =
      description.model.ignoreMerges == true
      ? Dictionary(tokens.all.map { ($0.bytes, TokenID($0.id)) }, uniquingKeysWith: { first, _ in first }) : [:]
  }

  private static func checkModel(_ model: TokenizerFile.Model, file: String) throws(VocabularyError) {
    func refuse(_ key: String, expected: String, found: String) -> VocabularyError {
      VocabularyError(file: file, key: "model.\(key)", expected: expected, found: found)
    }
    if let type = model.type, type != "BPE" { throw refuse("type", expected: "BPE", found: type) }
    if model.byteFallback == true { throw refuse("byte_fallback", expected: "false", found: "true") }
    if let rate = model.dropout, rate != 0 { throw refuse("dropout", expected: "null", found: "\(rate)") }
    if let prefix = model.continuingSubwordPrefix, !prefix.isEmpty {
      throw refuse("continuing_subword_prefix", expected: "none", found: prefix)
    }
    if let suffix = model.endOfWordSuffix, !suffix.isEmpty {
      throw refuse("end_of_word_suffix", expected: "none", found: suffix)
    }
  }

  private static func checkNormalizer(_ normalizer: TokenizerFile.Component?, file: String) throws(VocabularyError) {
    guard let normalizer else { return }
    let steps = normalizer.type == "Sequence" ? normalizer.normalizers ?? [] : [normalizer]
    for step in steps where step.type != "NFC" {
      throw VocabularyError(file: file, key: "normalizer", expected: "null or NFC", found: step.type)
    }
  }

  /// The bytes of all tokens that have any, and the vocabulary of all.
  private static func tokens(
    of description: TokenizerFile, file: String
  ) throws(VocabularyError) -> (all: [(id: Int, bytes: [UInt8])], vocabulary: Vocabulary) {
    let greatestID = 1 << 20
    var specials: [String: TokenID] = [:]
    var specialIDs: Set<Int> = []
    for (index, token) in (description.addedTokens ?? []).enumerated() {
      guard 0..<greatestID ~= token.id else {
        throw VocabularyError(
          file: file, key: "added_tokens[\(index)].id", expected: "0 to \(greatestID - 1)", found: "\(token.id)")
      }
      specials[token.content] = TokenID(token.id)
      specialIDs.insert(token.id)
    }
    var entries: [Int: [UInt8]] = [:]
    for (text, id) in description.model.vocab where !specialIDs.contains(id) {
      guard 0..<greatestID ~= id else {
        throw VocabularyError(
          file: file, key: "model.vocab", expected: "ids from 0 to \(greatestID - 1)", found: "\(id) for \(text)")
      }
      guard let bytes = ByteAlphabet.bytes(of: text), !bytes.isEmpty else {
        throw VocabularyError(
          file: file, key: "model.vocab", expected: "entries of the byte-level alphabet", found: "'\(text)'")
      }
      guard entries.updateValue(bytes, forKey: id) == nil else {
        throw VocabularyError(file: file, key: "model.vocab", expected: "one entry per id", found: "two for \(id)")
      }
    }
    let size = entries.values.reduce(0) { $0 + $1.count }
    guard size <= Int(Int32.max) else {
      throw VocabularyError(file: file, key: "model.vocab", expected: "less than 2 GiB of tokens", found: "\(size)")
    }
    let count = (max(entries.keys.max() ?? 0, specialIDs.max() ?? 0)) + 1
    let vocabulary = Vocabulary(tokens: (0..<count).map { entries[$0] ?? [] }, specials: specials)
    return (entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, vocabulary)
  }
}

/// What is wrong with a file, in one line and with the place in it.
private func reason(_ error: any Error) -> String {
  guard let error = error as? DecodingError else { return "\(error)" }
  let (context, missing): (DecodingError.Context, String?) =
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): (context, nil)
    case .keyNotFound(let key, let context): (context, key.stringValue)
    @unknown default: (DecodingError.Context(codingPath: [], debugDescription: "\(error)"), nil)
    }
  let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  let what = missing.map { "no key '\($0)'" } ?? context.debugDescription
  return path.isEmpty ? what : "\(what) at \(path)"
}
