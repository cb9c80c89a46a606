import Foundation
import Grammar
import Recognition
import Syntax

/// Looks for the cheapest edits that make a text parse: a beam search over single edits, each tried by recognising the
/// text from shortly before the edit on.
final class RepairSearch {
  let recogniser: Recogniser
  let language: Language
  let judge: SyntaxJudge
  let generator: EditGenerator
  let options: RepairOptions
  let deadline: ContinuousClock.Instant
  /// Of the text that is to be repaired.
  private(set) var habits: TextHabits

  /// States kept from one level to the next, and bytes behind a failure that a trial looks at.
  static let beamWidth = 10
  /// The same where that leads nowhere.
  static let wideBeam = 60
  /// Texts without a failure nearby that are parsed to their ends although the beam is full.
  static let furtherTrials = 40
  /// Solutions to choose the proposals from.
  static let wantedSolutions = 80
  static let window = 1_500
  /// Boundaries before a failure that are kept; from further back, the text is parsed from its start.
  static let boundaryLimit = 20_000
  /// The part of the time left that a level may take to try edits.
  static let trialShare = 0.6
  /// How much dearer than the cheapest a solution may be to be looked at.
  static let margin = 2.0
  /// Terminals behind a failure after which an edit counts as right there.
  static let settledDistance = 10.0
  /// What the next edit is expected to cost, where one is needed, and where all of the window parses.
  static let expectedCost = 1.0
  static let rarelyNeededCost = 0.3

  struct Solution {
    var text: [UInt8]
    var script: EditScript
    var cost: Double

    init(text: [UInt8], script: EditScript, cost: Double) {
      self.text = text
      self.script = script
      self.cost = cost
    }

    /// A text without edits.
    init(text: [UInt8]) { self.init(text: text, script: EditScript(count: text.count), cost: 0) }
  }

  init(
    _ language: Language, judge: SyntaxJudge, generator: EditGenerator, options: RepairOptions,
    deadline: ContinuousClock.Instant
  ) {
    self.language = language
    recogniser = Recogniser(language)
    recogniser.deadline = deadline
    self.judge = judge
    habits = TextHabits([], around: 0, generator.scanner, keywords: [])
    self.generator = generator
    self.options = options
    self.deadline = deadline
  }

  /// The solutions found, the cheapest first, and where the original fails.
  func run(_ text: [UInt8]) -> (solutions: [Solution], failure: Int?, timedOut: Bool) {
    let original = unedited(text)
    if recogniser.wasInterrupted { return ([], nil, true) }
    guard let failure = original.failure else { return ([], nil, false) }
    learn(text, around: failure)
    var (solutions, timedOut) = explore([original], seen: [text], referee: nil)
    if solutions.isEmpty, !timedOut {
      (solutions, timedOut) = explore([original], seen: [text], width: Self.wideBeam, referee: nil)
    }
    return (solutions, failure, timedOut)
  }

  /// Learns how the text goes on elsewhere than at `offset`. O(bytes, up to a limit).
  func learn(_ text: [UInt8], around offset: Int) {
    habits = TextHabits(text, around: offset, generator.scanner, keywords: generator.keywords)
  }

  /// What the language's own parser says about a text that the grammar accepts; nil if it cannot be asked.
  typealias Referee = ([UInt8]) -> ReferenceJudge.Verdict?

  /// How often the language's own parser is asked about texts with the same number of edits.
  static let refereeCalls = 60
  /// What it costs if names or types do not fit.
  static let wrongMeaningCost = 1.5

  /// Goes on from texts that the grammar accepts and the language's own parser refuses at an offset, to the cheapest
  /// that it accepts; where that leads nowhere, starts again from `original` and asks about everything found.
  func run(
    _ original: [UInt8], _ refused: [(solution: Solution, offset: Int)], referee: @escaping Referee
  ) -> [Solution] {
    let states = refused.map { solution, offset in
      var state = unedited(solution.text)
      state.script = solution.script
      state.editCount = solution.script.edits.count
      state.cost = solution.cost
      state.failure = Self.start(behind: offset, solution.text)
      return state
    }
    let refusedTexts = Set(refused.map(\.solution.text))
    let found = explore(states, seen: refusedTexts, referee: referee).solutions
    if !found.isEmpty || refusedTexts.contains(original) { return found }
    return explore([unedited(original)], seen: refusedTexts, referee: referee).solutions
  }

  private func unedited(_ text: [UInt8]) -> SearchState {
    let state = SearchState(
      text: text, seen: language.grammar.reading.apply(text), script: EditScript(count: text.count), editCount: 0,
      cost: 0, boundaries: [start(of: text)], failure: nil, isParsed: false)
    return parsed(state, from: 0)
  }

  /// The stacks at the start of a text, behind its byte order mark.
  private func start(of text: [UInt8]) -> SearchState.Boundary {
    let first = recogniser.start(of: text)
    return .init(position: first.heads[0].position, heads: first.heads, isWhole: true)
  }

  /// Where the next terminal starts.
  private static func start(behind offset: Int, _ text: [UInt8]) -> Int {
    text[offset...].firstIndex { !PieceScanner.isBlank($0) } ?? text.count
  }

