import ArgumentParser
import Denoiser
import Diffusion
import Foundation
import Generation
import Grammar
import Recognition
import Reporting
import Vocabulary

struct BenchGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write a file of many tokens in few passes, and compare with one token per pass.",
    discussion: """
      The file is one hole, between fixed texts where they are given: a JSON file that starts with a number ends with it, \
      one that starts with a bracket can become long. One token per pass is measured from left to right with the same model on a shorter hole, and \
      its time is extrapolated to all tokens. A text that the runtime refuses is written anew with the next seed, as \
      generate does, up to four times; times are those of the last. Exits with 1 if the tree-sitter runtime does not find the file clean.
      """)

  @Option(help: "Tokens of the hole.")
  var tokens = 1_000

  @Option(help: "Passes of the model.")
  var passes = 64

  @Option(help: "The language of the file.")
  var language = "python"

  @Option(help: "Tokens that are written one per pass for comparison; 0 for none.")
  var sample = 250

  @Option(help: .init("Fixed text in front of the hole.", valueName: "text"))
  var before = ""

  @Option(help: .init("Fixed text behind the hole.", valueName: "text"))
  var after = ""

  @Option(help: .init("Write the text to this file.", valueName: "file"))
  var keep: String?

  @OptionGroup var sampler: SamplerArguments
  @OptionGroup var denoiser: DenoiserOption
  @OptionGroup var output: FormatOption

  func validate() throws {
    guard 1...100_000 ~= tokens, 1...100_000 ~= passes, 0...tokens ~= sample else {
      throw ValidationError(
        "--tokens and --passes must be from 1 to 100000 and --sample at most --tokens, found \(tokens), \(passes) and "
          + "\(sample).")
    }
  }

  func run() throws {
    let language = try Language(try GrammarStore.default.open(language))
    let model = try denoiser.load(seed: sampler.seed)
    let generator = try Generator(language, model)
    var options = sampler.options(steps: passes)
    options.mayShorten = false
    let run = try measure(generator, options, tokens)
    var single: Measurement?
    if sample > 0 {
      options.steps = nil
      options.order = .leftToRight
      single = try measure(generator, options, sample)
    }
    if let keep { try Data(run.text).write(to: URL(fileURLWithPath: keep)) }
    let report = Report(
      language: self.language, model: model.name, machine: Self.machine, requested: tokens, run: run, single: single)
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
    if !run.isClean { throw ExitStatus.findings }
  }

  private struct Measurement {
    var text: [UInt8]
    var isClean: Bool
    /// Seeds that were tried; times and numbers are those of the last.
    var attempts: Int
    var seconds: Double
    var statistics: Sampler.Statistics
  }

  private func measure(_ generator: Generator, _ options: SamplerOptions, _ length: Int) throws -> Measurement {
    let clock = ContinuousClock()
    let canvas = Canvas(prefix: Array(before.utf8), segments: [Array(after.utf8)], lengths: [length])
    var options = options
    var attempt = 1
    while true {
      let started = clock.now
      do {
        let run = try generator.sample(canvas, options: options)
        let seconds = (clock.now - started) / .seconds(1)
        let isClean = generator.accepts(run.text)
        if isClean || attempt == Generator.modelAttempts {
          return Measurement(
            text: run.text, isClean: isClean, attempts: attempt, seconds: seconds, statistics: run.statistics)
        }
      } catch {
        guard case .holeCannotBeClosed = error, attempt < Generator.modelAttempts else { throw error }
      }
      attempt += 1
      options.seed &+= 1
    }
  }

  private static var machine: String {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return "\(cores) cores" + (name.map { " of\($0)" } ?? "")
  }

  private struct Report: Encodable {
    var language: String
    var model: String
    var machine: String
    var requestedTokens: Int
    var tokens: Int
    var passes: Int
    var isClean: Bool
    var attempts: Int
    var shortestCompletions: Int
    var seconds: Double
    var modelSeconds: Double
    var constraintSeconds: Double
    var otherSeconds: Double
    /// One token per pass: what was measured, and the time that all tokens would take.
    var sampleTokens: Int?
    var samplePasses: Int?
    var sampleSeconds: Double?
    var extrapolatedSeconds: Double?

    init(
      language: String, model: String, machine: String, requested: Int, run: Measurement, single: Measurement?
    ) {
      self.language = language
      self.model = model
      self.machine = machine
      requestedTokens = requested
      tokens = run.statistics.commits
      passes = run.statistics.passes
      isClean = run.isClean
      attempts = run.attempts
      shortestCompletions = run.statistics.completed
      seconds = run.seconds
      modelSeconds = run.statistics.modelSeconds
      constraintSeconds = run.statistics.constraintSeconds
      otherSeconds = max(run.seconds - modelSeconds - constraintSeconds, 0)
      guard let single, single.statistics.commits > 0 else { return }
      sampleTokens = single.statistics.commits
      samplePasses = single.statistics.passes
      sampleSeconds = single.seconds
      extrapolatedSeconds = single.seconds / Double(single.statistics.commits) * Double(tokens)
    }

    var text: String {
      func shown(_ value: Double) -> String { String(format: "%.2f s", value) }
      var text = """
        machine     \(machine)
        model       \(model), \(language)
        written     \(tokens) of \(requestedTokens) tokens in \(passes) passes
        verdict     \(isClean ? "clean" : "NOT clean"), seeds tried: \(attempts), holes closed with a shortest completion: \(shortestCompletions)
        time        \(shown(seconds)): model \(shown(modelSeconds)), constraint \(shown(constraintSeconds)), other \
        \(shown(otherSeconds))

        """
      if let sampleTokens, let samplePasses, let sampleSeconds, let extrapolatedSeconds {
        text += """
          one by one  \(sampleTokens) tokens in \(samplePasses) passes took \(shown(sampleSeconds)); \(tokens) would take \
          \(shown(extrapolatedSeconds)) (extrapolated), \(String(format: "%.1f", extrapolatedSeconds / seconds)) times as \
          long

          """
      }
      return text
    }
  }
}
