import ArgumentParser
import Audit
import Denoiser
import Foundation
import Grammar

struct AuditSoundness: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soundness",
    abstract: "Fill random holes in real files with random logits and let the runtime judge the result.",
    discussion: "Files are taken from the given paths, else from the samples of the grammar's folder.")

  @Argument(help: "Files and folders that canvases are cut from.")
  var paths: [String]

  @Option(help: "The language of the files.")
  var language: String

  @Option(help: "Canvases to fill.")
  var count = 300

  @Option(help: "Seed of the canvases and the logits.")
  var seed: UInt64 = 1

  @Option(help: "Files per folder at the most.")
  var limit = 200

  @Option(help: "Write results that fail to this folder.")
  var keep: String?

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try AuditCorpus(paths: paths, language: language, store: store, limit: limit)
    let audit = try SoundnessAudit(try store.open(language), tokenizer: DefaultModel.tokenizer())
    let report = try audit.run(corpus.inputs, count: count, seed: seed)
    for (index, failure) in report.failures.enumerated() {
      print("\(failure.name): \(failure.reason)")
      if let keep {
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        try Data(failure.text).write(to: URL(fileURLWithPath: "\(keep)/\(index)"))
      }
    }
    print(
      "passes \(report.passes), commits \(report.commits), masked again \(report.remasked), masks added "
        + "\(report.grown), holes closed with a shortest completion \(report.completed)")
    print(
      #"{"language":"\#(language)","count":\#(report.count),"clean":\#(report.clean),"reference_accepts":null}"#)
    if report.clean != report.count { throw ExitCode(1) }
  }
}
