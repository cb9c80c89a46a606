import Grammar

/// Which stacks some text in a hole completes, whatever they are: those without a *doubtful* pair of states, one over the
/// other.
///
/// An LR parser shifts nothing that cannot be completed. The rules of a dialect take ways away and tables merge states, so
/// this is proved for the tables as they are. A key over a state is certain if exits of it lead to certain keys over every
/// state that can stand where they pop to. This is a greatest fixpoint, since blocks lie in blocks, of which the proof must
/// not go in circles: exits that pop two states or more make the stack lower, and those that pop one have to lead to what was
/// certain before. Which states can stand over which others is a part of the proof: pairs of which it cannot be proved are
/// doubtful, stacks with them are left out, and the proof begins again, so that they spoil nothing else.
///
/// Of a stack on which three states together spoil something, one of the pairs has to be doubtful, and which of them makes
/// fewer stacks doubtful depends on the language. So there are two proofs with different choices, and a stack is proven if one
/// of them proves it.
struct StackProof {
  private let language: Language
  private let summary: RightSummary
  /// Shape (states): the states that one can stand over, in ascending order, and which of them still count.
  private let below: [[UInt16]]
  private var isKept: [[Bool]]
  private var pairs: [Pair] = []
  /// By key: the number of the first pair, -1 if it has none yet; the others follow as `below` has them.
  private var firstPairs: [Int32] = []
  private var open: [Int32] = []
  /// Where pops can end, and which of them still count.
  private var landings: [[UInt16]] = []
  private var isLanding: [[Bool]] = []
  private var pops: [Pop] = []
  private var popNumbers: [Pop: Int32] = [:]
  private var targets: [Target] = []
  private var targetNumbers: [TargetKey: Int32] = [:]

  /// A key over a state.
  private struct Pair {
    var key: Int32
    /// An index of `below`.
    var base: Int32
    /// No reduction has been taken where it stands.
    var isFree: Bool
    /// Where exits lead that pop no more than the key's state.
    var own: [Int32] = []
    /// In `targets`: where the others lead, by how many states they pop.
    var lower: [[Int32]] = []
  }
  /// `count` states are still to be popped below `state`.
  private struct Pop: Hashable {
    var state: UInt16
    var count: UInt8
  }
  private struct TargetKey: Hashable {
    var pop: Int32
    var symbol: UInt16
    var position: Int32
  }
  /// The pairs that a goto leads to behind a pop, -1 for none. Shape (landings of the pop).
  private struct Target {
    var pop: Int32
    var pairs: [Int32]
  }
  /// Whether not the pair that fails is doubtful, but what makes it fail, where that can be told.
  private var looksForCauses = false
  /// A pop that goes below the lowest state.
  private static let bottom = UInt16.max

  /// A pair of states that is doubtful, the upper one in the higher half, and in which of the proofs, as bits.
  struct Doubt: BitwiseCopyable {
    var pair: UInt32
    var proofs: UInt32
  }

  /// How many proofs there are, each with doubtful pairs of its own.
  static let proofCount: UInt32 = 2

  /// What is doubtful, in the order of the pairs.
  ///
  /// - Parameter summary: of a hole that no text follows, with its first `keyCount` keys, those of the closure. It gets more.
  ///
  /// O(exits × states that they pop to) a round, some seconds for the largest grammars.
  static func doubts(_ summary: RightSummary, keyCount: Int) -> [Doubt] {
    var start = StackProof(summary)
    for key in 0..<Int32(keyCount) where start.line(key).lookaheads == .any { start.add(key) }
    while let key = start.open.popLast() { start.expand(key) }
    let kept = (0..<proofCount).map { number in
      var proof = start
      proof.looksForCauses = number > 0
      while proof.removeDoubts() {}
      return proof.isKept
    }
    var result: [Doubt] = []
    for (state, bases) in start.below.enumerated() {
      for (index, base) in bases.enumerated() {
        let proofs = kept.indices.reduce(UInt32(0)) { $0 | (kept[$1][state][index] ? 0 : 1 << UInt32($1)) }
        if proofs != 0 { result.append(Doubt(pair: UInt32(state) << 16 | UInt32(base), proofs: proofs)) }
      }
    }
    return result
  }

