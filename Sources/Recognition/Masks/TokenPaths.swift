import Grammar
public import Vocabulary

/// A vocabulary as the lexer of a language sees it: from every start, which tokens do the same.
///
/// A mask looks at some hundred groups of tokens instead of all tokens. Groups are made when they are first asked for and
/// kept, as are the masks of stacks that look alike (`MaskMemory`). Not for use from several threads at once.
///
/// Making the groups of a start takes O(bytes of the vocabulary), some milliseconds for 32,000 tokens.
public final class TokenPaths {
  public let language: Language
  public let vocabulary: Vocabulary
  let lexer: TokenLexer
  let wordCount: Int
  /// Built for the first mask, since single tokens are checked without.
  private lazy var trie = TokenTrie(vocabulary)
  /// All tokens that have bytes.
  var allTokens: [TokenID] { trie.tokens }
  /// By the bytes that the lexer has still to read.
  private var roots: [[UInt8]: LexicalPoints] = [:]
  /// Which tokens keep a text UTF-8.
  var characters = CharacterMasks()
  /// How often tokens have been grouped.
  public private(set) var pointCount = 0

  public init(_ language: Language, _ vocabulary: Vocabulary) {
    self.language = language
    self.vocabulary = vocabulary
    lexer = TokenLexer(language)
    wordCount = (vocabulary.count + 31) / 32
  }

  /// What all tokens do behind `backlog`, bytes that the lexer has still to read.
  func point(_ start: LexicalStart, behind backlog: [UInt8]) -> LexicalPoint {
    let points = roots[backlog] ?? LexicalPoints()
    roots[backlog] = points
    return point(start, in: points) { [LexicalCut.Item(backlog: backlog, node: 0, isSubtree: true)] }
  }

  /// What the tokens of `cut` do behind its terminal.
  func point(_ start: LexicalStart, behind cut: LexicalCut) -> LexicalPoint {
    point(start, in: cut.points) { cut.items }
  }

  private func point(
    _ start: LexicalStart, in points: LexicalPoints, _ items: () -> [LexicalCut.Item]
  ) -> LexicalPoint {
    if let known = points.byStart[start] { return known }
    let (point, rest) = makePoint(start, items())
    points.byStart[start] = point
    if rest.isEmpty { return point }
    let key = LexicalPoints.Rest(start: start.withoutScanner, items: rest)
    if let known = points.rests[key] {
      point.rest = known
    } else {
      point.rest = makePoint(key.start, rest).point
      points.rests[key] = point.rest
    }
    return point
  }

  /// All tokens of a point, whatever becomes of them.
  func tokens(of point: LexicalPoint) -> [TokenID] {
    var mask = TokenMask(capacity: vocabulary.count)
    mask.withMutableWords { words in
      for end in point.ends + point.lines { end.tokens.insert(into: words) }
      trie.withHandle { trie in
        for item in point.cuts.flatMap(\.items) {
          let node = Int(item.node)
          TokenSet.list(Array(item.isSubtree ? trie.tokens(below: node) : trie.tokens(at: node))).insert(into: words)
        }
      }
    }
    return Array(mask) + point.others + (point.rest.map(tokens) ?? [])
  }

  /// The number of the text behind a frontier. Texts that read alike share one, unless a scanner reads them, whose states
  /// are those of a session.
  func number(of segments: [[UInt8]]) -> Int {
    if language.scanner == nil, let known = texts[segments] { return known }
    textCount += 1
    if language.scanner == nil { texts[segments] = textCount }
    return textCount
  }
  private var texts: [[[UInt8]]: Int] = [:]
  private var textCount = 0

  private func makePoint(
    _ start: LexicalStart, _ items: [LexicalCut.Item]
  ) -> (point: LexicalPoint, rest: [LexicalCut.Item]) {
    pointCount += 1
    return trie.withHandle { trie in
      var builder = PointBuilder(lexer, start, trie)
      for item in items {
        builder.bytes = item.backlog
        builder.visit(Int(item.node), isSubtree: item.isSubtree)
      }
      return (builder.finish(wordCount: wordCount), builder.rest)
    }
  }
}
