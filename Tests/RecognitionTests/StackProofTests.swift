import Grammar
import Testing

@testable import Recognition

@Suite(.enabled(if: storeIsThere, storeHint)) struct StackProofTests {
  /// What is proven to be completable is found to be, behind every terminal that the parser takes along a text.
  @Test(arguments: Snippets.all.keys.sorted(), [false, true])
  func provenStacksHaveCompletions(_ name: String, _ dialect: Bool) throws {
    let language = try TestLanguages.language(name, dialect: dialect)
    let text = Array((Snippets.all[name] ?? "").utf8)
    var (proven, all) = (0, 0)
    for end in 0..<text.count {
      let session = HoleRecogniser(language, prefix: Array(text[..<end]), segments: [[]])
      let (arena, completion) = (session.recogniser.arena, session.completion)
      for head in session.frontier.heads {
        let state = arena.nodes[Int(head.node)].state
        for terminal in (0..<language.terminalCount).map({ SymbolID($0) }) where language.hasActions(state, terminal) {
          let mark = arena.mark
          defer { arena.release(mark) }
          session.recogniser.step.shift(CollectionOfOne(head.node), terminal, fallback: .end, column: 0)
          let isExtra = language.isExtra(state, terminal)
          let place = isExtra ? completion.place(head) : completion.place(head).behind(terminal, completion)
          for node in session.recogniser.step.results {
            var next = head
            next.node = node
            all += 1
            guard completion.isProven(next.node) else { continue }
            proven += 1
            #expect(
              completion.isCompletableByWalk(node, hole: 0, place), "behind \(end) bytes and terminal \(terminal.index)"
            )
          }
        }
      }
    }
    // Else the proof would be of no use.
    #expect(proven * 2 > all, "\(proven) of \(all) are proven")
  }

  /// Verdicts hold for a stack that has what each of them needs.
  @Test func verdictsNeedWhatProvedThem() {
    var none = NeededProofs()
    #expect(none.hold(for: 0))
    var one = NeededProofs()
    one.use(0b11)
    #expect(one.hold(for: 0b01) && one.hold(for: 0b10) && !one.hold(for: 0b00))
    one.use(0b10)
    #expect(!one.hold(for: 0b01) && one.hold(for: 0b10))
    one.use(0b01)
    #expect(!one.hold(for: 0b01) && !one.hold(for: 0b10) && one.hold(for: 0b11))
    none.merge(one)
    #expect(!none.hold(for: 0b01) && none.hold(for: 0b11))
  }

  /// In a dialect in which a text is one value, what stands over a first one is doubtful.
  @Test func whatADialectForbidsIsDoubtful() throws {
    let plain = try TestLanguages.language("json").holeClosure(allowsOtherContexts: false)
    let strict = try TestLanguages.language("json", dialect: true)
    let closure = strict.holeClosure(allowsOtherContexts: false)
    func doubts(_ closure: HoleClosure) -> Int { (0..<strict.stateCount).count { closure.hasDoubts(UInt16($0)) } }
    #expect(doubts(closure) > doubts(plain))
    let recogniser = HoleRecogniser(strict, prefix: Array("[1] ".utf8), segments: [[]])
    #expect(!recogniser.canAppend(Array("[".utf8)))
    #expect(HoleRecogniser(strict, prefix: Array("[1, ".utf8), segments: [[]]).canAppend(Array("[".utf8)))
  }
}
