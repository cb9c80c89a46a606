import Foundation
import Grammar
import Testing

@testable import Recognition

@Suite(.enabled(if: storeIsThere, storeHint)) struct HoleClosureTests {
  /// An exit by what it means, whatever numbers it goes by.
  private struct Meaning {
    var exit: RightSummary.Exit
    /// Without the terminals that may come next.
    var position: SuffixPosition?
    var lookaheads = LookaheadSet.any
    var cost: Int32

    /// Whether this way is as cheap as another one to the same place and asks for no more.
    func covers(_ other: Meaning, _ language: Language) -> Bool {
      exit.count == other.exit.count && exit.symbol == other.exit.symbol && position == other.position
        && cost <= other.cost && exit.blocks.includes(other.exit.blocks)
        && language.lookaheads.includes(lookaheads, other.lookaheads)
    }
  }

  /// All exits, not only those within reach.
  private func exits(_ summary: RightSummary, _ state: UInt16, _ position: SuffixPosition) -> [Meaning] {
    let position = summary.suffix.identifier(position)
    _ = summary.firstExit(state, position)
    while !summary.isComplete { summary.extend() }
    var result: [Meaning] = []
    var exit = summary.firstExit(state, position)
    while exit >= 0 {
      let settled = summary[exit]
      var meaning = Meaning(exit: settled.exit, cost: settled.cost)
      if settled.exit.position >= 0 {
        var place = summary.suffix.positions[settled.exit.position]
        meaning.lookaheads = place.line.lookaheads
        place.line.lookaheads = .any
        meaning.position = place
      }
      result.append(meaning)
      exit = settled.next
    }
    return result
  }

  /// What is shared by all holes changes nothing: not with one hole, not with two, not in other contexts.
  @Test(arguments: Snippets.all.keys.sorted(), [false, true])
  func sharedExitsAreThoseOfTheTextAlone(_ name: String, _ allowsOtherContexts: Bool) throws {
    let language = try TestLanguages.language(name, dialect: true)
    let text = Array((Snippets.all[name] ?? "").utf8)
    let segments = [Array(text[(text.count / 3)..<(text.count / 2)]), Array(text[(text.count * 2 / 3)...])]
    func summary(_ closure: HoleClosure?) -> RightSummary {
      RightSummary(
        SuffixText(
          TerminalLexer(language), segments: segments, closure: closure, allowsOtherContexts: allowsOtherContexts))
    }
    let (alone, shared) = (
      summary(nil), summary(language.holeClosure(allowsOtherContexts: allowsOtherContexts))
    )
    var random = Random(state: 5)
    var compared = 0
    for _ in 0..<30 {
      let state = UInt16.random(in: 1..<UInt16(language.stateCount), using: &random)
      for hole in 0..<2 {
        let expected = exits(alone, state, .gap(hole, 0, .any))
        let found = exits(shared, state, .gap(hole, 0, .any))
        for way in expected {
          #expect(found.contains { $0.covers(way, language) }, "state \(state), hole \(hole)")
        }
        for way in found {
          #expect(expected.contains { $0.covers(way, language) }, "state \(state), hole \(hole)")
        }
        compared += expected.count
      }
    }
    #expect(compared > 50)
  }

  /// A reduction leads on under the terminals that the tables name: a sum is no statement of C outside of functions.
  @Test func aReductionAsksForItsLookaheads() throws {
    let language = try TestLanguages.language("c")
    let hole = HoleRecogniser(language, prefix: Array("x + y".utf8), segments: [[]])
    // Only "x + y ?: z;" and the like go on from here.
    #expect(hole.terminalsNeeded() == 4)
    #expect(hole.completeAndClose())
    let inFunction = HoleRecogniser(language, prefix: Array("int f() { x + y".utf8), segments: [[]])
    #expect(inFunction.terminalsNeeded() == 2)
  }

  /// A file that is damaged, or of another dialect, is not used; a good one is, and says the same.
  @Test func theFileBesideTheGrammarIsCheckedAndRenewed() throws {
    let (store, folder) = try TestLanguages.copyOfStore("json")
    defer { try? FileManager.default.removeItem(at: store.roots[0]) }
    let file = folder.appendingPathComponent("holes.bin")
    try? FileManager.default.removeItem(at: file)
    func closure() throws -> HoleClosure { try Language(store.open("json")).holeClosure(allowsOtherContexts: false) }
    let computed = try closure()
    let good = try Data(contentsOf: file)
    let read = try closure()
    #expect(read.keys.count == computed.keys.count && read.exits.count == computed.exits.count)
    #expect(read.places.elements.map(\.line) == computed.places.elements.map(\.line))
    for offset in [0, 9, 17, 25, 33, 48, good.count / 2, good.count - 1] {
      var damaged = good
      damaged[offset] ^= 0x40
      try damaged.write(to: file)
      #expect(try closure().exits.count == computed.exits.count)
      #expect(try Data(contentsOf: file) != damaged, "byte \(offset)")
    }
    try good.prefix(good.count / 2).write(to: file)
    #expect(try closure().exits.count == computed.exits.count)
    try Data("reservedWords: [null]\n".utf8).write(to: folder.appendingPathComponent("dialect.yml"))
    let before = try Data(contentsOf: file)
    _ = try closure()
    #expect(try Data(contentsOf: file) != before)
  }

  @Test func setsOfLookaheads() {
    let word = SymbolID(rawValue: 5)
    let sets = LookaheadSets(terminalCount: 130, keywords: [SymbolID(rawValue: 70)], word: word)
    func set(_ terminals: [UInt16]) -> LookaheadSet { sets.set(terminals.map { SymbolID(rawValue: $0) }) }
    #expect(set([]) == .empty)
    #expect(sets.intersection(set([1, 70, 129]), set([2, 70, 129])) == set([70, 129]))
    #expect(sets.intersection(.any, set([1])) == set([1]))
    #expect(sets.includes(set([1, 2]), set([2])) && !sets.includes(set([2]), set([1, 2])))
    #expect(sets.includes(.any, set([1])) && !sets.includes(set([1]), .any))
    #expect(sets.contains(set([1]), SymbolID(rawValue: 1)) && !sets.contains(set([1]), SymbolID(rawValue: 2)))
    // A keyword is its word where only that is taken, unless it is reserved.
    let taken = set([5, 1])
    #expect(sets.narrowed(set([70]), by: 3, taking: taken) { _ in false } == set([5]))
    #expect(sets.narrowed(set([70]), by: 4, taking: taken) { _ in true } == .empty)
    #expect(sets.narrowed(set([70]), by: 6, taking: set([70, 5])) { _ in false } == set([70]))
    #expect(sets.set(bits: sets.bits(of: taken)) == taken)
    #expect(sets.set(bits: sets.bits(of: .any)) == .any)
  }
}
