import Constraint
public import Denoiser
public import Recognition
import Vocabulary

/// Fills the holes of a canvas with a denoiser under the grammar's constraint.
///
/// Holes are filled one after the other. In a hole any position may be chosen first; what is placed ahead of the
/// frontier is tentative. The frontier commits tokens for good, each checked against all text left of it and the fixed
/// text and holes behind, so that *frontier text + anything + fixed text* can always be completed. A placed token that
/// does not fit when the frontier reaches it is masked again.
///
///     fixed text | committed … | frontier → mask, island, mask, … | fixed text | next hole …
///
/// Every run ends: each pass commits at least one token at the frontier, masks are added up to a limit only, and a
/// hole that its own tokens cannot close is closed with a shortest completion.
public final class Sampler {
  public struct Result: Sendable {
    /// The whole text.
    public var text: [UInt8]
    /// What each hole got, as ranges of `text`.
    public var holes: [Range<Int>]
    public var statistics = Statistics()
  }

  /// What a run took.
  public struct Statistics: Codable, Sendable {
    /// Passes of the model.
    public var passes = 0
    /// Tokens written.
    public var commits = 0
    /// Tokens placed ahead that did not fit when the frontier reached them.
    public var remasked = 0
    /// Masks added to holes.
    public var grown = 0
    /// Holes that were closed with a shortest completion.
    public var completed = 0
    /// Time in the model, and in the constraint with the closing of holes.
    public var modelSeconds = 0.0
    public var constraintSeconds = 0.0

    public init() {}

    public mutating func add(_ other: Statistics) {
      passes += other.passes
      commits += other.commits
      remasked += other.remasked
      grown += other.grown
      completed += other.completed
      modelSeconds += other.modelSeconds
      constraintSeconds += other.constraintSeconds
    }
  }

  private let language: Language
  private let denoiser: Denoiser
  private let paths: TokenPaths
  private let options: SamplerOptions
  private let trace: ((TraceEvent) -> Void)?
  private var generator: SeededGenerator
  private var draw = Draw()
  private let clock = ContinuousClock()
  private var result = Result(text: [], holes: [])

  /// - Parameter paths: those of the language and the denoiser's vocabulary.
  public init(
    _ paths: TokenPaths, _ denoiser: Denoiser, options: SamplerOptions,
    trace: ((TraceEvent) -> Void)? = nil
  ) {
    language = paths.language
    self.denoiser = denoiser
    self.paths = paths
    self.options = options
    self.trace = trace
    generator = SeededGenerator(seed: options.seed)
  }

  /// Fills every hole of `canvas`.
  ///
  /// Throws `fixedTextCannotBeCompleted` before the first pass if there is no way at all, and what the model throws.
  public func run(_ canvas: Canvas) throws(DiffusionError) -> Result {
    result = Result(text: [], holes: [])
    let started = clock.now
    let recogniser = HoleRecogniser(language, prefix: canvas.prefix, segments: canvas.segments)
    guard recogniser.isViable else {
      // A failure elsewhere is that of one alternative only.
      let failure = recogniser.frontier.isDead ? recogniser.recogniser.failure?.position : nil
      throw .fixedTextCannotBeCompleted(offset: failure)
    }
    result.statistics.constraintSeconds += (clock.now - started) / .seconds(1)
    let constraint = TokenConstraint(recogniser, paths)
    let total = max(canvas.lengths.reduce(0, +), 1)
    for (hole, length) in canvas.lengths.enumerated() {
      let start = recogniser.textCount
      let budget = options.steps.map { $0 > 0 ? max(1, ($0 * length + total / 2) / total) : 0 }
      var filling = HoleFilling(
        cells: [Cell](repeating: .mask, count: max(length, 1)), left: leftContext(recogniser.text),
        right: rightContext(canvas.segments[hole], isLast: hole == canvas.lengths.count - 1),
        passLimit: budget ?? Self.unlimited, hole: hole, start: recogniser.checkpoint, needsText: canvas.needsText)
      try fill(&filling, constraint)
      let end = recogniser.textCount - canvas.segments[hole].count
      result.holes.append(start..<end)
    }
    result.text = recogniser.text
    return result
  }

  /// Tokens of one pass: what the model takes, and no more than `options.canvas`.
  private var canvasLength: Int { max(min(options.canvas, denoiser.maximumLength), 4) }

  /// The tokens before a hole, and the token between files where the text starts there.
  private func leftContext(_ text: [UInt8]) -> [TokenID] {
    // A token has three bytes or so; more context than a pass takes is of no use.
    let bytes = canvasLength * 8
    let tokens = denoiser.tokenizer.encode(Array(text.suffix(bytes)))
    return text.count <= bytes ? fileBoundary + tokens : tokens
  }