  private init(_ summary: RightSummary) {
    self.summary = summary
    language = summary.language
    below = Self.statesBelow(language)
    isKept = below.map { $0.map { _ in true } }
  }

  private static func statesBelow(_ language: Language) -> [[UInt16]] {
    var below: [Set<UInt16>] = Array(repeating: [], count: language.stateCount)
    let states = 0..<UInt16(language.stateCount)
    let extras = Set(states.flatMap { language.row($0).extraReductions.map(\.symbol.rawValue) })
    for state in states {
      for terminal in 0..<language.terminalCount {
        for action in language.actions(state, SymbolID(terminal)) where action.kind == .shift {
          below[Int(action.operand)].insert(state)
        }
      }
      for symbol in UInt16(language.terminalCount)..<UInt16(language.symbolCount) {
        let target = language.goto(state, symbol)
        // An extra leaves the stack as it was.
        if target != 0, target != state || !extras.contains(symbol) { below[Int(target)].insert(state) }
      }
    }
    return below.map { $0.sorted() }
  }

  private func line(_ key: Int32) -> LinePlace { summary.suffix.positions[summary.keys[key].position].line }

  private func state(_ pair: Pair) -> Int { Int(summary.keys[pair.key].state) }

  private func base(_ pair: Pair) -> UInt16 { below[state(pair)][Int(pair.base)] }

  private func isKept(_ pair: Pair) -> Bool { isKept[state(pair)][Int(pair.base)] }

  // MARK: What there is

  /// Numbers the pairs of a key.
  private mutating func add(_ key: Int32) {
    while firstPairs.count <= key { firstPairs.append(-1) }
    if firstPairs[Int(key)] >= 0 { return }
    firstPairs[Int(key)] = Int32(pairs.count)
    let isFree = line(key).lookaheads == .any
    for base in below[Int(summary.keys[key].state)].indices {
      pairs.append(Pair(key: key, base: Int32(base), isFree: isFree))
    }
    open.append(key)
  }

  private mutating func expand(_ key: Int32) {
    let state = Int(summary.keys[key].state)
    var exits: [RightSummary.Exit] = []
    var exit = summary.firstExit(UInt16(state), summary.keys[key].position)
    while exit >= 0 {
      let settled = summary[exit]
      let blocks = settled.exit.blocks
      // What asks for something of the blocks around may not find it.
      if blocks.inner == .any, blocks.outer == .any, blocks.brackets == .any { exits.append(settled.exit) }
      exit = settled.next
    }
    let byCount = Dictionary(grouping: exits, by: \.count).sorted { $0.key < $1.key }
    for index in below[state].indices {
      let pair = Int(firstPairs[Int(key)]) + index
      for (count, exits) in byCount where count > 0 {
        let numbers = exits.map { target($0, over: below[state][index]) }
        if count == 1 {
          pairs[pair].own = numbers.map { targets[Int($0)].pairs[0] }.filter { $0 >= 0 }
        } else {
          pairs[pair].lower.append(numbers)
        }
      }
    }
  }

  /// Where an exit leads over all states that can stand below `base`, as a number in `targets`.
  private mutating func target(_ exit: RightSummary.Exit, over base: UInt16) -> Int32 {
    let number = TargetKey(
      pop: number(Pop(state: base, count: exit.count - 1)), symbol: exit.symbol, position: exit.position)
    if let known = targetNumbers[number] { return known }
    let pairs = landings[Int(number.pop)].map { pair(exit, at: $0) }
    targets.append(Target(pop: number.pop, pairs: pairs))
    targetNumbers[number] = Int32(targets.count - 1)
    return Int32(targets.count - 1)
  }

  /// Where an exit leads that has popped all above `base`, -1 for nowhere.
  private mutating func pair(_ exit: RightSummary.Exit, at base: UInt16) -> Int32 {
    if base == Self.bottom { return -1 }
    let target = language.goto(base, exit.symbol & ~RightSummary.Exit.extraBit)
    if target == 0 || target == base && exit.symbol & RightSummary.Exit.extraBit != 0 { return -1 }
    let position = summary.suffix.narrowed(exit.position, by: target)
    guard position >= 0, let index = below[Int(target)].firstIndex(of: base) else { return -1 }
    _ = summary.firstExit(target, position)
    let key = summary.identifier(target, position)
    add(key)
    return firstPairs[Int(key)] + Int32(index)
  }

