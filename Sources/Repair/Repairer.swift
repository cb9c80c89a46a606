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
  private let load: () throws -> Denoiser?
  /// Loaded when there is something to choose.
  private lazy var model = (try? load()).map(ModelRanking.init)
  private let reference: ReferenceJudge?
  /// When the work on the present text is to end.
  private var deadline: ContinuousClock.Instant? {
    didSet { judge.parser.deadline = deadline }
  }

  /// Throws `grammar` for a dialect that does not fit, `badRewrite` and `badPattern` for patterns that are none.
  ///
  /// - Parameter model: gives the model that chooses among repairs of about the same cost; called when there is
  ///   something to choose. nil leaves the choice to the parser alone.
  public init(_ grammar: Grammar, model: @escaping () throws -> Denoiser? = { nil }) throws(RepairError) {
    self.grammar = grammar
    load = model
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
    var outcome = RepairOutcome.valid
    repair([text], options) { outcome = $1 }
    return outcome
  }

  /// Looks for repairs of each of `texts` and gives each outcome to `each`, with the text's index. The language's own
  /// parser is asked about all of them at once.
  public func repair(
    _ texts: [[UInt8]], _ options: RepairOptions = RepairOptions(), each: (Int, RepairOutcome) -> Void
  ) {
    let start = ContinuousClock.now
    let verdicts =
      options.asksReference ? reference?.verdicts(on: texts, timeout: min(10, 0.5 * options.timeout)) : nil
    let spent = (ContinuousClock.now - start) / max(1, texts.count)
    for (index, text) in texts.enumerated() {
      let deadline = ContinuousClock.now + .seconds(options.timeout) - spent
      each(index, repair(text, verdicts?[index], options, deadline))
    }
  }

  private func repair(
    _ text: [UInt8], _ verdict: ReferenceJudge.Verdict?, _ options: RepairOptions,
    _ deadline: ContinuousClock.Instant
  ) -> RepairOutcome {
    guard text.count <= SyntaxParser.byteLimit else {
      return .unrepaired(
        reason: "\(SyntaxError.inputTooLarge(given: text.count, limit: SyntaxParser.byteLimit))", offset: 0)
    }
    self.deadline = deadline
    defer { self.deadline = nil }
    let isClean = isValid(text)
    if !isClean, ContinuousClock.now > deadline {
      return .unrepaired(reason: "no repair found within \(options.timeout) s", offset: 0)
    }
    if verdict?.acceptsSyntax ?? isClean { return .valid }
    var refusal: Int?
    if isClean {
      guard case .rejected(let offset?)? = verdict else { return .valid }
      refusal = offset
    }
    // What is found has to be checked.
    let end = ContinuousClock.now + ContinuousClock.now.duration(to: deadline) * 0.7
    let search = RepairSearch(language, judge: judge, generator: generator, options: options, deadline: end)
    var found: (solutions: [RepairSearch.Solution], failure: Int?, timedOut: Bool) = ([], refusal, false)
    if let refusal { search.learn(text, around: refusal) } else { found = search.run(text) }
    let ranking = ProposalRanking(habits: search.habits, options: options)
    let ordered = ranking.ordered(found.solutions, of: text)
    var (proposals, lossy, deletesTooMuch) = checked(ordered, of: text, options, deadline)
    if proposals.count > 1, let model { proposals = ranking.ranked(proposals, model) }
    if verdict != nil, let reference, ContinuousClock.now < deadline {
      let known = refusal.map { [(RepairSearch.Solution(text: text), $0)] } ?? []
      let ask = { (text: [UInt8]) -> ReferenceJudge.Verdict? in
        let left = ContinuousClock.now.duration(to: deadline) / .seconds(1)
        return left > 0 ? reference.verdict(on: text, timeout: min(10, left)) : nil
      }
      proposals = ranking.refereed(proposals, ask: ask) { refused in
        let further = search.run(text, known + refused, referee: ask)
        return self.checked(ranking.ordered(further, of: text), of: text, options, deadline).proposals
      }
    }
    // What stops earlier than before would be worse.
    if case .rejected(let before?)? = verdict { proposals.removeAll { ($0.refusal ?? before) < before } }
    if !proposals.isEmpty {
      return .repaired(Array(ranking.judged(Array(proposals.prefix(options.proposals)))))
    }
    let reason =
      if !lossy.isEmpty {
        "every repair found would lose words: \(lossy.prefix(5).joined(separator: ", "))"
      } else if deletesTooMuch {
        "every repair found would delete or hide too much"
      } else if found.timedOut {
        "no repair found within \(options.timeout) s"
      } else if isClean {
        "the language's own parser refuses this, and no repair was found that it accepts"
      } else {
        "no repair found"
      }
    return .unrepaired(reason: reason, offset: found.failure ?? 0)
  }

  /// The first of the solutions as proposals, checked once more, in their order; and what others would have lost
  /// that must not lose anything. Behind the deadline one is enough.
  private func checked(
    _ candidates: [ProposalRanking.Candidate], of text: [UInt8], _ options: RepairOptions,
    _ deadline: ContinuousClock.Instant
  ) -> (proposals: [RepairProposal], lossy: [String], deletesTooMuch: Bool) {
    var proposals: [RepairProposal] = []
    var lossy: [String] = []
    var deletesTooMuch = false
    let limit = max(RepairOptions.minimumDeletion, Int(options.maximumDeletion * Double(Self.weight(text[...]))))
    var variety = ProposalVariety(generator.scanner, keywords: generator.keywords)
    var terminals: Set<[TerminalPrint]> = []
    // Those too much like others come when there are too few.
    var like: [ProposalRanking.Candidate] = []
    func check(_ candidate: ProposalRanking.Candidate) {
      for solution in candidate.spellings {
        let edits = solution.script.edits
        let lost = PieceScanner.lostWords(by: edits, from: text)
        if generator.hints.lossless == true, !lost.isEmpty {
          lossy = lost
          continue
        }
        if solution.text.allSatisfy(PieceScanner.isBlank) { continue }
        guard deletes(solution.script, of: text) <= limit else {
          deletesTooMuch = true
          continue
        }
        guard isValid(solution.text) else { continue }
        // A validator decides without the grammar.
        if grammar.dialect.validator != nil, !judge.parser.accepts(solution.text) { continue }
        if let print = terminalPrint(solution.text) {
          if hides(print, edits, moreThan: limit) {
            deletesTooMuch = true
            continue
          }
          // Of those with the same terminals, the first.
          if !terminals.insert(print).inserted { return }
        }
        variety.take(edits, of: text)
        var proposal = RepairProposal(text: solution.text, script: solution.script, cost: solution.cost, lost)
        proposal.gain = candidate.gain
        proposals.append(proposal)
        return
      }
    }
    var isEnough: Bool {
      proposals.count >= options.proposals || !proposals.isEmpty && ContinuousClock.now > deadline
    }
    for candidate in candidates where !isEnough {
      if variety.admits(candidate.solution.script.edits, of: text) { check(candidate) } else { like.append(candidate) }
    }
    for candidate in like where !isEnough { check(candidate) }
    return (proposals, lossy, deletesTooMuch)
  }

  /// One node of a tree: its kind, its children, and a leaf's bytes.
  private struct TerminalPrint: Hashable {
    var kind: SymbolID
    var children: Int
    var bytes: ArraySlice<UInt8>
  }
  /// The longest text whose terminals are compared, in bytes.
  private static let printLimit = 100_000

  /// The same for texts of the same terminals; nil if it is not told. O(bytes).
  private func terminalPrint(_ text: [UInt8]) -> [TerminalPrint]? {
    guard text.count <= Self.printLimit, let tree = try? judge.parser.parse(text) else { return nil }
    var print: [TerminalPrint] = []
    var cursor = tree.root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.isExtra, !node.isError { return false }
      let isLeaf = node.childCount == 0
      print.append(
        TerminalPrint(
          kind: node.symbol, children: node.childCount, bytes: isLeaf ? text[node.byteRange] : []))
      return true
    }
    return print
  }

  /// Whether one terminal next to an edit has taken in more than `limit` bytes that are symbols for the most part: code
  /// in quotes is gone, too. O(terminals × edits).
  private func hides(_ terminals: [TerminalPrint], _ edits: [TextEdit], moreThan limit: Int) -> Bool {
    var shift = 0
    let written = edits.map { edit in
      let start = edit.range.lowerBound + shift
      shift += edit.growth
      return start...start + edit.replacement.count
    }
    return terminals.contains { terminal in
      let bytes = terminal.bytes
      guard bytes.count > limit, written.contains(where: { $0.overlaps(bytes.startIndex...bytes.endIndex) }) else {
        return false
      }
      let weight = Self.weight(bytes)
      return weight > limit && 2 * bytes.count(where: PieceScanner.isWordByte) < weight
    }
  }

  /// Bytes that are no blanks.
  private static func weight(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { !PieceScanner.isBlank($0) } }

  /// How many bytes that are no blanks a script deletes and does not write again.
  private func deletes(_ script: EditScript, of text: [UInt8]) -> Int {
    script.edits.reduce(0) { $0 + max(0, Self.weight(text[$1.range]) - Self.weight($1.replacement[...])) }
  }

  /// Whether a text is of the language: by the dialect's validator if it names one, else by the runtime and the dialect.
  public func isValid(_ text: [UInt8]) -> Bool {
    if grammar.dialect.validator != nil { return judge.accepts(text) }
    // It stops at the first mistake, where the runtime would go on.
    let recogniser = Recogniser(language)
    recogniser.deadline = deadline
    return grammar.reading.apply(text).withUnsafeBufferPointer { recogniser.accepts($0) } && judge.accepts(text)
  }
}
