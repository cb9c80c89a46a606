import Vocabulary

/// Tokens as a list, or as the words of a mask where that takes less room.
enum TokenSet: Hashable {
  case list([TokenID])
  /// Token `t` is bit `t % 32` of word `t / 32`.
  case words([UInt32])

  static let empty = TokenSet.list([])

  /// Bytes of memory, about.
  var byteCount: Int {
    switch self {
    case .list(let tokens): 32 + tokens.count * MemoryLayout<TokenID>.stride
    case .words(let words): 32 + words.count * MemoryLayout<UInt32>.stride
    }
  }

  /// Sets are long: their members are mixed first. O(size of the set).
  func hash(into hasher: inout Hasher) {
    func mix(_ numbers: some Collection<UInt32>) {
      hasher.combine(numbers.reduce(UInt64(numbers.count)) { ($0 ^ UInt64($1)) &* 0x9E37_79B9_7F4A_7C15 })
    }
    switch self {
    case .list(let tokens): mix(tokens.lazy.map { UInt32(truncatingIfNeeded: $0.index) })
    case .words(let words): mix(words)
    }
  }

  /// The union of `parts`, over masks of `wordCount` words.
  ///
  /// O(tokens of lists), and O(words) for every part that is words or where the lists together are longer than that.
  init(_ parts: [TokenSet], wordCount: Int) {
    if parts.count == 1 {
      self = parts[0]
      return
    }
    var tokens: [TokenID] = []
    var isList = true
    for part in parts {
      guard case .list(let more) = part, tokens.count + more.count <= wordCount else {
        isList = false
        break
      }
      tokens += more
    }
    self = isList ? .list(tokens) : Self.words(of: parts, wordCount)
  }

  init(_ tokens: [TokenID], wordCount: Int) {
    self = tokens.count <= wordCount ? .list(tokens) : Self.words(of: [.list(tokens)], wordCount)
  }

  private static func words(of parts: [TokenSet], _ wordCount: Int) -> TokenSet {
    var words = [UInt32](repeating: 0, count: wordCount)
    words.withUnsafeMutableBufferPointer { words in
      for part in parts { part.insert(into: words) }
    }
    return .words(words)
  }

  static func += (tokens: inout [TokenID], set: TokenSet) {
    switch set {
    case .list(let list): tokens += list
    case .words(let words):
      for (index, word) in words.enumerated() {
        var word = word
        while word != 0 {
          tokens.append(TokenID(index << 5 + word.trailingZeroBitCount))
          word &= word - 1
        }
      }
    }
  }

  /// Adds the tokens to a mask.
  func insert(into words: UnsafeMutableBufferPointer<UInt32>) {
    switch self {
    case .list(let tokens):
      for token in tokens { words[token.index >> 5] |= 1 << UInt32(truncatingIfNeeded: token.index & 31) }
    case .words(let own):
      own.withUnsafeBufferPointer { own in
        for index in own.indices { words[index] |= own[index] }
      }
    }
  }
}
