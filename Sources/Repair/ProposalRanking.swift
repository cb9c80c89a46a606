/// Which of several repairs comes first, and why.
enum ProposalRanking {
  /// How much a nat per token counts against the cost of edits. Fitted on people's fixes of Python snippets.
  private static let likelihoodWeight = 0.1
  /// Repairs that are dearer than the cheapest by more than this are not shown to the model: it could not lift them.
  private static let modelMargin = 1.0
  /// How much dearer a proposal may be than the first with right syntax to come before it for its meaning.
  private static let meaningMargin = 0.5

  /// Proposals in the order of their cost; those of the same cost as found for seed 0, else shuffled.
  static func shuffled(_ proposals: [RepairProposal], seed: UInt64) -> [RepairProposal] {
    guard seed != 0 else { return proposals }
    return proposals.enumerated().map { index, proposal in
      ((proposal.cost * 1_000_000).rounded(), mixed(seed &+ UInt64(index)), proposal)
    }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// The first of those proposals that differ only in where something was inserted between blanks. O(bytes).
  private static func distinct(_ proposals: [RepairProposal]) -> [RepairProposal] {
    var seen: Set<[UInt8]> = []
    return proposals.filter { proposal in
      var pieces: [UInt8] = []
      var hasBlank = false
      for byte in proposal.text {
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

  /// Orders proposals by their cost and by how likely the model finds the text around the edits.
  static func ranked(_ proposals: [RepairProposal], _ ranking: ModelRanking) -> [RepairProposal] {
    let proposals = distinct(proposals)
    guard let cheapest = proposals.first, proposals.count > 1 else { return proposals }
    let count = proposals.prefix { $0.cost <= cheapest.cost + modelMargin }.count
    guard count > 1 else { return proposals }
    var scored: [(score: Double, index: Int, proposal: RepairProposal)] = []
    for (index, proposal) in proposals.prefix(count).enumerated() {
      var proposal = proposal
      proposal.likelihood = ranking.likelihood(proposal.text, proposal.script.edits)
      scored.append((proposal.cost - likelihoodWeight * (proposal.likelihood ?? -10), index, proposal))
    }
    scored.sort { ($0.score, $0.index) < ($1.score, $1.index) }
    if scored[0].index != 0 { scored[0].proposal.chosenBy = .model }
    return scored.map(\.proposal) + proposals[count...]
  }

  /// Puts a proposal that the language's own parser accepts first; where it refuses all of the first few, those that
  /// `further` finds from the places that it names.
  static func refereed(
    _ proposals: [RepairProposal], _ reference: ReferenceJudge, limit: Int,
    further: ([(solution: RepairSearch.Solution, offset: Int)]) -> [RepairProposal]
  ) -> [RepairProposal] {
    func first(_ index: Int) -> [RepairProposal] {
      if index == 0 { return proposals }
      var chosen = proposals[index]
      chosen.chosenBy = .reference
      return [chosen] + proposals[..<index] + proposals[(index + 1)...]
    }
    var refused: [(solution: RepairSearch.Solution, offset: Int)] = []
    var rightSyntax: Int?
    for (index, proposal) in proposals.prefix(limit).enumerated() {
      if let rightSyntax, proposal.cost > proposals[rightSyntax].cost + meaningMargin { continue }
      switch reference.verdict(on: proposal.text) {
      case .accepted: return first(index)
      case .wrongMeaning: rightSyntax = rightSyntax ?? index
      case .rejected(let offset):
        let solution = RepairSearch.Solution(text: proposal.text, script: proposal.script, cost: proposal.cost)
        if let offset { refused.append((solution, offset)) }
      case nil: return proposals
      }
    }
    if let rightSyntax { return first(rightSyntax) }
    return further(refused).map { proposal in
      var proposal = proposal
      proposal.chosenBy = .reference
      return proposal
    } + proposals
  }

  /// The proposals with the edits marked that all of them make.
  static func withForcedEdits(_ proposals: [RepairProposal]) -> [RepairProposal] {
    let edits = proposals.map(\.edits)
    let shared = edits.dropFirst().reduce(Set(edits.first ?? [])) { $0.intersection($1) }
    return proposals.map { proposal in
      var proposal = proposal
      proposal.forcedEdits = shared
      return proposal
    }
  }
}
