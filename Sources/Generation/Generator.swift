public import Denoiser
public import Diffusion
import Grammar
public import Recognition
import Syntax
import Vocabulary

/// Fills the holes of a file and lets the tree-sitter runtime and the dialect judge the finished bytes.
///
/// The constraint promises what the parser will say, as far as its model of the grammar goes. Here the promise is
/// checked: what is refused is written anew with another seed, at last with shortest completions alone.
public final class Generator {
  public struct Result: Sendable {
    /// The whole text.
    public var text: [UInt8]
    /// What each hole got, as ranges of `text`.
    public var holes: [Range<Int>]
    /// Runs of the sampler, the last one included.
    public var attempts: Int
    /// Whether the model wrote it; else every hole has a shortest completion.
    public var isWrittenByModel: Bool
    public var statistics: Sampler.Statistics
  }

  /// Runs of the model before shortest completions are taken.
  public static let modelAttempts = 4

  private let language: Language
  private let denoiser: Denoiser
  private let paths: TokenPaths
  private let judge: SyntaxJudge

  /// - Throws: `SyntaxError` for a grammar or a dialect that does not fit the runtime.
  public init(_ language: Language, _ denoiser: Denoiser) throws {
    self.language = language
    self.denoiser = denoiser
    paths = TokenPaths(language, denoiser.vocabulary)
    judge = try SyntaxJudge(language.grammar)
  }

  /// Writes text for every hole of `plan`; the text around them comes out byte by byte as it was.
  ///
  /// Where every line of the fixed text ends in CRLF, generated lines do too. Where the fixed text has errors away from
  /// the holes, the result has the same ones, and no other.
  public func fill(
    _ plan: GenerationPlan, options: SamplerOptions, trace: ((TraceEvent) -> Void)? = nil
  ) throws(GenerationError) -> Result {
    do {
      return try fill(plan, hiding: nil, options: options, trace: trace)
    } catch .cannotBeCompleted(let hole, let failure) {
      for reach in OpaqueSpans.Reach.allCases {
        guard let opaque = OpaqueSpans(plan.canvas, judge.parser, reach) else { continue }
        do {
          return try fill(plan, hiding: opaque, options: options, trace: trace)
        } catch .cannotBeCompleted {
          continue
        }
      }
      throw .cannotBeCompleted(hole: hole, failure: failure)
    }
  }

  private func fill(
    _ plan: GenerationPlan, hiding opaque: OpaqueSpans?, options: SamplerOptions, trace: ((TraceEvent) -> Void)?
  ) throws(GenerationError) -> Result {
    let style = LineEnds(plan.canvas)
    let seen = opaque?.hidden(plan.canvas) ?? plan.canvas
    var canvas = style.normalised(seen)
    canvas.prefix = language.grammar.reading.apply(canvas.prefix)
    canvas.segments = canvas.segments.map(language.grammar.reading.apply)
    var seeds = SeededGenerator(seed: options.seed)
    var statistics = Sampler.Statistics()
    let last = Self.modelAttempts + 1
    for attempt in 1...last {
      var options = options
      if attempt > 1 { options.seed = seeds.next() }
      if attempt == last { options.steps = 0 }
      let sampler = Sampler(paths, denoiser, options: options, trace: trace)
      do {
        let run = try sampler.run(canvas)
        statistics.add(run.statistics)
        let filled = style.restored(run, around: plan.canvas)
        let isAccepted =
          if let opaque {
            accepts(style.restored(run, around: seen).text) && keeps(opaque, filled)
          } else {
            accepts(filled.text)
          }
        if isAccepted {
          return Result(
            text: filled.text, holes: filled.holes, attempts: attempt, isWrittenByModel: attempt < last,
            statistics: statistics)
        }
      } catch .fixedTextCannotBeCompleted(let offset) {
        let failure = offset.map { TextPosition(offset: $0, in: canvas.prefix).line }
        throw .cannotBeCompleted(hole: plan.lines.first ?? 1, failure: failure)
      } catch .holeCannotBeClosed(let hole, _) {
        if attempt == last { throw .holeCannotBeClosed(line: plan.lines[hole]) }
      } catch {
        throw .diffusion(error)
      }
      trace?(TraceEvent(step: statistics.passes, hole: 0, kind: .reject, position: 0))
    }
    throw .rejected(line: plan.lines.first ?? 1, attempts: last)
  }

  /// One run of the sampler, its result not judged.
  public func sample(_ canvas: Canvas, options: SamplerOptions) throws(DiffusionError) -> Sampler.Result {
    try Sampler(paths, denoiser, options: options).run(canvas)
  }

  private func keeps(_ opaque: OpaqueSpans, _ filled: (text: [UInt8], holes: [Range<Int>])) -> Bool {
    guard let tree = try? judge.parser.parse(filled.text) else { return false }
    return opaque.areKept(in: tree, holes: filled.holes)
  }

  /// Whether the runtime, the dialect and its validator take `text`.
  public func accepts(_ text: [UInt8]) -> Bool {
    guard judge.accepts(text), let tree = try? judge.parser.parse(text) else { return false }
    return tree.isClean
  }
}
