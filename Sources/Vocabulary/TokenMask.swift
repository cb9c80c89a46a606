/// A set of tokens, one bit each, 32 to a word.
public struct TokenMask: Sendable, Equatable, Sequence {
  /// Number of tokens in the vocabulary; bits from there on are always clear.
  public let capacity: Int
  @usableFromInline var words: [UInt32]

  /// The empty set over a vocabulary of `capacity` tokens.
  public init(capacity: Int) {
    self.capacity = capacity
    words = [UInt32](repeating: 0, count: (capacity + 31) / 32)
  }

  /// Number of tokens in the set. O(words).
  public var count: Int {
    var sum = 0
    for word in words { sum += word.nonzeroBitCount }
    return sum
  }

  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  @inlinable public func contains(_ token: TokenID) -> Bool {
    words[token.index >> 5] >> UInt32(truncatingIfNeeded: token.index & 31) & 1 != 0
  }

  @inlinable public mutating func insert(_ token: TokenID) {
    words[token.index >> 5] |= 1 << UInt32(truncatingIfNeeded: token.index & 31)
  }

  @inlinable public mutating func remove(_ token: TokenID) {
    words[token.index >> 5] &= ~(1 << UInt32(truncatingIfNeeded: token.index & 31))
  }

  /// Empties the set and keeps its storage.
  public mutating func removeAll() {
    for index in words.indices { words[index] = 0 }
  }

  /// Keeps the tokens that are in `other` too. Both masks must be over the same vocabulary.
  public mutating func formIntersection(_ other: TokenMask) {
    precondition(capacity == other.capacity, "masks of different vocabularies")
    for index in words.indices { words[index] &= other.words[index] }
  }

  public func intersection(_ other: TokenMask) -> TokenMask {
    var result = self
    result.formIntersection(other)
    return result
  }

  /// Adds the tokens of `other`. Both masks must be over the same vocabulary.
  public mutating func formUnion(_ other: TokenMask) {
    precondition(capacity == other.capacity, "masks of different vocabularies")
    for index in words.indices { words[index] |= other.words[index] }
  }

  /// Calls `body` with the words of the set; token `t` is bit `t % 32` of word `t / 32`.
  public func withWords<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt32>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try words.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the words of the set to change them; bits from `capacity` on must stay clear.
  public mutating func withMutableWords<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<UInt32>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try words.withUnsafeMutableBufferPointer { (words) throws(Failure) -> Result in try body(words) }
  }

  /// Gives the tokens of the set in ascending order.
  public struct Iterator: IteratorProtocol {
    @usableFromInline let words: [UInt32]
    @usableFromInline var index = -1
    @usableFromInline var word: UInt32 = 0

    @usableFromInline init(words: [UInt32]) { self.words = words }

    @inlinable public mutating func next() -> TokenID? {
      while word == 0 {
        index += 1
        guard index < words.count else {
          index = words.count
          return nil
        }
        word = words[index]
      }
      defer { word &= word &- 1 }
      return TokenID(index << 5 + word.trailingZeroBitCount)
    }
  }

  @inlinable public func makeIterator() -> Iterator { Iterator(words: words) }
  @inlinable public var underestimatedCount: Int { 0 }
}