  private mutating func number(_ pop: Pop) -> Int32 {
    if let known = popNumbers[pop] { return known }
    let result = states(pop) { below[Int($0)] }
    landings.append(result)
    isLanding.append(result.map { _ in true })
    pops.append(pop)
    popNumbers[pop] = Int32(pops.count - 1)
    return Int32(pops.count - 1)
  }

  /// The states where a pop can end, in ascending order.
  private func states(_ pop: Pop, _ below: (UInt16) -> [UInt16]) -> [UInt16] {
    if pop.count == 0 { return [pop.state] }
    if pop.state == StateID.start.rawValue { return [Self.bottom] }
    if pop.count == 1 { return below(pop.state) }
    var result: Set<UInt16> = []
    for state in below(pop.state) { result.formUnion(states(Pop(state: state, count: pop.count - 1), below)) }
    return result.sorted()
  }

  // MARK: The proof

  /// Takes pairs of states out that cannot be proved, if there are any.
  private mutating func removeDoubts() -> Bool {
    updateLandings()
    var known = live()
    let dead = doubts(but: known)
    if !dead.isEmpty {
      takeOut(dead)
      return true
    }
    while true {
      let certain = leastFixpoint(within: known)
      if certain == known { return false }
      let failing = doubts(but: certain)
      if !failing.isEmpty {
        if looksForCauses { takeOutCauses(of: failing, certain, known) } else { takeOut(failing) }
        return true
      }
      known = certain
    }
  }

  /// The pairs that do not hold at some place where no reduction was taken.
  private func doubts(but holds: [Bool]) -> [Int] {
    pairs.indices.filter { pairs[$0].isFree && !holds[$0] && isKept(pairs[$0]) }
  }

  private mutating func takeOut(_ failing: [Int]) {
    for pair in failing { isKept[state(pairs[pair])][Int(pairs[pair].base)] = false }
  }

  /// Takes out what spoils pairs that are not certain.
  ///
  /// Mostly that is not the pair on top but the lowest one that its exits come to: `+` stands over an operand nearly
  /// everywhere, but where a list of names goes on. So where few of the places in which exits end are bad, or most of what
  /// stands over the same state fails, what is on top of these places is taken out, and the pair is for all others.
  private mutating func takeOutCauses(of failing: [Int], _ certain: [Bool], _ known: [Bool]) {
    var tops = [Int](repeating: 0, count: below.count)
    for state in below.indices {
      for base in keptBelow(UInt16(state)) { tops[Int(base)] += 1 }
    }
    let failures = Dictionary(failing.map { (base(pairs[$0]), 1) }, uniquingKeysWith: +)
    for pair in failing {
      let base = base(pairs[pair])
      let isMost = failures[base, default: 0] * 2 > tops[Int(base)]
      guard let cause = cause(of: pair, certain, known, isMost: isMost) else {
        takeOut([pair])
        continue
      }
      for above in states(Pop(state: cause.pop.state, count: cause.pop.count - 1), { keptBelow($0) }) {
        for (index, landing) in below[Int(above)].enumerated() where cause.landings.contains(landing) {
          isKept[Int(above)][index] = false
        }
      }
    }
  }

