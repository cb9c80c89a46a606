import Grammar
import Testing
import Vocabulary

@testable import Recognition

/// What masks are made of is kept once.
struct TokenGroupTests {
  private func address(_ set: TokenSet) -> Int? {
    guard case .words(let words) = set else { return nil }
    return words.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
  }

  private func set(_ tokens: Range<Int>) -> TokenSet { TokenSet(tokens.map { TokenID($0) }, wordCount: 4) }

  @Test func equalSetsAreKeptOnce() {
    var sets = SharedTokenSets()
    let (first, bytes) = sets.shared(set(0..<90))
    let (same, more) = sets.shared(set(0..<90))
    #expect(address(first) != nil && address(first) == address(same))
    #expect(bytes >= 16 && more == 0)
    let (other, _) = sets.shared(set(0..<91))
    #expect(other == set(0..<91) && other != first)
  }

  @Test func setsThatNobodyAsksForAreForgotten() {
    var sets = SharedTokenSets()
    let (first, bytes) = sets.shared(set(0..<90))
    sets.age()
    // It is in use again, and counts once more.
    let (revived, again) = sets.shared(set(0..<90))
    #expect(address(first) == address(revived) && again == bytes)
    sets.age()
    sets.age()
    let (new, _) = sets.shared(set(0..<90))
    #expect(new == first && address(new) != address(first))
  }

  @Test func groupsOfDifferentStartsShareTheirSets() {
    var sets = SharedTokenSets()
    func point() -> LexicalPoint {
      let point = LexicalPoint()
      point.ends = [LexicalEnd(condition: .complete, tokens: set(0..<90), example: TokenID(0))]
      return point
    }
    let (first, second) = (point(), point())
    #expect(first.shareTokens(in: &sets) >= 16 && second.shareTokens(in: &sets) == 0)
    #expect(address(first.ends[0].tokens) == address(second.ends[0].tokens))
  }

  @Test func aStackIsMetForTheFirstTimeOnce() {
    var memory = MaskMemory()
    let key = MaskMemory.Key(
      top: 7, startsLine: false, context: 0, place: 0, column: 0, line: .any, isInContext: true, contexts: 0,
      allowsOtherContexts: false)
    func isFirst(_ key: MaskMemory.Key, _ hash: UInt64) -> Bool { memory.isFirst(key, hash) }
    #expect(isFirst(key, 71))
    #expect(!isFirst(key, 71))
    #expect(isFirst(key, 72) && isFirst(key.partial, 71))
    memory.age()
    #expect(isFirst(key, 71))
  }

  /// Masks are found by as many states as each was computed from.
  @Test func masksAreFoundByTheirStates() {
    var memory = MaskMemory()
    let key = MaskMemory.Key(
      top: 7, startsLine: false, context: 0, place: 0, column: 0, line: .any, isInContext: true, contexts: 0,
      allowsOtherContexts: false)
    func hash(_ states: ArraySlice<UInt64>) -> UInt64 { states.reduce(1) { $0 &* 31 &+ $1 } }
    func insert(_ states: [UInt64]) {
      let entry = MaskMemory.Entry(
        states: states, columns: nil, queries: [], positions: [], text: nil, brackets: [], scanner: nil,
        proofs: NeededProofs(), tokens: .empty, others: .empty, isLeft: [])
      #expect(memory.insert(entry, hash(states[...]), for: key) > 0)
    }
    func found(_ stack: [UInt64]) -> [[UInt64]] {
      memory.entries(key) { $0 <= stack.count ? hash(stack[..<$0]) : nil }.entries.map(\.states)
    }
    insert([7, 2, 3])
    insert([7])
    insert([7, 2])
    #expect(found([7, 2, 3, 4]) == [[7], [7, 2], [7, 2, 3]])
    #expect(found([7, 2]) == [[7], [7, 2]])
    #expect(found([7, 3, 3]) == [[7]])
    memory.age()
    #expect(found([7, 3]) == [[7]])
    memory.age()
    memory.age()
    #expect(found([7]).isEmpty)
  }

  /// What blocks are open only matters where a line ends.
  @Test(.enabled(if: storeIsThere, storeHint)) func groupsAreMadeOnceForAllIndentations() throws {
    let language = try Language(GrammarStore.default.open("python"))
    let words = ["a", " a", "(", ")", "):", " =", "=", "\"", "f\"", "if", " if", "return", "1", ".", "#", "{", "}"]
    let paths = TokenPaths(language, Vocabulary(tokens: words.map { Array($0.utf8) }))
    func count(_ text: String) -> Int {
      let before = paths.pointCount
      _ = HoleRecogniser(language, prefix: Array(text.utf8), segments: [[]]).mask(paths)
      return paths.pointCount - before
    }
    for (first, second) in [("x = a", "x = a"), ("x = f(a", "y = f(a"), ("x = f\"a{b", "x = f\"a{b")] {
      #expect(count("if a:\n    \(first)") > 0)
      #expect(count("if a:\n  b\n  for c in d:\n     \(second)") == 0)
    }
  }

  /// Behind each word, the scanner asked for more, and each was a group of its own.
  @Test(.enabled(if: storeIsThere, storeHint)) func wordsThatAScannerPassesAreGroups() throws {
    let language = try Language(GrammarStore.default.open("bash"))
    let letters = "abcdefghijklmnopqrstuvwxyz".utf8
    let words = letters.flatMap { first in letters.map { [UInt8(ascii: " "), first, $0, UInt8(ascii: "q")] } }
    let vocabulary = Vocabulary(
      tokens: words + letters.map { [$0] } + ["if", "then", "12", "-x", "="].map { Array($0.utf8) })
    let lexer = TokenLexer(language, language.scanner.map(ScannerSession.init))
    var count = 0
    for row in Set((0..<language.stateCount).map { language.externalLexStates[$0] }) where row != 0 {
      guard language.hasWords[Int(row)] else { continue }
      let state = (0..<language.stateCount).first { language.externalLexStates[$0] == row } ?? 0
      let start = LexicalStart(lexState: language.lexStates[state], row: row)
      let point = TokenTrie(vocabulary).withHandle { trie in
        var builder = PointBuilder(lexer, start, trie)
        builder.visit(TokenRests.Item(backlog: [], node: 0, isSubtree: true))
        return builder.finish(wordCount: (vocabulary.count + 31) / 32)
      }
      count += 1
      #expect(point.ends.count < 60, "row \(row)")
    }
    #expect(count > 10)
  }

  /// The ends of a character that is cut off were listed one by one, and each of them again behind the next terminal.
  @Test(.enabled(if: storeIsThere, storeHint)) func whatIsLeftOfATokenIsListedOnce() throws {
    let language = try Language(GrammarStore.default.open("python"))
    let vocabulary = Vocabulary(tokens: [[0xC3], [0xE4], [0xE4, 0xB8], [0x20, 0xE4], [0x61, 0xF0, 0x9F], [0x61]])
    let lexer = TokenLexer(language, language.scanner.map(ScannerSession.init))
    var count = 0
    for state in 0..<language.stateCount where language.externalLexStates[state] != 0 {
      let start = LexicalStart(
        lexState: language.lexStates[state], row: language.externalLexStates[state], isBound: true)
      TokenTrie(vocabulary).withHandle { trie in
        var builder = PointBuilder(lexer, start, trie)
        builder.visit(TokenRests.Item(backlog: [0x0A], node: 0, isSubtree: true))
        for cut in builder.cuts {
          count += cut.items.count
          #expect(Set(cut.items).count == cut.items.count, "state \(state), terminal \(cut.terminal.symbol)")
        }
      }
    }
    #expect(count > 0)
  }
}
