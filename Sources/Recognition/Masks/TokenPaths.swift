import Grammar
import Synchronization
public import Vocabulary

/// A vocabulary as the lexer of a language sees it: from every start, which tokens do the same.
///
/// A mask looks at some hundred groups of tokens instead of all tokens. Groups are made when they are first asked for and
/// kept, as are the masks of stacks that look alike (`MaskMemory`), up to a limit: what was not used for long is made anew
/// when it is asked for again. May be used from several threads at once. Only threads that group tokens wait for each other.
///
/// Making the groups of a start takes O(bytes of the vocabulary), some milliseconds for 32,000 tokens.
public final class TokenPaths: @unchecked Sendable {
  public let language: Language
  public let vocabulary: Vocabulary
  let wordCount: Int
  /// Held while tokens are grouped, with all below that is no lock or constant of its own.
  private let grouping = Mutex(())
  private let lexer: TokenLexer
  /// Built for the first mask, since single tokens are checked without.
  private lazy var trie = TokenTrie(vocabulary)
  /// All tokens that have bytes.
  var allTokens: [TokenID] { grouping.withLock { _ in trie.tokens } }
  private var rests: [TokenRests.Key: TokenRests] = [:]
  /// All tokens, behind nothing and behind bytes that the lexer has still to read.
  private let root = TokenRests([TokenRests.Item(backlog: [], node: 0, isSubtree: true)])
  private let roots = Mutex<[[UInt8]: TokenRests]>([:])
  private let characters = Mutex(CharacterMasks())
  /// How often tokens have been grouped.
  public var pointCount: Int { count.load(ordering: .relaxed) }
  private let count = Atomic(0)
  private let texts = Mutex(TextNumbers())
  /// The sets that masks consist of, and those of groups.
  private let maskSets = Mutex(SharedTokenSets())
  private let groupSets = Mutex(SharedTokenSets())

  /// Groups and masks that were not used in a whole generation are forgotten with its end.
  private let generation: MemoryGeneration

  /// - Parameter memory: how many bytes groups and masks may take up, about.
  public init(_ language: Language, _ vocabulary: Vocabulary, memory: Int = 40 << 20) {
    self.language = language
    self.vocabulary = vocabulary
    generation = MemoryGeneration(limit: memory / 2)
    lexer = TokenLexer(language, language.scanner.map(ScannerSession.init))
    wordCount = (vocabulary.count + 31) / 32
  }

  /// The tokens that keep a text UTF-8 whose end is in this state. O(1) for a state that was met before.
  func tokens(behind state: CharacterState) -> TokenMask { characters.withLock { $0.mask(state, vocabulary) } }

  /// What all tokens do behind `backlog`, bytes that the lexer has still to read. O(1) if that was met before.
  func point(_ start: LexicalStart, behind backlog: [UInt8] = []) -> LexicalPoint {
    point(start, rests(behind: backlog))
  }

  /// All tokens behind `backlog`. O(1) if that was met before.
  func rests(behind backlog: [UInt8]) -> TokenRests {
    if backlog.isEmpty { return root }
    return roots.withLock { roots in
      let rests = roots[backlog] ?? TokenRests([TokenRests.Item(backlog: backlog, node: 0, isSubtree: true)])
      roots[backlog] = rests
      return rests
    }
  }

  /// What tokens do of which `rests` are left. O(1) for a start that was met before.
  func point(_ start: LexicalStart, _ rests: TokenRests) -> LexicalPoint {
    let point = rests.point(start) ?? grouping.withLock { _ in makeOrFind(start, rests) }
    noteUse(of: point)
    return point
  }

  private func makeOrFind(_ start: LexicalStart, _ rests: TokenRests) -> LexicalPoint {
    if let known = rests.point(start) { return known }
    let (point, declined) = makePoint(start, rests.items)
    if let (start, items, column) = behindLine(start.withoutScanner, declined) {
      point.rest = makeOrFind(start, self.rests(items))
      point.restColumn = column
    } else if !declined.isEmpty {
      point.rest = makeOrFind(start.withoutScanner, declined == rests.items ? rests : self.rests(declined))
    }
    rests.keep(point, from: start)
    return point
  }

