import Grammar
import Synchronization
public import Vocabulary

/// A vocabulary as the lexer of a language sees it: from every start, which tokens do the same.
///
/// A mask looks at some hundred groups of tokens instead of all tokens. Groups are made when they are first asked for and
/// kept, as are the masks of stacks that look alike (`MaskMemory`). May be used from several threads at once; one that
/// groups tokens keeps the others waiting.
///
/// Making the groups of a start takes O(bytes of the vocabulary), some milliseconds for 32,000 tokens.
public final class TokenPaths: @unchecked Sendable {
  public let language: Language
  public let vocabulary: Vocabulary
  let wordCount: Int
  /// Held while anything below is looked at, or in what it leads to: points, their memory, states of the scanner.
  private let lock = Mutex(())
  private let lexer: TokenLexer
  /// Built for the first mask, since single tokens are checked without.
  private lazy var trie = TokenTrie(vocabulary)
  /// All tokens that have bytes.
  var allTokens: [TokenID] { lock.withLock { _ in trie.tokens } }
  private var rests: [TokenRests.Key: TokenRests] = [:]
  /// All tokens behind bytes that the lexer has still to read.
  private var roots: [[UInt8]: TokenRests] = [:]
  /// How often tokens have been grouped.
  public var pointCount: Int { lock.withLock { _ in count } }
  private var count = 0

  public init(_ language: Language, _ vocabulary: Vocabulary) {
    self.language = language
    self.vocabulary = vocabulary
    lexer = TokenLexer(language)
    wordCount = (vocabulary.count + 31) / 32
  }

  /// What all tokens do behind `pending`, bytes that the lexer has still to read; and what stands for those in them.
  func point(
    _ start: LexicalStart, behind pending: UnsafeBufferPointer<UInt8>
  ) -> (point: LexicalPoint, pending: [UInt8]) {
    lock.withLock { _ in
      let backlog = lexer.representative(of: pending, start)
      let root = roots[backlog] ?? rests([TokenRests.Item(backlog: backlog, node: 0, isSubtree: true)])
      roots[backlog] = root
      return (makeOrFind(start, root), backlog)
    }
  }

  /// What tokens do of which `rests` are left. O(1) for a start that was met before.
  func point(_ start: LexicalStart, _ rests: TokenRests) -> LexicalPoint {
    lock.withLock { _ in makeOrFind(start, rests) }
  }

  private func makeOrFind(_ start: LexicalStart, _ rests: TokenRests) -> LexicalPoint {
    if let known = rests.points[start] { return known }
    let made = makePoint(start, rests.items)
    rests.points[start] = made.point
    if !made.declined.isEmpty {
      let declined = made.declined == rests.items ? rests : self.rests(made.declined)
      made.point.rest = makeOrFind(start.withoutScanner, declined)
    }
    return made.point
  }

  /// What is remembered of masks from a point, by what they have in common.
  func memory(_ point: LexicalPoint, _ key: MaskMemory.Key) -> [MaskMemory.Entry] {
    lock.withLock { _ in point.memory.entries(key) }
  }

  func remember(_ entry: MaskMemory.Entry, _ point: LexicalPoint, _ key: MaskMemory.Key) {
    lock.withLock { _ in point.memory.insert(entry, for: key) }
  }

  /// The number of a serialised state of the scanner, the same for all sessions.
  func number(ofScannerState bytes: [UInt8]) -> Int32 { lock.withLock { _ in lexer.number(ofScannerState: bytes) } }
  func scannerState(_ number: Int32) -> [UInt8] { lock.withLock { _ in lexer.scannerState(number) } }

  /// The same rests are the same object, wherever they are met.
  private func rests(_ items: [TokenRests.Item]) -> TokenRests {
    let key = TokenRests.Key(items: items)
    if let known = rests[key] { return known }
    let new = TokenRests(items)
    rests[key] = new
    return new
  }

  /// All tokens of a point, whatever becomes of them.
  func tokens(of point: LexicalPoint) -> [TokenID] { lock.withLock { _ in allTokens(of: point) } }

  private func allTokens(of point: LexicalPoint) -> [TokenID] {
    var mask = TokenMask(capacity: vocabulary.count)
    mask.withMutableWords { words in
      for end in point.ends + point.lines { end.tokens.insert(into: words) }
      trie.withHandle { trie in
        for item in point.cuts.flatMap(\.rests.items) {
          let node = Int(item.node)
          TokenSet.list(Array(item.isSubtree ? trie.tokens(below: node) : trie.tokens(at: node))).insert(into: words)
        }
      }
    }
    return Array(mask) + point.others + (point.rest.map(allTokens) ?? [])
  }

  /// The number of the text behind a frontier. Texts that read alike share one, unless a scanner reads them, whose states
  /// are those of a session.
  func number(of segments: [[UInt8]]) -> Int {
    lock.withLock { _ in
      if language.scanner == nil, let known = texts[segments] { return known }
      textCount += 1
      if language.scanner == nil { texts[segments] = textCount }
      return textCount
    }
  }
  private var texts: [[[UInt8]]: Int] = [:]
  private var textCount = 0

  private func makePoint(
    _ start: LexicalStart, _ items: [TokenRests.Item]
  ) -> (point: LexicalPoint, declined: [TokenRests.Item]) {
    count += 1
    return trie.withHandle { trie in
      var builder = PointBuilder(lexer, start, trie)
      for item in items { builder.visit(item) }
      let point = builder.finish(wordCount: wordCount)
      point.cuts = builder.cuts.map { LexicalCut($0.terminal, rests($0.items)) }
      return (point, builder.declined)
    }
  }
}