  private struct Failure: Hashable {
    /// Bytes behind the failure.
    var rest: Int
    var expected: [SymbolID]
  }

  /// - Parameter referee: asked about every text that the grammar accepts; the first level that it accepts some of is
  ///   the last.
  private func explore(
    _ states: [SearchState], seen: Set<[UInt8]>, width: Int = beamWidth, referee: Referee?
  ) -> (solutions: [Solution], timedOut: Bool) {
    var beam = states
    var seen = seen
    var solutions: [Solution] = []
    var timedOut = false
    var isCut = false
    for _ in 0..<options.maximumEdits {
      var calls = 0
      // What has been tried is to be followed up: a level never takes all the time.
      let now = ContinuousClock.now
      let end = now + now.duration(to: deadline) * Self.trialShare
      let trials = expand(beam, bestCost: bound(solutions), until: end, &isCut)
      beam = []
      var perFailure: [Failure: Int] = [:]
      var further = 0
      for trial in trials {
        if ContinuousClock.now > deadline { timedOut = true }
        if timedOut || calls >= Self.refereeCalls { break }
        if trial.score > bound(solutions) { break }
        if beam.count >= width {
          // One edit may be all that is needed, and a dearer one than those of the beam.
          if !trial.mayBeLast { continue }
          further += 1
          if further > Self.furtherTrials { break }
        }
        let parent = trial.parent
        var text = parent.text
        text.replaceSubrange(trial.edit.range, with: trial.edit.replacement)
        if !seen.insert(text).inserted { continue }
        let seenEdit = parent.seen(trial.edit, language.grammar.reading)
        var seenText = parent.seen
        seenText.replaceSubrange(seenEdit.range, with: seenEdit.replacement)
        var child = SearchState(
          text: text, seen: seenText, script: parent.script, editCount: parent.editCount + 1, cost: trial.cost,
          boundaries: parent.boundaries, failure: nil, isParsed: false)
        if trial.edit.range.lowerBound < 3 { child.boundaries[0] = start(of: seenText) }
        child.script.add(trial.parts)
        child.made = parent.made
        if let kind = EditKind(trial.parts, of: parent.text) { child.made.insert(kind) }
        child = parsed(child, from: parent.restart(before: seenEdit.range.lowerBound))
        if recogniser.wasInterrupted {
          timedOut = true
          break
        }
        if child.failure == nil, let referee {
          calls += 1
          switch referee(text) {
          case .rejected(let offset?)?: child.failure = Self.start(behind: offset, text)
          case .rejected(nil)?: continue
          // An edit may have made a name of what is none.
          case .wrongMeaning?: child.cost += Self.wrongMeaningCost
          case .accepted?, nil: break
          }
        }
        guard let failure = child.failure else {
          solutions.append(Solution(text: child.text, script: child.script, cost: child.cost))
          solutions.sort { $0.cost < $1.cost }
          continue
        }
        if beam.count >= width { continue }
        let rest = child.text.count - failure
        if let before = parent.failure, parent.isParsed, rest >= parent.text.count - before { continue }
        // States that fail at the same place for the same lack need the same further edits.
        let kind = Failure(rest: rest, expected: recogniser.expectedTerminals(at: child.boundaries.last?.heads ?? []))
        perFailure[kind, default: 0] += 1
        if perFailure[kind, default: 0] > 3 * width / Self.beamWidth { continue }
        beam.append(child)
      }
      if beam.isEmpty || timedOut || referee != nil && !solutions.isEmpty { break }
    }
    return (solutions, timedOut || isCut)
  }

  /// States beyond this cost cannot become proposals.
  private func bound(_ solutions: [Solution]) -> Double {
    guard let best = solutions.first else { return .infinity }
    let wanted = max(options.proposals, Self.wantedSolutions)
    let worst = solutions.count >= wanted ? solutions[wanted - 1].cost : .infinity
    return min(worst, best.cost + Self.margin)
  }

  // MARK: Trying edits

  struct Trial {
    var parent: SearchState
    var edit: TextEdit
    var parts: [TextEdit]
    var cost: Double
    var score: Double
    /// Nothing that was looked at fails.
    var mayBeLast: Bool
  }

