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
    abstract: "Write a file of many tokens in several numbers of passes.",
    discussion: """
      The file is one hole, between fixed texts where they are given: a JSON file that starts with a number ends with \
      it, one that starts with a bracket can become long. A text that the runtime refuses is written anew with the next \
      seed, as generate does, and so is one of which more than a tenth was taken back since the hole could not be \
      closed, up to four times; times are those of the last. The likelihood is that of the finished \
      text under the same model, in nats per token, when every eighth token is masked. Exits with 1 if the tree-sitter \
      runtime does not find every file clean.
      """)

  @Option(help: "Tokens of the hole.")
  var tokens = 1_000

  @Option(help: .init("Passes of the model; one run for each number.", valueName: "list"))
  var passes = "8,10,16,32,64,1000"

  @Option(help: "The language of the file.")
  var language = "python"

  @Option(help: .init("Fixed text in front of the hole.", valueName: "text"))
  var before = ""

  @Option(help: .init("Fixed text behind the hole.", valueName: "text"))
  var after = ""

  @Option(help: "Passes in which a position is looked at before it may have to be decided, as far as there are passes.")
  var looks = SamplerOptions().looks

  @Option(help: .init("Write the text of the last run to this file.", valueName: "file"))
  var keep: String?

  @OptionGroup var sampler: SamplerArguments
  @OptionGroup var denoiser: DenoiserOption
  @OptionGroup var output: FormatOption

  private var numbers: [Int] { passes.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    guard 1...100_000 ~= tokens else {
      throw ValidationError("--tokens must be from 1 to 100000, found \(tokens).")
    }
    guard !numbers.isEmpty, numbers.count == passes.split(separator: ",").count,
      numbers.allSatisfy({ 1...100_000 ~= $0 })
    else { throw ValidationError("--passes must be numbers from 1 to 100000, found \(passes).") }
    guard 1...1_000 ~= looks else { throw ValidationError("--looks must be from 1 to 1000, found \(looks).") }
  }

  func run() throws {
    let language = try Language(try GrammarStore.default.open(language))
    let model = try denoiser.load(seed: sampler.seed)
    let generator = try Generator(language, model)
    var report = Report(
      language: self.language, model: model.name, precision: model.elementType?.rawValue, machine: Machine.description,
      requestedTokens: tokens)
    var last: [UInt8] = []
    for number in numbers {
      var options = sampler.options(steps: number)
      options.mayShorten = false
      options.looks = looks
      let run = try measure(generator, options)
      last = run.text
      report.runs.append(
        Report.Run(
          requestedPasses: number, passes: run.statistics.passes, tokens: run.statistics.commits, isClean: run.isClean,
          attempts: run.attempts, remasked: run.statistics.remasked, grown: run.statistics.grown,
          remaskedPerThousand: perThousand(run.statistics.remasked, run.statistics),
          grownPerThousand: perThousand(run.statistics.grown, run.statistics),
          shortestCompletions: run.statistics.completed,
          seconds: run.seconds, modelSeconds: run.statistics.modelSeconds,
          constraintSeconds: run.statistics.constraintSeconds,
          otherSeconds: max(run.seconds - run.statistics.modelSeconds - run.statistics.constraintSeconds, 0),
          logLikelihood: try model.meanLogLikelihood(of: model.tokenizer.encode(run.text), interval: 8)))
    }
    if let keep { try Data(last).write(to: URL(fileURLWithPath: keep)) }
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
    if !report.runs.allSatisfy(\.isClean) { throw ExitStatus.findings }
  }

  private func perThousand(_ count: Int, _ statistics: Sampler.Statistics) -> Double {
    1_000 * Double(count) / Double(max(statistics.commits, 1))
  }

  private struct Measurement {
    var text: [UInt8]
    var isClean: Bool
    /// Seeds that were tried; times and numbers are those of the last.
    var attempts: Int
    var seconds: Double
    var statistics: Sampler.Statistics
  }

  private func measure(_ generator: Generator, _ options: SamplerOptions) throws -> Measurement {
    let clock = ContinuousClock()
    let canvas = Canvas(prefix: Array(before.utf8), segments: [Array(after.utf8)], lengths: [tokens])
    var options = options
    var attempt = 1
    while true {
      let started = clock.now
      do {
        let run = try generator.sample(canvas, options: options)
        let seconds = (clock.now - started) / .seconds(1)
        let isClean = generator.accepts(run.text)
        let isWhole = run.statistics.commits * 10 >= tokens * 9
        if isClean && isWhole || attempt == Generator.modelAttempts {
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

  private struct Report: Encodable {
    struct Run: Encodable {
      var requestedPasses: Int
      var passes: Int
      var tokens: Int
      var isClean: Bool
      var attempts: Int
      /// Tokens placed ahead that did not fit when the text before them was there.
      var remasked: Int
      /// Masks added to the hole.
      var grown: Int
      /// Of a thousand tokens that were committed.
      var remaskedPerThousand: Double
      var grownPerThousand: Double
      var shortestCompletions: Int
      var seconds: Double
      var modelSeconds: Double
      var constraintSeconds: Double
      var otherSeconds: Double
      /// Nats per token.
      var logLikelihood: Double
    }

    var language: String
    var model: String
    var precision: String?
    var machine: String
    var requestedTokens: Int
    var runs: [Run] = []

    var text: String {
      var text = """
        \(machine); \(model)\(precision.map { " in \($0)" } ?? ""), \(language), \(requestedTokens) tokens
        passes  tokens  verdict    seeds  masked again  grown (of 1,000 commits)  seconds  model  constraint  other  nats per token

        """
      for run in runs {
        text += String(
          format: "%6d %7d  %@ %6d %13.0f %24.0f %8.2f %6.2f %11.2f %6.2f %15.2f\n", run.passes, run.tokens,
          run.isClean ? "clean    " : "NOT clean", run.attempts, run.remaskedPerThousand,
          run.grownPerThousand, run.seconds, run.modelSeconds,
          run.constraintSeconds, run.otherSeconds, run.logLikelihood)
      }
      return text
    }
  }
}