  /// The fewest places, all of one pop, without which a pair would be certain; nil if it is better taken out itself.
  ///
  /// - Parameter isMost: most of what stands over the pair's lower state fails as it does.
  private func cause(
    of pair: Int, _ certain: [Bool], _ known: [Bool], isMost: Bool
  ) -> (pop: Pop, landings: [UInt16])? {
    var result: (pop: Pop, landings: [UInt16])?
    var seen: Set<Int32> = [Int32(pair)]
    var open = [Int32(pair)]
    while let next = open.popLast() {
      for own in pairs[Int(next)].own where !certain[Int(own)] && seen.insert(own).inserted { open.append(own) }
      for numbers in pairs[Int(next)].lower {
        let pop = Int(targets[Int(numbers[0])].pop)
        let ends = landings[pop].indices.filter { isLanding[pop][$0] }
        let bad = ends.filter { index in !numbers.contains { holds(targets[Int($0)], index, known) } }
        let good = ends.count - bad.count
        guard good > (isMost ? 0 : bad.count), bad.count < result?.landings.count ?? .max else { continue }
        let states = bad.map { landings[pop][$0] }
        if !states.contains(Self.bottom) { result = (pops[pop], states) }
      }
    }
    return result
  }

  private func keptBelow(_ state: UInt16) -> [UInt16] {
    zip(below[Int(state)], isKept[Int(state)]).filter { $0.1 }.map { $0.0 }
  }

  private func holds(_ target: Target, _ index: Int, _ known: [Bool]) -> Bool {
    target.pairs[index] >= 0 && known[Int(target.pairs[index])]
  }

  private mutating func updateLandings() {
    // What stands over nothing is on no stack.
    while true {
      let isAlone = isKept.indices.map { !isKept[$0].contains(true) && $0 != Int(StateID.start.rawValue) }
      var hasChanged = false
      for state in isKept.indices {
        for (index, base) in below[state].enumerated() where isKept[state][index] && isAlone[Int(base)] {
          isKept[state][index] = false
          hasChanged = true
        }
      }
      if !hasChanged { break }
    }
    let kept = isKept.indices.map { keptBelow(UInt16($0)) }
    for (number, pop) in pops.enumerated() where pop.count > 0 {
      let left = Set(states(pop) { kept[Int($0)] })
      isLanding[number] = landings[number].map(left.contains)
    }
  }

  private func mayEnd(_ pair: Pair) -> Bool {
    language.mayEnd(UInt16(state(pair)), line(pair.key).lookaheads)
  }

  /// The pairs that are completed on some stack.
  private func live() -> [Bool] {
    var live = pairs.map { isKept($0) && mayEnd($0) }
    var isLive = targets.map { _ in false }
    let open = pairs.indices.filter { isKept(pairs[$0]) }
    while true {
      for (index, target) in targets.enumerated() where !isLive[index] {
        let isLanding = isLanding[Int(target.pop)]
        isLive[index] = target.pairs.indices.contains {
          isLanding[$0] && target.pairs[$0] >= 0 && live[Int(target.pairs[$0])]
        }
      }
      var hasChanged = false
      for index in open where !live[index] {
        let pair = pairs[index]
        if pair.own.contains(where: { live[Int($0)] })
          || pair.lower.contains(where: { $0.contains { isLive[Int($0)] } })
        {
          live[index] = true
          hasChanged = true
        }
      }
      if !hasChanged { return live }
    }
  }

  /// The pairs whose proof goes down to lower stacks with one of `known` on top, or to the end of the text.
  private func leastFixpoint(within known: [Bool]) -> [Bool] {
    let isSure = targets.map { target in
      let isLanding = isLanding[Int(target.pop)]
      return target.pairs.indices.allSatisfy { !isLanding[$0] || holds(target, $0, known) }
    }
    /// Exits that pop as many states: one of them for each landing.
    func hold(_ numbers: [Int32]) -> Bool {
      if numbers.contains(where: { isSure[Int($0)] }) { return true }
      let isLanding = isLanding[Int(targets[Int(numbers[0])].pop)]
      return isLanding.indices.allSatisfy { index in
        !isLanding[index] || numbers.contains { holds(targets[Int($0)], index, known) }
      }
    }
    var certain = pairs.indices.map { index in
      known[index] && (mayEnd(pairs[index]) || pairs[index].lower.contains(where: hold))
    }
    var open = pairs.indices.filter { known[$0] && !certain[$0] && !pairs[$0].own.isEmpty }
    while true {
      let count = open.count
      open.removeAll { pair in
        if pairs[pair].own.contains(where: { certain[Int($0)] }) { certain[pair] = true }
        return certain[pair]
      }
      if open.count == count { return certain }
    }
  }
}
