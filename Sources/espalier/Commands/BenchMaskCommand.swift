import ArgumentParser
import Audit
import Constraint
import Diffusion
import Foundation
import Grammar
import Recognition
import Reporting
import Vocabulary

struct BenchMaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mask",
    abstract: "Measure the constraint: checks of single tokens and full masks, along real files.",
    discussion: """
      A hole is cut from each file and filled with its true tokens; at every frontier the true token and eight others \
      are checked, then the mask over the whole vocabulary is computed. Of the masks, "grouping" are those for which \
      tokens had to be grouped that were not met in such a place before. With --batch, the masks of that many texts are \
      then computed in one call, on one thread and on two, first with nothing grouped and then once more. Memory is what \
      the process has more than before: once the language is loaded, and after all masks.
      """)

  @OptionGroup var files: BenchFiles

  @Option(help: "Files at the most.")
  var limit = 20

  @Option(help: "Files that come before and are not measured, so that tokens are grouped.")
  var warmUp = 0

  @Option(help: "Seed of the holes and of the tokens that are checked.")
  var seed: UInt64 = 1

  @Flag(help: "Start anew for every file, so that nothing is known from the files before.")
  var cold = false

  @Option(help: "Also compute the masks of so many texts in one call.")
  var batch = 0

  @OptionGroup var workload: MaskWorkloadOptions
  @OptionGroup var output: FormatOption

  func validate() throws {
    guard limit > 0, warmUp >= 0, batch >= 0 else {
      throw ValidationError("--limit, --warm-up and --batch must be positive.")
    }
  }

  func run() throws {
    let store = GrammarStore.default
    let corpus = try files.corpus(store, limit: limit + warmUp)
    let before = Machine.residentBytes ?? 0
    let language = try Language(try store.open(files.language))
    let loaded = Machine.residentBytes ?? 0
    let tokenizer = try workload.tokens.tokenizer()
    var measurement = Measurement(permitted: 0)
    var paths = TokenPaths(language, tokenizer.vocabulary)
    for (index, input) in corpus.inputs.prefix(limit + warmUp).enumerated() {
      if cold { paths = TokenPaths(language, tokenizer.vocabulary) }
      if index == warmUp { measurement = Measurement(permitted: 0) }
      measurement.add(input.bytes, workload.workload(paths, tokenizer, seed: seed &+ UInt64(index)), paths)
    }
    guard !measurement.masks.isEmpty else {
      throw CommandError("expected files whose text the constraint can complete, found none")
    }
    var report = Report(language: files.language, vocabulary: tokenizer.vocabulary.count, measurement)
    report.languageMegabytes = Double(max(loaded - before, 0)) / 1e6
    report.masksMegabytes = Double(max((Machine.residentBytes ?? 0) - loaded, 0)) / 1e6
    if batch > 0 { report.batches = [1, 2].flatMap { batches(corpus, language, tokenizer, threads: $0) } }
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  /// The masks of one text of each file in one call, with nothing known and once more.
  private func batches(
    _ corpus: AuditCorpus, _ language: Language, _ tokenizer: Tokenizer, threads: Int
  ) -> [Report.Batch] {
    let paths = TokenPaths(language, tokenizer.vocabulary)
    return [false, true].compactMap { isKnown in
      let constraints = corpus.inputs.prefix(batch).compactMap { input -> TokenConstraint? in
        let recogniser = HoleRecogniser(
          language, prefix: Array(input.bytes[..<(input.bytes.count / 2)]), segments: [[]])
        return recogniser.isViable ? TokenConstraint(recogniser, paths) : nil
      }
      let clock = ContinuousClock()
      let time = clock.measure { _ = MaskBatch(constraints, threads: threads) }
      return Report.Batch(
        masks: constraints.count, threads: threads, isKnown: isKnown, milliseconds: time / .milliseconds(1))
    }
  }

  private struct Measurement {
    var files = 0
    var preparations: [Duration] = []
    var checks: [Duration] = []
    var masks: [Duration] = []
    /// Of those, the ones for which tokens were grouped.
    var grouping: [Duration] = []
    var permitted: Int

    mutating func add(_ text: [UInt8], _ workload: MaskWorkload, _ paths: TokenPaths) {
      var workload = workload
      var others = workload
      let clock = ContinuousClock()
      let frontiers = workload.walk(
        text, prepared: { preparations.append($1) },
        visit: { constraint, token in
          for candidate in [token] + (0..<8).map({ _ in others.randomToken() }) {
            checks.append(clock.measure { _ = constraint.permits(candidate) })
          }
          let points = paths.pointCount
          var mask = TokenMask(capacity: 0)
          masks.append(clock.measure { mask = constraint.mask() })
          if paths.pointCount > points { grouping.append(masks[masks.count - 1]) }
          permitted += mask.count
        })
      if frontiers > 0 { files += 1 }
    }
  }

  private struct Report: Encodable {
    /// Masks in one call.
    struct Batch: Encodable {
      var masks: Int
      var threads: Int
      /// The same ones were computed before.
      var isKnown: Bool
      var milliseconds: Double
    }

    var language: String
    var files: Int
    var vocabulary: Int
    var languageMegabytes = 0.0
    var masksMegabytes = 0.0
    var batches: [Batch] = []
    var permittedMean: Double
    var preparation: BenchTimes
    var check: BenchTimes
    var mask: BenchTimes
    var grouping: BenchTimes

    init(language: String, vocabulary: Int, _ measurement: Measurement) {
      self.language = language
      self.vocabulary = vocabulary
      files = measurement.files
      permittedMean = Double(measurement.permitted) / Double(measurement.masks.count)
      preparation = BenchTimes(measurement.preparations)
      check = BenchTimes(measurement.checks)
      mask = BenchTimes(measurement.masks)
      grouping = BenchTimes(measurement.grouping)
    }

    var text: String {
      return """
        \(language): \(files) files, \(vocabulary) tokens, \(String(format: "%.0f", permittedMean)) permitted on average

        """ + preparation.line("preparation") + check.line("check      ") + mask.line("mask       ")
          + grouping.line("  grouping ")
          + String(
            format: "memory: the language %.1f MB, vocabulary and masks %.1f MB\n", languageMegabytes, masksMegabytes)
          + batches.map {
            String(
              format: "batch of %d masks on %d threads, %@: %.2f ms\n", $0.masks, $0.threads,
              $0.isKnown ? "once more" : "nothing grouped", $0.milliseconds)
          }.joined()
    }
  }
}
