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
  private var roots: [Root: LexicalPoint] = [:]

  private struct Root: Hashable {
    var start: LexicalStart
    var backlog: [UInt8]
  }

  public init(_ language: Language, _ vocabulary: Vocabulary) {
    self.language = language
    self.vocabulary = vocabulary
    lexer = TokenLexer(language)
    wordCount = (vocabulary.count + 31) / 32
  }

  /// What all tokens do behind `backlog`, bytes that the lexer has still to read.
  func point(_ start: LexicalStart, behind backlog: [UInt8]) -> LexicalPoint {
    let root = Root(start: start, backlog: backlog)
    if let known = roots[root] { return known }
    let point = makePoint(start, [LexicalCut.Item(backlog: backlog, node: 0, isSubtree: true)])
    roots[root] = point
    return point
  }

  /// What the tokens of `cut` do behind its terminal.
  func point(_ start: LexicalStart, behind cut: LexicalCut) -> LexicalPoint {
    if let known = cut.points[start] { return known }
    let point = makePoint(start, cut.items)
    cut.points[start] = point
    return point
  }

  private func makePoint(_ start: LexicalStart, _ items: [LexicalCut.Item]) -> LexicalPoint {
    trie.withHandle { trie in
      var builder = PointBuilder(lexer, start, trie)
      for item in items {
        builder.bytes = item.backlog
        builder.visit(Int(item.node), isSubtree: item.isSubtree, declined: false)
      }
      return builder.finish(wordCount: wordCount)
    }
  }
}

/// Groups the tokens below nodes of the trie by what they do from one start on.
private struct PointBuilder {
  let lexer: TokenLexer
  let start: LexicalStart
  let trie: TokenTrie.Handle
  /// The bytes from the start to the node that is visited.
  var bytes: [UInt8] = []

  private var ends: [EndKey: [TokenID]] = [:]
  private var order: [EndKey] = []
  private var cuts: [LexicalCut.Terminal: LexicalCut] = [:]
  private let point = LexicalPoint()

  /// A condition by numbers, since it is looked up for every node.
  private struct EndKey: Hashable {
    enum Kind { case complete, padding, open, undecided }
    var kind: Kind
    var state: UInt16 = 0
    var word: UInt16 = 0
    var refused: [SymbolID] = []
    var place: StartPlace?
    var bytes: [UInt8] = []
  }

  init(_ lexer: TokenLexer, _ start: LexicalStart, _ trie: TokenTrie.Handle) {
    self.lexer = lexer
    self.start = start
    self.trie = trie
  }

  /// Takes the tokens at `node`, and those below it.
  mutating func visit(_ node: Int, isSubtree: Bool, declined: Bool) {
    var declined = declined
    // Where a terminal has ended with the token, whatever comes next starts anew.
    let outcome =
      bytes.isEmpty ? nil : bytes.withUnsafeBufferPointer { lexer.outcome($0, start, declined: &declined) }
    switch outcome {
    case .refused: return
    case .terminal(let terminal, let end) where end < bytes.count || !isRestart(terminal, end):
      cut(terminal, LexicalCut.Item(backlog: Array(bytes[end...]), node: Int32(node), isSubtree: isSubtree))
      return
    case .terminal(let terminal, _):
      // Longer tokens start anew behind their own end only: else there would be a point for every length.
      add(terminal, [], node)
    case .unknown:
      point.others += isSubtree ? trie.tokens(below: node) : trie.tokens(at: node)
      return
    case .undecided: add(EndKey(kind: .undecided, bytes: bytes), node)
    case nil: add(EndKey(kind: .complete), node)
    case .unfinished(let unfinished):
      var key = EndKey(kind: unfinished.isPadding ? .padding : .open, place: unfinished.place)
      if !unfinished.isPadding {
        key.state = unfinished.state
        key.word = unfinished.word
        key.refused = unfinished.refused
      }
      add(key, node)
      if let (terminal, end) = unfinished.earlier { add(terminal, Array(bytes[end...]), node) }
    }
    guard isSubtree else { return }
    var child = node + 1
    let end = Int(trie[node].end)
    while child < end {
      bytes.append(trie[child].byte)
      visit(child, isSubtree: true, declined: declined)
      bytes.removeLast()
      child = Int(trie[child].end)
    }
  }

  /// Whether a terminal ends with the bytes for being read in pieces.
  private func isRestart(_ terminal: LexicalCut.Terminal, _ end: Int) -> Bool {
    end == bytes.count && lexer.language.restarts.contains { $0.terminal == terminal.symbol }
  }

  private mutating func add(_ key: EndKey, _ node: Int) {
    let tokens = trie.tokens(at: node)
    if tokens.isEmpty { return }
    if ends[key] == nil { order.append(key) }
    ends[key, default: []] += tokens
  }

  private mutating func add(_ terminal: LexicalCut.Terminal, _ backlog: [UInt8], _ node: Int) {
    if trie.tokens(at: node).isEmpty { return }
    cut(terminal, LexicalCut.Item(backlog: backlog, node: Int32(node), isSubtree: false))
  }

  private mutating func cut(_ terminal: LexicalCut.Terminal, _ item: LexicalCut.Item) {
    if item.isSubtree ? trie.tokens(below: Int(item.node)).isEmpty : trie.tokens(at: Int(item.node)).isEmpty { return }
    if let known = cuts[terminal] {
      known.items.append(item)
      return
    }
    let cut = LexicalCut(terminal)
    cut.items = [item]
    cuts[terminal] = cut
    point.cuts.append(cut)
  }

  /// States of the automata from which the same can be reached are alike to the parser.
  mutating func finish(wordCount: Int) -> LexicalPoint {
    var groups: [LexicalEnd.Condition: [TokenID]] = [:]
    var conditions: [LexicalEnd.Condition] = []
    for key in order {
      let condition = condition(key)
      if groups[condition] == nil { conditions.append(condition) }
      groups[condition, default: []] += ends[key] ?? []
    }
    for condition in conditions {
      let tokens = groups[condition] ?? []
      guard let example = tokens.first else { continue }
      var set = TokenSet.list(tokens)
      if tokens.count > wordCount {
        var words = [UInt32](repeating: 0, count: wordCount)
        words.withUnsafeMutableBufferPointer { set.insert(into: $0) }
        set = .words(words)
      }
      point.ends.append(LexicalEnd(condition: condition, tokens: set, example: example))
    }
    return point
  }

  private func condition(_ key: EndKey) -> LexicalEnd.Condition {
    let language = lexer.language
    switch key.kind {
    case .complete: return .complete
    case .padding: return .padding(key.place ?? StartPlace())
    case .undecided: return .undecided(key.bytes)
    case .open:
      let reachable = language.lexer.reachable[Int(key.state)]
      var keywords: [SymbolID] = []
      if key.word != LexicalAutomaton.dead, language.wordTerminal != .end, reachable.contains(language.wordTerminal) {
        keywords = language.keywords?.reachable[Int(key.word)] ?? []
      }
      return .open(
        terminals: reachable.filter { !key.refused.contains($0) }, keywords: keywords, place: key.place)
    }
  }
}
