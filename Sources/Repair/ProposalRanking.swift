import Foundation

/// Which of several repairs comes first, and why.
///
/// What edits cost, what the rest of the text makes of them and what the model makes of them are weighed against each
/// other. The weights are fitted on damages made on purpose (`espalier audit repair --synthetic … --fit`).
struct ProposalRanking {
  /// How much a nat of `TextHabits.gain` counts against the cost of edits.
  static let gainWeight = 0.14
  /// How much the logit of the model's error head counts.
  static let damageWeight = 0.7
  /// How much a nat per token counts for a model without an error head.
  static let likelihoodWeight = 0.1
  /// How much worse than another a repair must be to be less likely by a factor of e.
  private static let temperature = 0.55
  /// How much dearer a proposal may be than the first with right syntax to come before it for its meaning.
  private static let meaningMargin = 0.5

  let habits: TextHabits
  let options: RepairOptions

  /// A solution to be checked.
  struct Candidate {
    var solution: RepairSearch.Solution
    var gain: Double
    /// The solution with the blanks that the text would have there, and as it was found.
    var spellings: [RepairSearch.Solution]
    var score: Double { solution.cost - gainWeight * gain }
  }

  /// Solutions for `text`, the best first; those that are as good as each other as found for seed 0, else shuffled. Of
  /// those that differ in blanks only, the first.
  func ordered(_ solutions: [RepairSearch.Solution], of text: [UInt8]) -> [Candidate] {
    let candidates = solutions.map { solution in
      let edits = solution.script.edits
      let spaced = habits.spaced(edits, of: text)
      var spellings = [solution]
      if spaced != edits {
        let script = EditScript(count: text.count, spaced)
        spellings.insert(.init(text: EditScript.apply(spaced, to: text), script: script, cost: solution.cost), at: 0)
      }
      return Candidate(solution: solution, gain: habits.gain(edits, of: text), spellings: spellings)
    }
    let sorted = candidates.enumerated().map { index, candidate in
      (
        (candidate.score * 1_000_000).rounded(),
        options.seed == 0 ? UInt64(index) : mixed(options.seed &+ UInt64(index)), candidate
      )
    }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    return distinct(sorted, of: text)
  }

  /// The finaliser of SplitMix64.
  private func mixed(_ value: UInt64) -> UInt64 {
    var value = value &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// The first of those candidates for `text` that differ only in where something was inserted between blanks. O(bytes
  /// between the first edit and the last).
  private func distinct(_ candidates: [Candidate], of text: [UInt8]) -> [Candidate] {
    let edits = candidates.flatMap {
      [$0.solution.script.edits.first, $0.solution.script.edits.last].compactMap(\.self)
    }
    var low = edits.map(\.range.lowerBound).min() ?? 0
    while low > 0, text[low - 1] != 0x0A { low -= 1 }
    let tail = text.count - (edits.map(\.range.upperBound).max() ?? text.count)
    var seen: Set<[UInt8]> = []
    return candidates.filter { candidate in
      var pieces: [UInt8] = []
      var hasBlank = false
      for byte in candidate.solution.text[low..<candidate.solution.text.count - tail] {
        if byte == 0x20 || byte == 0x09, pieces.last.map({ $0 != 0x0A }) ?? false {
          hasBlank = true
          continue
        }
        if hasBlank, PieceScanner.isWordByte(byte), PieceScanner.isWordByte(pieces[pieces.count - 1]) {
          pieces.append(0x20)
        }
        hasBlank = false
        pieces.append(byte)
      }
      return seen.insert(pieces).inserted
    }
  }

  /// Orders proposals anew, with what the model makes of them.
  func ranked(_ proposals: [RepairProposal], _ model: ModelRanking) -> [RepairProposal] {
    guard let best = proposals.first, proposals.count > 1 else { return proposals }
    let count = proposals.prefix { score($0) <= score(best) + options.modelMargin }.count
    guard count > 1 else { return proposals }
    var scored: [(score: Double, index: Int, proposal: RepairProposal)] = []
    for (index, proposal) in proposals.prefix(count).enumerated() {
      var proposal = proposal
      proposal.judgement = model.judgement(proposal.text, proposal.script.edits)
      scored.append((score(proposal), index, proposal))
    }
    scored.sort { ($0.score, $0.index) < ($1.score, $1.index) }
    if scored[0].index != 0 { scored[0].proposal.chosenBy = .model }
    return scored.map(\.proposal) + proposals[count...]
  }

  /// Puts a proposal that the language's own parser accepts first; where it refuses all, those that `further` finds from
  /// the places that it names.
  func refereed(
    _ proposals: [RepairProposal], ask: ([UInt8]) -> ReferenceJudge.Verdict?,
    further: ([(solution: RepairSearch.Solution, offset: Int)]) -> [RepairProposal]
  ) -> [RepairProposal] {
    var proposals = proposals
    func first(_ index: Int) -> [RepairProposal] {
      if index == 0 { return proposals }
      var chosen = proposals[index]
      chosen.chosenBy = .reference
      return [chosen] + proposals[..<index] + proposals[(index + 1)...]
    }
    var refused: [(solution: RepairSearch.Solution, offset: Int)] = []
    var rightSyntax: Int?
    for index in proposals.indices {
      let proposal = proposals[index]
      if let rightSyntax, proposal.cost > proposals[rightSyntax].cost + Self.meaningMargin { continue }
      guard let verdict = ask(proposal.text) else { return proposals }
      proposals[index].reference = .init(verdict)
      switch verdict {
      case .accepted: return first(index)
      case .wrongMeaning: rightSyntax = rightSyntax ?? index
      case .rejected(let offset):
        let solution = RepairSearch.Solution(text: proposal.text, script: proposal.script, cost: proposal.cost)
        proposals[index].refusal = offset
        if let offset { refused.append((solution, offset)) }
      }
    }
    if let rightSyntax { return first(rightSyntax) }
    return further(refused).map { proposal in
      var proposal = proposal
      proposal.chosenBy = .reference
      proposal.reference = ask(proposal.text).map { .init($0) }
      return proposal
    } + proposals
  }

  /// The proposals with the edits marked that all of them make, and with their confidences.
  func judged(_ proposals: [RepairProposal]) -> [RepairProposal] {
    let best = proposals.map(score).min() ?? 0
    let weights = proposals.map { exp(-(score($0) - best) / Self.temperature) }
    let sum = weights.reduce(0, +)
    let edits = proposals.map(\.edits)
    let shared = edits.dropFirst().reduce(Set(edits.first ?? [])) { $0.intersection($1) }
    return zip(proposals, weights).map { proposal, weight in
      var proposal = proposal
      proposal.forcedEdits = shared
      proposal.confidence = weight / sum
      return proposal
    }
  }

  private func score(_ proposal: RepairProposal) -> Double {
    let own = proposal.cost - Self.gainWeight * proposal.gain
    return switch proposal.judgement {
    case .damage(let logit): own + Self.damageWeight * logit
    case .likelihood(let likelihood): own - Self.likelihoodWeight * likelihood
    case nil: own
    }
  }
}

extension RepairProposal.Reference {
  init(_ verdict: ReferenceJudge.Verdict) {
    switch verdict {
    case .accepted: self = .accepted
    case .wrongMeaning: self = .wrongMeaning
    case .rejected: self = .rejected
    }
  }
}
