import ArgumentParser
import Audit
import Denoiser
import Foundation
import Grammar
import Reporting
import Tensor
import Vocabulary

struct BenchPrecisionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "precision",
    abstract: "Compare what a model predicts in each type of numbers.",
    discussion: """
      Real text is masked, every seventh token or every second, and each token is masked once. Cross-entropy is that of \
      the masked tokens in nats. Logits are compared with those in float32: the greatest difference in relation to the \
      greatest logit, the root of the mean square of the difference in relation to that of the logits, and how many \
      tokens are likeliest in both.
      """)

  @Argument(help: "Files, folders and data sets (.jsonl).")
  var paths: [String]

  @Option(help: "The language of the files.")
  var language: String

  @Option(
    name: [.customLong("checkpoint"), .customLong("model")],
    help: "A folder with a checkpoint, instead of the default model.", completion: .directory)
  var folder: String?

  @Option(help: "Windows of text at the most, one from the middle of each file.")
  var windows = 100

  @Option(help: "Tokens of a window.")
  var tokens = 256

  @OptionGroup var output: FormatOption

  func validate() throws {
    guard 1...100_000 ~= windows, 8...4096 ~= tokens else {
      throw ValidationError(
        "--windows must be from 1 to 100000 and --tokens from 8 to 4096, found \(windows) and \(tokens).")
    }
  }

  func run() throws {
    let corpus = try AuditCorpus(paths: paths, language: language, store: .default, limit: windows)
    let reference = try load(.float32)
    let size = min(tokens, reference.maximumLength)
    let texts = corpus.inputs.compactMap { input -> [TokenID]? in
      let all = reference.tokenizer.encode(input.bytes)
      guard all.count >= 8 else { return nil }
      let start = max(0, (all.count - size) / 2)
      return Array(all[start..<min(start + size, all.count)])
    }
    guard !texts.isEmpty else { throw CommandError("expected a text of at least 8 tokens, found none") }
    var report = Report(model: reference.name, windows: texts.count, tokens: texts.reduce(0) { $0 + $1.count })
    for type in ElementType.allCases where type.isSupported {
      report.rows.append(try row(type, texts, reference))
    }
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  private func load(_ type: ElementType) throws -> Denoiser {
    let options = DenoiserOptions(elementType: type)
    return try folder.map { try Denoiser(folder: $0, options) } ?? DefaultModel.denoiser(options)
  }

  private func row(_ type: ElementType, _ texts: [[TokenID]], _ reference: Denoiser) throws -> Report.Row {
    let denoiser = try load(type)
    var sums = [2: 0.0, 7: 0.0]
    var count = 0.0
    var difference: Float = 0
    var greatest: Float = 0
    var squares = (difference: 0.0, logits: 0.0)
    var agreements = 0
    var compared = 0
    var expected: [Float] = []
    var found: [Float] = []
    let vocabulary = denoiser.vocabulary.count
    for text in texts {
      for interval in sums.keys {
        sums[interval]? -=
          try denoiser.meanLogLikelihood(of: text, interval: interval, piece: text.count)
          * Double(text.count)
      }
      count += Double(text.count)
      let positions = Array(stride(from: 3, to: text.count, by: 7))
      var masked = text
      for position in positions { masked[position] = denoiser.maskToken }
      try denoiser.logits(for: masked, at: positions, into: &found)
      try reference.logits(for: masked, at: positions, into: &expected)
      for row in positions.indices {
        let range = row * vocabulary..<(row + 1) * vocabulary
        var best = (range.lowerBound, range.lowerBound)
        for index in range {
          difference = max(difference, abs(found[index] - expected[index]))
          greatest = max(greatest, abs(expected[index]))
          squares.difference += Double((found[index] - expected[index]) * (found[index] - expected[index]))
          squares.logits += Double(expected[index] * expected[index])
          if found[index] > found[best.0] { best.0 = index }
          if expected[index] > expected[best.1] { best.1 = index }
        }
        if best.0 == best.1 { agreements += 1 }
      }
      compared += positions.count
    }
    return Report.Row(
      precision: type.rawValue, crossEntropySeventh: (sums[7] ?? 0) / count, crossEntropyHalf: (sums[2] ?? 0) / count,
      greatestError: Double(difference / greatest), meanError: (squares.difference / squares.logits).squareRoot(),
      sameLikeliest: Double(agreements) / Double(compared))
  }

  private struct Report: Encodable {
    struct Row: Encodable {
      var precision: String
      var crossEntropySeventh: Double
      var crossEntropyHalf: Double
      var greatestError: Double
      var meanError: Double
      var sameLikeliest: Double
    }

    var model: String
    var windows: Int
    var tokens: Int
    var rows: [Row] = []

    var text: String {
      var text = """
        \(model): \(windows) windows, \(tokens) tokens
        precision  cross-entropy 1/7  1/2     greatest error  mean error  same likeliest token

        """
      for row in rows {
        text += row.precision.padding(toLength: 10, withPad: " ", startingAt: 0)
        text += String(
          format: " %-17.4f %.4f %-15.2g %-11.2g %.1f%%\n", row.crossEntropySeventh, row.crossEntropyHalf,
          row.greatestError, row.meanError, 100 * row.sameLikeliest)
      }
      return text
    }
  }
}
