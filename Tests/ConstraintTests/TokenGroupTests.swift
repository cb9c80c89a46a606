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
      top: 7, startsLine: false, scanner: ScannerStates(actual: 0, context: 0), place: 0, column: 0, line: .any,
      isInContext: true, contexts: 0, allowsOtherContexts: false)
    func isFirst(_ key: MaskMemory.Key, _ states: [UInt64]) -> Bool { memory.isFirst(key, states) }
    #expect(isFirst(key, [7, 1]))
    #expect(!isFirst(key, [7, 1]))
    #expect(isFirst(key, [7, 2]) && isFirst(key.partial, [7, 1]))
    memory.age()
    #expect(isFirst(key, [7, 1]))
  }

  /// The ends of a character that is cut off were listed one by one, and each of them again behind the next terminal.
  @Test(.enabled(if: storeIsThere, storeHint)) func whatIsLeftOfATokenIsListedOnce() throws {
    let language = try Language(GrammarStore.default.open("python"))
    let vocabulary = Vocabulary(tokens: [[0xC3], [0xE4], [0xE4, 0xB8], [0x20, 0xE4], [0x61, 0xF0, 0x9F], [0x61]])
    let lexer = TokenLexer(language, language.scanner.map(ScannerSession.init))
    var count = 0
    for state in 0..<language.stateCount where language.externalLexStates[state] != 0 {
      let start = LexicalStart(lexState: language.lexStates[state], row: language.externalLexStates[state])
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
