import ArgumentParser
import Audit
import Foundation
import Grammar
import Recognition
import Reporting

struct BenchRecognitionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recognition",
    abstract: "Measure how long a language takes to load and how fast whole files are recognised.")

  @OptionGroup var files: BenchFiles

  @Option(help: "Files per folder at the most.")
  var limit = 200

  @OptionGroup var output: FormatOption

  func run() throws {
    let store = GrammarStore.default
    let corpus = try files.corpus(store, limit: limit)
    let clock = ContinuousClock()
    let began = clock.now
    let language = try Language(try store.open(files.language))
    let load = clock.now - began
    var bytes = 0
    var accepted = 0
    let work = clock.measure {
      for input in corpus.inputs {
        bytes += input.bytes.count
        if input.bytes.withUnsafeBufferPointer({ Recogniser(language).accepts($0) }) { accepted += 1 }
      }
    }
    let report = Report(
      language: files.language, files: corpus.inputs.count, accepted: accepted, bytes: bytes,
      loadMilliseconds: load / .milliseconds(1), seconds: work / .seconds(1),
      megabytesPerSecond: Double(bytes) / 1e6 / (work / .seconds(1)))
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  private struct Report: Encodable {
    var language: String
    var files: Int
    var accepted: Int
    var bytes: Int
    var loadMilliseconds: Double
    var seconds: Double
    var megabytesPerSecond: Double

    var text: String {
      String(
        format: "%@: loaded in %.1f ms; %d files (%d accepted), %.2f MB in %.2f s, %.1f MB/s\n", language,
        loadMilliseconds, files, accepted, Double(bytes) / 1e6, seconds, megabytesPerSecond)
    }
  }
}