  /// The same behind the padding that all items begin with, if a line ends in it: so it does not matter at which column
  /// the next one starts. O(items).
  private func behindLine(
    _ start: LexicalStart, _ items: [TokenRests.Item]
  ) -> (LexicalStart, [TokenRests.Item], column: Int32)? {
    guard let layout = language.layout, !start.isTight, let first = items.first else { return nil }
    let padding = first.backlog.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }
    guard padding.contains(0x0A) else { return nil }
    for item in items {
      guard item.backlog.count > padding.count, item.backlog.starts(with: padding),
        ![0x20, 0x09, 0x0A].contains(item.backlog[padding.count])
      else { return nil }
    }
    return padding.withUnsafeBufferPointer { padding in
      let match = language.lexer.match(padding, 0, start.lexState, isComplete: false)
      if match.openState == LexicalAutomaton.dead || match.openStart < padding.count { return nil }
      var start = start
      start.lexState = match.openState
      start.isBehindLine = true
      let rests = items.map {
        TokenRests.Item(
          backlog: Array($0.backlog[padding.count...]), node: $0.node, isSubtree: $0.isSubtree)
      }
      return (start, rests, Int32(layout.column(padding, padding.count)))
    }
  }

  /// What is remembered of masks from a point that may be those of a stack. See `MaskMemory.entries`.
  func memory(_ point: LexicalPoint, _ key: MaskMemory.Key, _ hash: (Int) -> UInt64?) -> [MaskMemory.Entry] {
    let (entries, revived) = point.memory.withLock { $0.entries(key, hash) }
    if revived > 0 { note(revived) }
    return entries
  }

  /// The set that is kept of all that are equal. O(size of the set).
  func shared(_ tokens: TokenSet) -> TokenSet {
    let (tokens, bytes) = maskSets.withLock { $0.shared(tokens) }
    if bytes > 0 { note(bytes) }
    return tokens
  }

  /// Whether a mask on a stack is worth no memory yet.
  func isFirst(_ point: LexicalPoint, _ key: MaskMemory.Key, _ hash: UInt64) -> Bool {
    point.memory.withLock { $0.isFirst(key, hash) }
  }

  func remember(_ entry: MaskMemory.Entry, _ hash: UInt64, _ point: LexicalPoint, _ key: MaskMemory.Key) {
    note(point.memory.withLock { $0.insert(entry, hash, for: key) })
  }

  // MARK: Limits

  private func noteUse(of point: LexicalPoint) {
    let now = generation.number
    guard point.use.note(now) else { return }
    var bytes = point.byteCount
    bytes += groupSets.withLock { sets in
      (point.ends + point.lines).reduce(0) { $0 + sets.shared($1.tokens).newBytes }
    }
    for rests in point.rests where rests.use.note(now) { bytes += rests.byteCount }
    note(bytes)
    if let rest = point.rest { noteUse(of: rest) }
  }

  /// Notes that so many bytes are in use, and ends the generation when they are too many.
  private func note(_ bytes: Int) {
    guard generation.add(bytes) else { return }
    grouping.withLock { _ in
      guard let ended = generation.end() else { return }
      forget(before: ended)
      groupSets.withLock { $0.age() }
      for rests in allRests {
        for point in rests.allPoints { point.memory.withLock { $0.age() } }
      }
      maskSets.withLock { $0.age() }
    }
  }

  private var allRests: [TokenRests] { [root] + roots.withLock { Array($0.values) } + rests.values }

  /// Forgets groups that were not used since `generation` began. O(groups).
  private func forget(before generation: Int) {
    var needed: Set<ObjectIdentifier> = []
    for rests in allRests {
      rests.forget(before: generation)
      let points = rests.allPoints
      if !points.isEmpty { needed.insert(ObjectIdentifier(rests)) }
      for rests in points.lazy.flatMap(\.rests) { needed.insert(ObjectIdentifier(rests)) }
    }
    roots.withLock { roots in roots = roots.filter { needed.contains(ObjectIdentifier($0.value)) } }
    rests = rests.filter { needed.contains(ObjectIdentifier($0.value)) }
  }

  /// The number of a serialised state of the scanner, the same for all sessions.
  func number(ofScannerState bytes: [UInt8]) -> Int32 { grouping.withLock { _ in lexer.number(ofScannerState: bytes) } }
  func scannerState(_ number: Int32) -> [UInt8] { grouping.withLock { _ in lexer.scannerState(number) } }

  /// The same rests are the same object, wherever they are met.
  private func rests(_ items: [TokenRests.Item]) -> TokenRests {
    if items == root.items { return root }
    let key = TokenRests.Key(items: items)
    if let known = rests[key] { return known }
    let new = TokenRests(items)
    rests[key] = new
    return new
  }

  /// All tokens of a point, whatever becomes of them.
  func tokens(of point: LexicalPoint) -> [TokenID] { grouping.withLock { _ in allTokens(of: point) } }

  private func allTokens(of point: LexicalPoint) -> [TokenID] {
    var mask = TokenMask(capacity: vocabulary.count)
    mask.withMutableWords { words in
      for end in point.ends + point.lines { end.tokens.insert(into: words) }
      trie.withHandle { trie in
        for item in point.rests.flatMap(\.items) {
          let node = Int(item.node)
          TokenSet.list(Array(item.isSubtree ? trie.tokens(below: node) : trie.tokens(at: node))).insert(into: words)
        }
      }
    }
    return Array(mask) + point.others + point.endedBefore + (point.rest.map(allTokens) ?? [])
  }

  /// The number of the text behind a frontier. Texts that read alike share one, unless a scanner reads them, whose states
  /// are those of a session, or many others came in between.
  func number(of segments: [[UInt8]]) -> Int {
    texts.withLock { $0.number(of: language.scanner == nil ? segments : nil) }
  }

  private struct TextNumbers {
    private var known: [[[UInt8]]: Int] = [:]
    private var count = 0

    mutating func number(of segments: [[UInt8]]?) -> Int {
      if let segments, let number = known[segments] { return number }
      count += 1
      guard let segments else { return count }
      if known.count == 32 { known.removeAll() }
      known[segments] = count
      return count
    }
  }

  /// The tokens of items that nothing is left of; nil if there are others.
  private func endedTokens(_ items: [TokenRests.Item], _ trie: TokenTrie.Handle) -> TokenSet? {
    var tokens: [TokenID] = []
    for item in items {
      if !item.backlog.isEmpty || item.isSubtree && trie[Int(item.node)].end > item.node + 1 { return nil }
      tokens += trie.tokens(at: Int(item.node))
    }
    return TokenSet(tokens, wordCount: wordCount)
  }

  private func makePoint(
    _ start: LexicalStart, _ items: [TokenRests.Item]
  ) -> (point: LexicalPoint, declined: [TokenRests.Item]) {
    count.add(1, ordering: .relaxed)
    return trie.withHandle { trie in
      var builder = PointBuilder(lexer, start, trie)
      for item in items { builder.visit(item) }
      let point = builder.finish(wordCount: wordCount)
      point.cuts = builder.cuts.map {
        LexicalCut(
          $0.terminal, rests($0.items), endedTokens: endedTokens($0.items, trie), example: $0.example)
      }
      if !builder.bound.isEmpty { point.bound = rests(builder.bound) }
      // Behind other indentations, in other places, most groups are the same.
      _ = generation.add(groupSets.withLock { point.shareTokens(in: &$0) })
      return (point, builder.declined)
    }
  }
}
