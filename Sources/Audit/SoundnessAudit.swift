import Denoiser
import Diffusion
public import Grammar
import Recognition
import Repair
import Syntax
public import Vocabulary

/// Fills random holes in real files with random logits; the runtime judges the finished bytes.
public struct SoundnessAudit {
  public struct Report: Sendable {
    public var count = 0
    public var clean = 0
    /// Canvases whose fixed text came out changed.
    public var changed = 0
    public var passes = 0
    public var commits = 0
    public var remasked = 0
    public var grown = 0
    public var completed = 0
    public var failures: [Failure] = []
    /// The finished texts, for the reference parser.
    public var texts: [[UInt8]] = []

    /// What the language's own parser says about the finished texts; nil where there is none.
    public func judgedByReference(_ grammar: Grammar) throws -> ReferenceReport? {
      guard let reference = try ReferenceJudge(grammar) else { return nil }
      let verdicts = reference.verdicts(on: texts)
      let judged = verdicts.compactMap(\.self)
      if judged.isEmpty { return nil }
      return ReferenceReport(
        judged: judged.count, accepted: judged.count { $0 == .accepted }, syntax: judged.count(where: \.acceptsSyntax),
        rejected: verdicts.indices.filter { verdicts[$0].map { !$0.acceptsSyntax } ?? false })
    }
  }
  /// How many of the finished texts the language's own parser judges, accepts, and accepts as far as syntax goes.
  public struct ReferenceReport: Sendable {
    public var judged: Int
    public var accepted: Int
    public var syntax: Int
    /// The indices of the others.
    public var rejected: [Int]
  }
  public struct Failure: Sendable {
    public var name: String
    public var reason: String
    public var text: [UInt8]
  }

  private let grammar: Grammar
  private let language: Language
  private let tokenizer: Tokenizer
  private let paths: TokenPaths

  public init(_ grammar: Grammar, tokenizer: Tokenizer) throws {
    self.grammar = grammar
    language = try Language(grammar)
    self.tokenizer = tokenizer
    paths = TokenPaths(language, tokenizer.vocabulary)
  }

  /// Runs `count` canvases cut from `inputs`.
  public func run(_ inputs: [AuditInput], count: Int, seed: UInt64, progress: (Int) -> Void = { _ in }) throws -> Report
  {
    let parser = try SyntaxParser(grammar)
    let judge = try SyntaxJudge(grammar)
    let recogniser = Recogniser(language)
    var generator = SeededGenerator(seed: seed)
    // What the dialect rejects cannot be completed either.
    let usable = inputs.map {
      AuditInput(name: $0.name, language: $0.language, bytes: grammar.reading.apply($0.bytes))
    }.filter { input in
      parser.accepts(input.bytes) && judge.accepts(input.bytes)
        && input.bytes.withUnsafeBufferPointer { recogniser.accepts($0) }
    }
    guard !usable.isEmpty else { throw AuditError.noInputs(paths: inputs.map(\.name)) }
    var report = Report()
    while report.count < count {
      let input = usable[Int.random(in: 0..<usable.count, using: &generator)]
      var generatorForRun = generator
      generator = SeededGenerator(seed: generator.next())
      try fill(input, parser, &generatorForRun, &report)
      progress(report.count)
    }
    return report
  }

  private func fill(
    _ input: AuditInput, _ parser: SyntaxParser, _ generator: inout SeededGenerator, _ report: inout Report
  ) throws {
    let boundaries = TerminalBoundaries(language, input.bytes)
    var canvas = boundaries.randomHoles(in: input.bytes, using: &generator)
    canvas.lengths = canvas.lengths.map { _ in Int.random(in: 1...24, using: &generator) }
    var options = SamplerOptions()
    options.seed = generator.next()
    options.temperature = 1
    options.order = Bool.random(using: &generator) ? .confidence : .leftToRight
    options.steps = Int.random(in: 2...40, using: &generator)
    let denoiser = Denoiser.uniform(seed: options.seed, tokenizer: tokenizer)
    report.count += 1
    do {
      let result = try Sampler(paths, denoiser, options: options).run(canvas)
      report.passes += result.statistics.passes
      report.commits += result.statistics.commits
      report.remasked += result.statistics.remasked
      report.grown += result.statistics.grown
      report.completed += result.statistics.completed
      report.texts.append(result.text)
      if !Self.keepsFixedText(canvas, result) {
        report.changed += 1
        report.failures.append(Failure(name: input.name, reason: "fixed text changed", text: result.text))
      } else if parser.accepts(result.text) {
        report.clean += 1
      } else {
        report.failures.append(Failure(name: input.name, reason: "the runtime rejects the result", text: result.text))
      }
    } catch {
      var text = canvas.prefix + zip(canvas.segments, 1...).flatMap { Array("<<hole \($1)>>".utf8) + $0 }
      if case .holeCannotBeClosed(let hole, let known) = error {
        text =
          known + Array("<<hole \(hole + 1)>>".utf8) + canvas.segments[hole...].joined(separator: Array("<<>>".utf8))
      }
      report.failures.append(Failure(name: input.name, reason: error.description, text: text))
    }
  }

  private static func keepsFixedText(_ canvas: Canvas, _ result: Sampler.Result) -> Bool {
    var position = 0
    var pieces: [[UInt8]] = []
    for hole in result.holes {
      pieces.append(Array(result.text[position..<hole.lowerBound]))
      position = hole.upperBound
    }
    pieces.append(Array(result.text[position...]))
    return pieces == [canvas.prefix] + canvas.segments
  }
}
