public import Denoiser
public import Grammar
import Recognition
import Syntax

/// Repairs texts of one language. Belongs to one task at a time.
public final class Repairer {
  public let grammar: Grammar
  private let language: Language
  private let judge: SyntaxJudge
  private let generator: EditGenerator
  private let ranking: Denoiser?
  private let reference: ReferenceJudge?

  /// Throws `grammar` for a dialect that does not fit, `badRewrite` for a pattern that is none.
  ///
  /// - Parameter ranking: the model that chooses among repairs of about the same cost; nil for the parser alone.
  public init(_ grammar: Grammar, ranking: Denoiser? = nil) throws(RepairError) {
    self.grammar = grammar
    self.ranking = ranking
    reference = grammar.dialect.validator == nil ? try ReferenceJudge(grammar) : nil
    do {
      language = try Language(grammar)
      judge = try SyntaxJudge(grammar)
    } catch {
      throw .grammar(name: grammar.name, reason: "\(error)")
    }
    generator = try EditGenerator(language)
  }

  /// Looks for repairs of `text`.
  ///
  /// A text that the runtime finds clean and the dialect allows is valid unless the language's own parser tells where
  /// its syntax is wrong; what that parser accepts is valid whatever the runtime says. What is proposed has been
  /// checked with both.
  public func repair(_ text: [UInt8], _ options: RepairOptions = RepairOptions()) -> RepairOutcome {
    let isClean = isValid(text)
    let verdict = options.asksReference ? reference?.verdict(on: text) : nil
    if verdict?.acceptsSyntax ?? isClean { return .valid }
    var refusal: Int?
    if isClean {
      guard case .rejected(let offset?)? = verdict else { return .valid }
      refusal = offset
    }
    do {
      _ = try judge.parser.parse(text)
    } catch {
      return .unrepaired(reason: "\(error)", offset: 0)
    }
    let search = RepairSearch(language, judge: judge, generator: generator, options: options)
    var found: (solutions: [RepairSearch.Solution], failure: Int?, timedOut: Bool) = ([], refusal, false)
    if !isClean { found = search.run(text) }
    let isLossless = generator.hints.lossless == true
    var lossy: [String] = []
    /// Checks solutions once more and says what they lose.
    func proposals(_ solutions: [RepairSearch.Solution]) -> [RepairProposal] {
      var proposals: [RepairProposal] = []
      for solution in solutions.sorted(by: { $0.cost < $1.cost }) {
        let lost = PieceScanner.lostWords(from: text, in: solution.text)
        if isLossless, !lost.isEmpty {
          lossy = lost
          continue
        }
        if solution.text.allSatisfy(PieceScanner.isBlank) { continue }
        guard isValid(solution.text), judge.parser.accepts(solution.text) else { continue }
        proposals.append(RepairProposal(text: solution.text, script: solution.script, cost: solution.cost, lost))
      }
      return proposals
    }
    var best = proposals(found.solutions)
    if let ranking { best = ranked(best, ModelRanking(denoiser: ranking)) }
    if verdict != nil, let reference {
      let known = refusal.map { [(RepairSearch.Solution(text: text), $0)] } ?? []
      best = refereed(text, best, known, reference, search, options, proposals)
    }
    if !best.isEmpty { return .repaired(Array(best.prefix(options.proposals))) }
    let reason =
      if !lossy.isEmpty {
        "every repair found would lose words: \(lossy.prefix(5).joined(separator: ", "))"
      } else if found.timedOut {
        "no repair found within \(options.timeout) s"
      } else if isClean {
        "the language's own parser refuses this, and no repair was found that it accepts"
      } else {
        "no repair found"
      }
    return .unrepaired(reason: reason, offset: found.failure ?? 0)
  }

  /// How much dearer a proposal may be than the first with right syntax to come before it for its meaning.
  private static let meaningMargin = 0.5

  /// Puts a proposal that the language's own parser accepts first; where it refuses all of the first few, the search
  /// goes on from the places that it names.
  private func refereed(
    _ text: [UInt8], _ proposals: [RepairProposal], _ known: [(RepairSearch.Solution, Int)],
    _ reference: ReferenceJudge,
    _ search: RepairSearch, _ options: RepairOptions, _ checked: ([RepairSearch.Solution]) -> [RepairProposal]
  ) -> [RepairProposal] {
    func first(_ index: Int) -> [RepairProposal] {
      [proposals[index]] + proposals[..<index] + proposals[(index + 1)...]
    }
    var refused: [(solution: RepairSearch.Solution, offset: Int)] = known.map { ($0.0, $0.1) }
    var rightSyntax: Int?
    for (index, proposal) in proposals.prefix(options.proposals).enumerated() {
      if let rightSyntax, proposal.cost > proposals[rightSyntax].cost + Self.meaningMargin { continue }
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
    return checked(search.run(text, refused) { reference.verdict(on: $0) }) + proposals
  }

  /// How much a nat per token counts against the cost of edits. Fitted on people's fixes of Python snippets.
  private static let likelihoodWeight = 0.1

  /// Orders proposals by their cost and by how likely the model finds the text around the edits.
  private func ranked(_ proposals: [RepairProposal], _ ranking: ModelRanking) -> [RepairProposal] {
    guard proposals.count > 1 else { return proposals }
    var scored: [(score: Double, proposal: RepairProposal)] = []
    for var proposal in proposals.prefix(RepairSearch.wantedSolutions) {
      proposal.likelihood = ranking.likelihood(proposal.text, proposal.edits)
      scored.append((proposal.cost - Self.likelihoodWeight * (proposal.likelihood ?? -10), proposal))
    }
    return scored.enumerated().sorted { ($0.element.score, $0.offset) < ($1.element.score, $1.offset) }
      .map(\.element.proposal)
  }

  /// Whether a text is of the language: by the dialect's validator if it names one, else by the runtime and the dialect.
  private func isValid(_ text: [UInt8]) -> Bool {
    guard judge.accepts(text) else { return false }
    if grammar.dialect.validator != nil { return true }
    let recogniser = Recogniser(language)
    return grammar.reading.apply(text).withUnsafeBufferPointer { recogniser.accepts($0) }
  }
}
