import CGrammar

/// A generated lexer as an automaton over code points, read out of a build whose macros report instead of advancing.
///
/// Every state that can be reached from the start states is tried with every Unicode scalar value, so the result is
/// exact whatever C code the generator wrote; parsing that code would have tied us to one generator's style.
struct LexerProbe {
  /// A state's transitions in ascending order; code points in no range have none.
  struct State {
    var ranges: [EspalierLexRange] = []
    var accepted: UInt16 = LexicalAutomaton.noTerminal
    var end: UInt16 = LexicalAutomaton.dead
  }

  /// By the generator's state number; states that cannot be reached are empty.
  private(set) var states: [State] = []

  /// Explores the main lexer, or the keyword lexer, from `starts`.
  ///
  /// `language` must come from a probe build. O(reachable states × 1.1 million): 1 to 5 ms a state.
  /// Throws `irregularLexer` if what a state accepts depends on the code point, `limitExceeded` if the state numbers
  /// outgrow a transition.
  init(language: UnsafeRawPointer, keywords: Bool, starts: Set<UInt16>, name: String) throws(GrammarError) {
    var queue = starts.sorted()
    var seen = starts
    // The largest lexers known have a few thousand ranges in a state.
    var buffer = [EspalierLexRange](repeating: EspalierLexRange(), count: 1 << 16)
    var head = 0
    while head < queue.count {
      let number = queue[head]
      head += 1
      guard number < LexicalAutomaton.stateMask else {
        throw .limitExceeded(
          grammar: name, what: "lexer states", given: Int(number) + 1, limit: Int(LexicalAutomaton.stateMask))
      }
      var answer = EspalierLexState()
      let isRegular = buffer.withUnsafeMutableBufferPointer {
        espalier_probe_state(language, keywords, number, $0.baseAddress, Int32($0.count), &answer)
      }
      guard isRegular else { throw .irregularLexer(grammar: name, state: Int(number)) }

      var state = State()
      state.ranges = Array(buffer[..<Int(answer.range_count)])
      if answer.accepted >= 0 { state.accepted = UInt16(truncatingIfNeeded: answer.accepted) }
      var targets = state.ranges.map(\.target)
      if answer.end_target >= 0 {
        // A skip at the end of input moves nothing.
        let target = UInt16(truncatingIfNeeded: answer.end_target)
        state.end = target
        targets.append(target)
      }
      for target in targets where seen.insert(target).inserted { queue.append(target) }

      let missing = Int(number) + 1 - states.count
      if missing > 0 { states.append(contentsOf: repeatElement(State(), count: missing)) }
      states[Int(number)] = state
    }
  }
}
