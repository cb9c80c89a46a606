import ArgumentParser
import Audit
import Constraint
import Denoiser
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
      are checked, then the mask over the whole vocabulary is computed.
      """)

  @Argument(help: "Files, folders and data sets (.jsonl).")
  var paths: [String]

  @Option(help: "The language of the files.")
  var language: String

  @Option(help: "Files at the most.")
  var limit = 20

  @Option(help: "Frontiers per file at the most.")
  var frontiers = 40

  @Option(help: "Seed of the holes and of the tokens that are checked.")
  var seed: UInt64 = 1

  @OptionGroup var output: FormatOption

  func validate() throws {
    guard limit > 0, frontiers > 0 else { throw ValidationError("--limit and --frontiers must be positive.") }
  }

  func run() throws {
    let store = GrammarStore.default
    let corpus = try AuditCorpus(paths: paths, language: language, store: store, limit: limit)
    let language = try Language(try store.open(language))
    let tokenizer = try DefaultModel.tokenizer()
    var measurement = Measurement(language, tokenizer, frontiers: frontiers, seed: seed)
    for input in corpus.inputs.prefix(limit) { measurement.add(input.bytes) }
    guard !measurement.masks.isEmpty else {
      throw CommandError("expected files whose text the constraint can complete, found none")
    }
    let report = Report(language: self.language, vocabulary: tokenizer.vocabulary.count, measurement)
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  private struct Measurement {
    let language: Language
    let tokenizer: Tokenizer
    let paths: TokenPaths
    let frontiers: Int
    var generator: SeededGenerator
    var files = 0
    var preparations: [Duration] = []
    var checks: [Duration] = []
    var masks: [Duration] = []
    var permitted = 0

    init(_ language: Language, _ tokenizer: Tokenizer, frontiers: Int, seed: UInt64) {
      self.language = language
      self.tokenizer = tokenizer
      self.frontiers = frontiers
      paths = TokenPaths(language, tokenizer.vocabulary)
      generator = SeededGenerator(seed: seed)
    }

    /// Walks over one hole of `text`, cut at the starts of lines.
    mutating func add(_ text: [UInt8]) {
      let lines = [0] + text.indices.filter { text[$0] == 0x0A }.map { $0 + 1 }
      let first = Int.random(in: 0..<lines.count, using: &generator)
      let start = lines[first]
      let end = lines[min(first + 8, lines.count - 1)]
      guard start < end else { return }
      let clock = ContinuousClock()
      let began = clock.now
      let recogniser = HoleRecogniser(
        language, prefix: Array(text[..<start]), segments: [Array(text[end...])])
      guard recogniser.isViable else { return }
      preparations.append(clock.now - began)
      files += 1
      let constraint = TokenConstraint(recogniser, paths)
      for token in tokenizer.encode(text[start..<end]).prefix(frontiers) {
        let others = (0..<8).map { _ in
          TokenID(Int.random(in: 0..<tokenizer.vocabulary.count, using: &generator))
        }
        for candidate in [token] + others {
          checks.append(clock.measure { _ = constraint.permits(candidate) })
        }
        var count = 0
        masks.append(clock.measure { count = constraint.mask().count })
        permitted += count
        // Text that starts inside a string or comment of several lines may be refused; the rest has no meaning then.
        guard constraint.commit(token) else { return }
      }
    }
  }

  private struct Report: Encodable {
    struct Times: Encodable {
      var count: Int
      /// Microseconds.
      var median: Double
      var p99: Double

      init(_ durations: [Duration]) {
        let sorted = durations.sorted()
        count = sorted.count
        median = sorted[sorted.count / 2] / .microseconds(1)
        p99 = sorted[sorted.count * 99 / 100] / .microseconds(1)
      }
    }

    var language: String
    var files: Int
    var vocabulary: Int
    var permittedMean: Double
    var preparation: Times
    var check: Times
    var mask: Times

    init(language: String, vocabulary: Int, _ measurement: Measurement) {
      self.language = language
      self.vocabulary = vocabulary
      files = measurement.files
      permittedMean = Double(measurement.permitted) / Double(measurement.masks.count)
      preparation = Times(measurement.preparations)
      check = Times(measurement.checks)
      mask = Times(measurement.masks)
    }

    var text: String {
      func line(_ name: String, _ times: Times) -> String {
        String(format: "%@ %7d times, median %9.1f µs, p99 %9.1f µs", name, times.count, times.median, times.p99)
      }
      return """
        \(language): \(files) files, \(vocabulary) tokens, \(String(format: "%.0f", permittedMean)) permitted on average
        \(line("preparation", preparation))
        \(line("check      ", check))
        \(line("mask       ", mask))

        """
    }
  }
}
