/// The bytes of every token.
///
/// Bytes of all tokens stand in one array, token `i` at `offsets[i]..<offsets[i + 1]`, so that walking the vocabulary
/// touches memory in order. A token without bytes is *special* (mask, pad, end of text, unused rows of the embedding):
/// it never is part of a text.
public struct Vocabulary: Sendable {
  /// Number of tokens, special ones included.
  public let count: Int
  /// Names of the special tokens that have one, such as `<mask>`.
  public let specials: [String: TokenID]
  /// Length in bytes of the longest token.
  public let longestToken: Int
  let storage: [UInt8]
  let offsets: [Int32]

  /// Makes a vocabulary whose token `i` has the bytes `tokens[i]`; special tokens have none.
  public init(tokens: [[UInt8]], specials: [String: TokenID] = [:]) {
    var storage: [UInt8] = []
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(tokens.count + 1)
    for token in tokens {
      storage.append(contentsOf: token)
      offsets.append(Int32(storage.count))
    }
    self.init(storage: storage, offsets: offsets, specials: specials)
  }

  init(storage: [UInt8], offsets: [Int32], specials: [String: TokenID]) {
    self.storage = storage
    self.offsets = offsets
    self.specials = specials
    count = offsets.count - 1
    longestToken = zip(offsets, offsets.dropFirst()).map { Int($1 - $0) }.max() ?? 0
  }

  /// The same vocabulary with special tokens without a name added until there are `count`.
  ///
  /// Embeddings often have more rows than the tokenizer has tokens.
  public func padded(to count: Int) -> Vocabulary {
    guard count > self.count, let end = offsets.last else { return self }
    let padding = repeatElement(end, count: count - self.count)
    return Vocabulary(storage: storage, offsets: offsets + padding, specials: specials)
  }

  /// The bytes of a token, empty for a special one.
  @inline(__always)
  public func bytes(of token: TokenID) -> ArraySlice<UInt8> {
    storage[Int(offsets[token.index])..<Int(offsets[token.index + 1])]
  }

  /// Number of bytes of a token, 0 for a special one.
  @inline(__always)
  public func length(of token: TokenID) -> Int {
    Int(offsets[token.index + 1] - offsets[token.index])
  }

  /// Whether a token never is part of a text.
  public func isSpecial(_ token: TokenID) -> Bool { length(of: token) == 0 }

  /// The bytes of the tokens, one after the other; special tokens add nothing.
  public func bytes(of tokens: some Sequence<TokenID>) -> [UInt8] {
    var text: [UInt8] = []
    for token in tokens { text.append(contentsOf: bytes(of: token)) }
    return text
  }
}
