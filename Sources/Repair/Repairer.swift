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
  private let model: () throws -> Denoiser?
  /// Loaded when there is something to choose.
  private lazy var ranking = (try? model()).map(ModelRanking.init)
  private let reference: ReferenceJudge?

  /// Throws `grammar` for a dialect that does not fit, `badRewrite` and `badPattern` for patterns that are none.
  ///
  /// - Parameter model: gives the model that chooses among repairs of about the same cost; called when there is
  ///   something to choose. nil leaves the choice to the parser alone.
  public init(_ grammar: Grammar, model: @escaping () throws -> Denoiser? = { nil }) throws(RepairError) {
    self.grammar = grammar
    self.model = model
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
    repair([text], options)[0]
  }

  /// Looks for repairs of each of `texts`. The language's own parser is asked about all of them at once.
  public func repair(_ texts: [[UInt8]], _ options: RepairOptions = RepairOptions()) -> [RepairOutcome] {
    let verdicts = options.asksReference ? reference?.verdicts(on: texts, timeout: min(10, options.timeout)) : nil
    return texts.indices.map { repair(texts[$0], verdicts?[$0], options) }
  }

  private func repair(
    _ text: [UInt8], _ verdict: ReferenceJudge.Verdict?, _ options: RepairOptions
  ) -> RepairOutcome {
    let deadline = ContinuousClock.now + .seconds(options.timeout)
    let isClean = isValid(text)
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
    let search = RepairSearch(language, judge: judge, generator: generator, options: options, deadline: deadline)
    var found: (solutions: [RepairSearch.Solution], failure: Int?, timedOut: Bool) = ([], refusal, false)
    if !isClean { found = search.run(text) }
    var (proposals, lossy) = checked(found.solutions, of: text, deadline)
    proposals = ProposalRanking.shuffled(proposals, seed: options.seed)
    if proposals.count > 1, let ranking { proposals = ProposalRanking.ranked(proposals, ranking) }
    if verdict != nil, let reference, ContinuousClock.now < deadline {
      let known = refusal.map { [(RepairSearch.Solution(text: text), $0)] } ?? []
      proposals = ProposalRanking.refereed(proposals, reference, limit: options.proposals) { refused in
        let further = search.run(text, known + refused) { reference.verdict(on: $0) }
        return self.checked(further, of: text, deadline).proposals
      }
    }
    if !proposals.isEmpty {
      return .repaired(ProposalRanking.withForcedEdits(proposals).prefix(options.proposals).map { $0 })
    }
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

  /// The solutions as proposals, checked once more, the cheapest first; and what others would have lost that must not
  /// lose anything. Behind the deadline one is enough.
  private func checked(
    _ solutions: [RepairSearch.Solution], of text: [UInt8], _ deadline: ContinuousClock.Instant
  ) -> (proposals: [RepairProposal], lossy: [String]) {
    var proposals: [RepairProposal] = []
    var lossy: [String] = []
    for solution in solutions.sorted(by: { $0.cost < $1.cost }) {
      if !proposals.isEmpty, ContinuousClock.now > deadline { break }
      let lost = PieceScanner.lostWords(from: text, in: solution.text)
      if generator.hints.lossless == true, !lost.isEmpty {
        lossy = lost
        continue
      }
      if solution.text.allSatisfy(PieceScanner.isBlank) { continue }
      guard isValid(solution.text) else { continue }
      // A validator decides without the grammar.
      if grammar.dialect.validator != nil, !judge.parser.accepts(solution.text) { continue }
      proposals.append(RepairProposal(text: solution.text, script: solution.script, cost: solution.cost, lost))
    }
    return (proposals, lossy)
  }

  /// Whether a text is of the language: by the dialect's validator if it names one, else by the runtime and the dialect.
  public func isValid(_ text: [UInt8]) -> Bool {
    guard judge.accepts(text) else { return false }
    if grammar.dialect.validator != nil { return true }
    let recogniser = Recogniser(language)
    return grammar.reading.apply(text).withUnsafeBufferPointer { recogniser.accepts($0) }
  }
}