  private func rightContext(_ segment: [UInt8], isLast: Bool) -> [TokenID] {
    let bytes = canvasLength * 8
    let tokens = denoiser.tokenizer.encode(Array(segment.prefix(bytes)))
    return isLast && segment.count <= bytes ? tokens + fileBoundary : tokens
  }

  /// A causal model was not trained to see its end token on both sides.
  private var fileBoundary: [TokenID] { denoiser.isCausal ? [] : denoiser.endToken.map { [$0] } ?? [] }

  /// No limit of passes, with room to count.
  private static let unlimited = 1 << 32

  private func fill(_ filling: inout HoleFilling, _ constraint: TokenConstraint) throws(DiffusionError) {
    let recogniser = constraint.recogniser
    var buffer: [Float] = []
    var pass = 0
    grow(&filling, recogniser)
    while true {
      passIslands(&filling, constraint)
      if filling.frontier == filling.cells.count || pass >= filling.passLimit {
        try finish(&filling, recogniser)
        return
      }
      let seen = try ask(&filling, pass, &buffer)
      pass += 1
      result.statistics.passes += 1
      var logits = PassLogits(first: filling.frontier, count: seen, values: buffer)
      if pass == 1, seen == filling.cells.count - filling.frontier { shorten(&filling, &logits, recogniser) }
      let isLast = pass >= filling.passLimit
      let masked = filling.maskedCount
      let quota = isLast ? masked : (masked + filling.passLimit - pass) / (filling.passLimit - pass + 1)
      let islands = isLast ? 0 : placeIslands(&filling, logits, max(quota, 1))
      let placed = clock.now
      defer { result.statistics.constraintSeconds += (clock.now - placed) / .seconds(1) }
      // What lies behind the window has to come into it in time.
      let passesLeft = filling.passLimit - pass + 1
      let hidden = filling.cells.count - filling.frontier - logits.cells.count
      let target = min(filling.frontier + (hidden + passesLeft - 1) / passesLeft, filling.cells.count)
      try commit(&filling, constraint, logits, isLast ? .max : max(quota - islands, 1), upTo: target)
    }
  }

  /// Does one pass of the model.
  ///
  /// - Returns: for how many cells from the frontier on `buffer` has logits.
  private func ask(_ filling: inout HoleFilling, _ pass: Int, _ buffer: inout [Float]) throws(DiffusionError) -> Int {
    let reuse = options.contextReuse ?? (canvasLength > SamplerOptions.exactCanvas ? .approximate(passes: 8) : .exact)
    let mask = denoiser.maskToken
    let input = filling.input(mask: mask, canvas: canvasLength, isSteady: reuse != .exact) { self.breaksLine($0) }
    // Parts of the canvas that have to be looked at by now, so that each position is seen often enough.
    let left = filling.cells.count - filling.frontier
    let due = left * min(options.looks, filling.passLimit - pass) / (filling.passLimit - pass)
    let parts = (due - input.cells.count + canvasLength / 2 - 1) / (canvasLength / 2)
    let inputs = [input] + filling.further(max(parts, 0), behind: input, mask: mask, canvas: canvasLength)
    let started = clock.now
    do {
      denoiser.contextReuse = reuse
      if inputs.count == 1 {
        try denoiser.logits(for: input.tokens, at: input.positions, into: &buffer)
      } else {
        try denoiser.logits(forBatch: inputs.map(\.tokens), at: inputs.map(\.positions), into: &buffer)
      }
    } catch {
      throw .model(error)
    }
    result.statistics.modelSeconds += (clock.now - started) / .seconds(1)
    return inputs.reduce(0) { $0 + $1.cells.count }
  }

  /// Special tokens that stand for nothing in a text.
  private lazy var forbiddenTokens: [TokenID] =
    denoiser.vocabulary.specials.values.filter { $0 != denoiser.padToken || !options.mayShorten } + [denoiser.maskToken]

  /// Chooses the most confident positions ahead of the frontier.
  ///
  /// - Returns: how many tokens were placed.
  private func placeIslands(_ filling: inout HoleFilling, _ logits: PassLogits, _ quota: Int) -> Int {
    guard options.order == .confidence, quota > 1 || options.threshold != nil else { return 0 }
    var ranked: [(cell: Int, confidence: Float)] = []
    for cell in logits.cells.dropFirst()
    where filling.cells[cell] == .mask && filling.remasks[cell, default: 0] < Self.remaskLimit {
      ranked.append((cell, logits.confidence(cell)))
    }
    ranked.sort { ($0.confidence, $1.cell) > ($1.confidence, $0.cell) }
    var count = quota - 1
    if let threshold = options.threshold { count = max(count, ranked.prefix { $0.confidence >= threshold }.count) }
    for choice in ranked.prefix(count) {
      beginDraw(choice.cell, logits)
      guard let best = draw.best() else { continue }
      filling.cells[choice.cell] = .token(best.token, confidence: best.confidence)
      record(.island, filling, choice.cell, best.token, best.confidence)
    }
    return min(count, ranked.count)
  }
  /// A position that was masked again so often is left to the frontier.
  private static let remaskLimit = 2

