import ArgumentParser
import Audit
import Foundation
import Grammar
import Recognition
import Reporting
import Vocabulary

struct BenchCanvasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canvas",
    abstract: "Measure the constraint on canvases with many gaps.",
    discussion: """
      In a part of each file, terminals are masked at random; the text around it and between the gaps is fixed. The \
      whole canvas is checked from nothing. Then the true terminals are written one by one in random order, each of \
      which must leave the whole canvas completable.
      """)

  @OptionGroup var files: BenchFiles

  @Option(help: "Files at the most.")
  var limit = 20

  @Option(help: "Tokens of the part that has gaps.")
  var positions = 512

  @Option(help: "The share of them that is committed.")
  var committed = 0.5

  @Option(help: "Seed of the gaps.")
  var seed: UInt64 = 1

  @OptionGroup var tokens: TokenizerOption
  @OptionGroup var output: FormatOption

  func validate() throws {
    guard limit > 0, positions > 0 else { throw ValidationError("--limit and --positions must be positive.") }
    guard 0..<1 ~= committed else {
      throw ValidationError("--committed must be from 0 to less than 1, found \(committed).")
    }
  }

  func run() throws {
    let store = GrammarStore.default
    let corpus = try files.corpus(store, limit: .max)
    let grammar = try store.open(files.language)
    let tokenizer = try tokens.tokenizer()
    let workload = try CanvasWorkload(grammar, tokenizer, positions: positions, committed: committed)
    var measurement = Measurement()
    for (index, input) in corpus.inputs.enumerated() where measurement.canvases < limit {
      let hasCanvas = workload.walk(input.bytes, seed: seed &+ UInt64(index)) { measurement.add($0, $1) }
      if hasCanvas { measurement.canvases += 1 }
    }
    guard measurement.canvases > 0 else {
      throw CommandError("expected files of more than \(positions) tokens, found none")
    }
    let report = Report(language: files.language, positions: positions, measurement)
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  private struct Measurement {
    var canvases = 0
    var checks: [Duration] = []
    var commits: [Duration] = []
    var gaps = 0
    var masked = 0
    var notCompletable = 0
    var refused = 0

    mutating func add(_ step: CanvasWorkload.Step, _ time: Duration) {
      switch step {
      case .check(let gaps, let masked, let isCompletable):
        checks.append(time)
        self.gaps += gaps
        self.masked += masked
        if !isCompletable { notCompletable += 1 }
      case .commit(let isAllowed):
        commits.append(time)
        if !isAllowed { refused += 1 }
      }
    }
  }

  private struct Report: Encodable {
    var language: String
    var positions: Int
    var canvases: Int
    /// On average, of a canvas.
    var gaps: Double
    var masked: Double
    /// Canvases that were not found to be completable, and true terminals that were refused.
    var notCompletable: Int
    var refused: Int
    var check: BenchTimes
    var commit: BenchTimes

    init(language: String, positions: Int, _ measurement: Measurement) {
      self.language = language
      self.positions = positions
      canvases = measurement.canvases
      gaps = Double(measurement.gaps) / Double(canvases)
      masked = Double(measurement.masked) / Double(canvases)
      notCompletable = measurement.notCompletable
      refused = measurement.refused
      check = BenchTimes(measurement.checks)
      commit = BenchTimes(measurement.commits)
    }

    var text: String {
      String(
        format: """
          %@: %d canvases of %d tokens, %.0f masked in %.0f gaps on average; %d not found to be completable; \
          %d of %d true terminals refused

          """, language, canvases, positions, masked, gaps, notCompletable, refused, commit.count)
        + check.line("check ") + commit.line("commit")
    }
  }
}
