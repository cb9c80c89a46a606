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
    reference = grammar.dialect.validator == nil ? ReferenceJudge(grammar) : nil
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
  /// A text that the runtime finds clean and the dialect allows is valid, and so is one that the validator accepts
  /// which the dialect names. What is proposed has been checked with both.
  public func repair(_ text: [UInt8], _ options: RepairOptions = RepairOptions()) -> RepairOutcome {
    if isValid(text) { return .valid }
    if options.asksReference, reference?.accepts(text) == true { return .valid }
    do {
      _ = try judge.parser.parse(text)
    } catch {
      return .unrepaired(reason: "\(error)", offset: 0)
    }
    let search = RepairSearch(language, judge: judge, generator: generator, options: options)
    let (solutions, failure, timedOut) = search.run(text)
    let isLossless = generator.hints.lossless == true
    var lossy: [String] = []
    var proposals: [RepairProposal] = []
    for solution in solutions.sorted(by: { $0.cost < $1.cost }) {
      let lost = PieceScanner.lostWords(from: text, in: solution.text)
      if isLossless, !lost.isEmpty {
        lossy = lost
        continue
      }
      if solution.text.allSatisfy(PieceScanner.isBlank) { continue }
      guard isValid(solution.text), judge.parser.accepts(solution.text) else { continue }
      proposals.append(
        RepairProposal(text: solution.text, edits: solution.script.edits, cost: solution.cost, lostWords: lost))
    }
    if let ranking { proposals = ranked(proposals, ModelRanking(denoiser: ranking)) }
    if options.asksReference { proposals = acceptedFirst(proposals, limit: options.proposals) }
    if !proposals.isEmpty { return .repaired(Array(proposals.prefix(options.proposals))) }
    let reason =
      if !lossy.isEmpty {
        "every repair found would lose words: \(lossy.prefix(5).joined(separator: ", "))"
      } else if timedOut {
        "no repair found within \(options.timeout) s"
      } else {
        "no repair found"
      }
    return .unrepaired(reason: reason, offset: failure ?? 0)
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

  /// Puts a proposal that the language's own parser accepts first, if there is one among the first few.
  private func acceptedFirst(_ proposals: [RepairProposal], limit: Int) -> [RepairProposal] {
    guard let reference else { return proposals }
    for (index, proposal) in proposals.prefix(limit).enumerated() {
      guard let accepted = reference.accepts(proposal.text) else { return proposals }
      if accepted { return [proposal] + proposals[..<index] + proposals[(index + 1)...] }
    }
    return proposals
  }

  /// Whether a text is of the language: by the dialect's validator if it names one, else by the runtime and the dialect.
  private func isValid(_ text: [UInt8]) -> Bool {
    guard judge.accepts(text) else { return false }
    if grammar.dialect.validator != nil { return true }
    let recogniser = Recogniser(language)
    return text.withUnsafeBufferPointer { recogniser.accepts($0) }
  }
}