  private func beginDraw(_ cell: Int, _ logits: PassLogits) {
    draw.begin(logits.row(cell), temperature: options.temperature, excluding: forbiddenTokens, using: &generator)
  }

  /// Lets the frontier pass tokens that were placed before; stops at a mask or at one that does not fit.
  private func passIslands(_ filling: inout HoleFilling, _ constraint: TokenConstraint) {
    while filling.frontier < filling.cells.count,
      case .token(let token, let confidence) = filling.cells[filling.frontier]
    {
      let cell = filling.frontier
      if isAllowed(token, filling, constraint) {
        record(.commit, filling, cell, token, confidence)
        accept(token, confidence, &filling)
      } else {
        filling.cells[cell] = .mask
        filling.remasks[cell, default: 0] += 1
        result.statistics.remasked += 1
        record(.remask, filling, cell, token, confidence)
        return
      }
    }
  }

  /// Commits at the frontier: `quota` masks and what was placed behind them, and at least all cells before `target`.
  private func commit(
    _ filling: inout HoleFilling, _ constraint: TokenConstraint, _ logits: PassLogits, _ quota: Int,
    upTo target: Int
  ) throws(DiffusionError) {
    var count = 0
    while filling.frontier < filling.cells.count {
      passIslands(&filling, constraint)
      let cell = filling.frontier
      // Padding that was placed ahead ends the hole.
      guard cell < filling.cells.count, logits.cells.contains(cell) else { return }
      beginDraw(cell, logits)
      let confident = options.threshold.map { (draw.best()?.confidence ?? 0) >= $0 } ?? false
      guard count < quota || cell < target || confident else { return }
      guard let choice = choose(filling, constraint) else {
        // Nothing of the vocabulary fits the masks that are left.
        filling.isStuck = true
        return try finish(&filling, constraint.recogniser)
      }
      record(.commit, filling, cell, choice.token, choice.confidence, refused: choice.refused)
      accept(choice.token, choice.confidence, &filling)
      count += 1
    }
  }

  private func accept(_ token: TokenID, _ confidence: Float, _ filling: inout HoleFilling) {
    filling.cells[filling.frontier] = .token(token, confidence: confidence)
    filling.frontier += 1
    if token == denoiser.padToken {
      // Nothing more belongs here.
      filling.cells.removeLast(filling.cells.count - filling.frontier)
      return
    }
    filling.written.append(token)
    filling.blanks = isBlank(token) ? filling.blanks + 1 : 0
    if filling.blanks == 0 { filling.hasText = true }
    result.statistics.commits += 1
  }

  private func breaksLine(_ token: TokenID) -> Bool { denoiser.vocabulary.bytes(of: token).contains(0x0A) }

  private func isBlank(_ token: TokenID) -> Bool {
    denoiser.vocabulary.bytes(of: token).allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
  }

  /// Commits `token` at the frontier if it may stand there and leaves room to close the hole.
  private func isAllowed(_ token: TokenID, _ filling: HoleFilling, _ constraint: TokenConstraint) -> Bool {
    let left = filling.cells.count - filling.frontier - 1
    // Padding stands at the end of a hole, as the model was taught.
    if token == denoiser.padToken {
      return options.mayShorten && filling.mayEnd && constraint.recogniser.canClose()
    }
    if isBlank(token), filling.blanks >= options.blankLimit || !filling.mayEnd { return false }
    // Behind white space only a line may begin: blanks in a row are one token.
    if filling.blanks > 0, isBlank(token), !breaksLine(token) { return false }
    if filling.repeats(token, limit: options.repetitionLimit) { return false }
    let before = constraint.recogniser.checkpoint
    guard constraint.commit(token) else { return false }
    // Only near the end can the rest become too long.
    if left < Self.closeToEnd, (constraint.recogniser.terminalsNeeded(room: left) ?? .max) > left {
      constraint.recogniser.restore(before)
      return false
    }
    return true
  }
  private static let closeToEnd = 8