  private func expand(
    _ beam: [SearchState], bestCost: Double, until end: ContinuousClock.Instant, _ isCut: inout Bool
  ) -> [Trial] {
    var trials: [Trial] = []
    for state in beam {
      guard let failure = state.failure else { continue }
      let candidates = generator.candidates(for: state, failure: failure, recogniser, habits)
      // The text up to the window's end, changed in place for every trial.
      var windowEnd = min(state.text.count, failure + Self.window)
      while windowEnd < state.text.count, state.text[windowEnd] & 0xC0 == 0x80 { windowEnd += 1 }
      var scratch = Array(state.seen[..<windowEnd])
      var count = 0
      for candidate in candidates where state.cost + candidate.cost <= bestCost {
        count += 1
        if count % 64 == 0, ContinuousClock.now > end {
          isCut = true
          return trials.sorted(by: Self.isBefore)
        }
        let edit = state.seen(candidate.edit, language.grammar.reading)
        if edit.range.upperBound > windowEnd { continue }
        let removed = Array(scratch[edit.range])
        scratch.replaceSubrange(edit.range, with: edit.replacement)
        let progress = self.progress(state, edit, failure, scratch, isWhole: windowEnd == state.text.count)
        let written = edit.range.lowerBound..<edit.range.lowerBound + edit.replacement.count
        scratch.replaceSubrange(written, with: removed)
        guard let progress else { continue }
        let cost = state.cost + candidate.cost
        var score = cost
        var mayBeLast = true
        switch progress {
        case .accepted: break
        case .alive: score += Self.rarelyNeededCost
        case .fails(let terminals):
          mayBeLast = false
          score += Self.expectedCost + 1.5 * (1 - min(terminals, Self.settledDistance) / Self.settledDistance)
        }
        trials.append(
          Trial(
            parent: state, edit: candidate.edit, parts: candidate.parts, cost: cost, score: score, mayBeLast: mayBeLast)
        )
      }
    }
    return trials.sorted(by: Self.isBefore)
  }

  private static func isBefore(_ a: Trial, _ b: Trial) -> Bool {
    if a.score != b.score { return a.score < b.score }
    if a.edit.range != b.edit.range { return a.edit.range.lowerBound > b.edit.range.lowerBound }
    return a.edit.replacement.lexicographicallyPrecedes(b.edit.replacement)
  }

  private enum Progress {
    case accepted
    /// The window ends before anything fails.
    case alive
    /// So many terminals behind the old failure.
    case fails(terminals: Double)
  }

  /// How far a changed text parses; nil if it does not get past the old failure.
  private func progress(
    _ state: SearchState, _ edit: TextEdit, _ failure: Int, _ text: [UInt8], isWhole: Bool
  ) -> Progress? {
    let index = state.restart(before: edit.range.lowerBound)
    let boundary = index == 0 && edit.range.lowerBound < 3 ? start(of: text) : state.boundaries[index]
    // What lay at the failure lies here now; a deletion may have taken it.
    let target = edit.range.upperBound <= failure ? failure + edit.growth : max(edit.range.lowerBound, failure)
    var lastTerminalEnd = failure
    while lastTerminalEnd > 0, PieceScanner.isBlank(state.text[lastTerminalEnd - 1]) { lastTerminalEnd -= 1 }
    return recogniser.speculate {
      recogniser.resetFailure()
      var frontier = recogniser.frontier(boundary.heads)
      var terminals = 0.0
      var last = -1
      let accepted = text.withUnsafeBufferPointer { text in
        recogniser.advance(&frontier, text, isComplete: isWhole) { position, _ in
          if position > target, position != last { terminals += 1 }
          last = position
        }
      }
      if accepted { return .accepted }
      if !frontier.isDead { return isWhole ? .fails(terminals: Self.settledDistance) : .alive }
      let reached = recogniser.failure?.position ?? -1
      if state.isParsed, reached <= target { return nil }
      if reached <= target, terminals == 0 {
        // At the end of the text several things may be missing: one that is taken there is a step.
        let isTaken = failure == state.text.count && reached == target && edit.range.isEmpty
        guard isTaken, edit.range.lowerBound >= lastTerminalEnd else { return nil }
        // What closes leads to an end; what opens or separates asks for more.
        let closes = edit.replacement.last.map { [0x29, 0x5D, 0x7D].contains($0) } ?? false
        return .fails(terminals: (closes ? 0.8 : 0.2) * Self.settledDistance)
      }
      return .fails(terminals: terminals)
    }
  }

  /// `state` parsed from its boundary `index` on, with new boundaries and a failure if there is one.
  private func parsed(_ state: SearchState, from index: Int) -> SearchState {
    var state = state
    let boundary = state.boundaries[index]
    state.boundaries.removeSubrange(index...)
    recogniser.resetFailure()
    var frontier = recogniser.frontier(boundary.heads)
    var boundaries = state.boundaries
    state.isParsed = state.seen.withUnsafeBufferPointer { text in
      recogniser.advance(&frontier, text, isComplete: true) { position, heads in
        boundaries.append(.init(position: position, heads: heads, isWhole: self.recogniser.isWholeFrontier))
        // The start stays, for edits further back.
        if boundaries.count > 2 * Self.boundaryLimit { boundaries.removeSubrange(1...Self.boundaryLimit) }
      }
    }
    if boundaries.count == index { boundaries.append(boundary) }
    state.boundaries = boundaries
    if state.isParsed {
      state.failure = judged(state.text)
    } else {
      state.failure = Self.start(
        behind: min(recogniser.failure?.position ?? boundary.position, state.text.count), state.text)
    }
    return state
  }

  /// Where the first thing is that the judge refuses; nil if nothing.
  private func judged(_ text: [UInt8]) -> Int? {
    guard let tree = try? judge.parser.parse(text) else { return 0 }
    let defects = judge.defects(in: tree)
    if let defect = defects.first { return min(defect.range.lowerBound, text.count) }
    return tree.isClean ? nil : tree.errors().first?.byteRange.lowerBound ?? 0
  }
}