  /// Draws the token at the frontier and commits it.
  private func choose(
    _ filling: HoleFilling, _ constraint: TokenConstraint
  ) -> (token: TokenID, confidence: Float, refused: [TokenID])? {
    var refused: [TokenID] = []
    while let (token, confidence) = draw.best() {
      if isAllowed(token, filling, constraint) { return (token, confidence, refused) }
      draw.refuse(token)
      refused.append(token)
      if refused.count == Self.lazyLimit {
        draw.keep(constraint.mask(), and: denoiser.padToken.map { [$0] } ?? [])
      }
      // The rest of the mask differs in length only; a shortest completion is as good.
      if refused.count == Self.lazyLimit * 4 { return nil }
    }
    return nil
  }
  /// Candidates tried one by one before the full mask is computed.
  private static let lazyLimit = 24

  /// Takes the positions off the end of a hole for which the model, which has seen all of them, finds that nothing
  /// belongs there likelier than any token; the grammar's needs are kept.
  private func shorten(_ filling: inout HoleFilling, _ logits: inout PassLogits, _ recogniser: HoleRecogniser) {
    guard options.mayShorten, let pad = denoiser.padToken else { return }
    func isLeftOut(_ position: Int) -> Bool {
      filling.cells[position] == .mask && logits.likeliest(position) == pad.index
    }
    var end = filling.cells.count
    guard end > filling.frontier, isLeftOut(end - 1) else { return logits.keep(upTo: end) }
    let least = filling.frontier + max(recogniser.terminalsNeeded() ?? 1, 1)
    while end > least, isLeftOut(end - 1) { end -= 1 }
    filling.cells.removeLast(filling.cells.count - end)
    logits.keep(upTo: end)
  }

  /// Makes room for what the grammar needs at the least.
  private func grow(_ filling: inout HoleFilling, _ recogniser: HoleRecogniser) {
    let limit = max(SamplerOptions.minimalGrowth, Int(Double(filling.cells.count) * options.growth))
    let room = filling.cells.count
    guard let needed = recogniser.terminalsNeeded(room: room), needed > room else { return }
    let count = min(needed - filling.cells.count, limit)
    filling.cells += [Cell](repeating: .mask, count: count)
    result.statistics.grown += count
    record(.grow, filling, filling.cells.count - count, nil, nil)
  }

  private func finish(_ filling: inout HoleFilling, _ recogniser: HoleRecogniser) throws(DiffusionError) {
    if filling.isClosed { return }
    if !filling.isStuck, recogniser.close() {
      record(.close, filling, filling.frontier, nil, nil)
    } else if recogniser.completeAndClose() {
      result.statistics.completed += 1
      record(.complete, filling, filling.frontier, nil, nil)
    } else {
      try retreat(&filling, recogniser)
    }
    filling.isClosed = true
    filling.frontier = filling.cells.count
  }

  /// Takes tokens at the end of the hole back until it can be closed: the summaries allowed what the tables do not.
  ///
  /// First the last token, then twice as many as before and at the most half of those that are left.
  /// O(log tokens) completions.
  private func retreat(_ filling: inout HoleFilling, _ recogniser: HoleRecogniser) throws(DiffusionError) {
    let known = recogniser.text
    var kept = filling.written.count
    var dropped = 1
    while kept > 0 {
      kept -= dropped
      dropped = min(2 * dropped, max((kept + 1) / 2, 1))
      recogniser.restore(filling.start)
      let bytes = filling.written.prefix(kept).flatMap { denoiser.vocabulary.bytes(of: $0) }
      guard bytes.isEmpty || recogniser.append(bytes), recogniser.completeAndClose() else { continue }
      result.statistics.commits -= filling.written.count - kept
      result.statistics.remasked += filling.written.count - kept
      result.statistics.completed += 1
      for index in kept..<filling.written.count { record(.remask, filling, index, filling.written[index], nil) }
      filling.written.removeLast(filling.written.count - kept)
      record(.complete, filling, kept, nil, nil)
      return
    }
    throw .holeCannotBeClosed(hole: filling.hole, known: known)
  }

  private func record(
    _ kind: TraceEvent.Kind, _ filling: HoleFilling, _ cell: Int, _ token: TokenID?, _ confidence: Float?,
    refused: [TokenID] = []
  ) {
    guard let trace else { return }
    func spell(_ token: TokenID) -> String {
      token == denoiser.padToken ? "<pad>" : String(decoding: denoiser.vocabulary.bytes(of: token), as: UTF8.self)
    }
    trace(
      TraceEvent(
        step: result.statistics.passes, hole: filling.hole, kind: kind, position: cell, token: token.map(spell),
        confidence: confidence, refused: refused.isEmpty ? nil : refused.map(spell)))
  }
}
