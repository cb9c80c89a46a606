import ArgumentParser
import Audit
import Foundation
import Grammar

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Measure the tool against the tree-sitter runtime and the languages' own parsers.",
    subcommands: [AuditRecognition.self, AuditSoundness.self, AuditCompleteness.self, AuditRepair.self])
}

struct AuditRecognition: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recognition",
    abstract: "Compare the recogniser's verdict with the runtime's on files and mutated fragments.")

  @Argument(help: "Files, folders and data sets (.jsonl).")
  var paths: [String]

  @Option(help: "The language of all files; told from their names if left out.")
  var language: String?

  @Option(help: "Mutated fragments per file.")
  var mutations = 20

  @Option(help: "Files per folder at the most.")
  var limit: Int = .max

  @Option(help: "Seed of the mutations.")
  var seed: UInt64 = 1

  @Option(help: "Write inputs that are judged differently to this folder.")
  var keep: String?

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try AuditCorpus(paths: paths, language: language, store: store, limit: limit)
    var audit = RecognitionAudit(store: store)
    let report = try audit.run(corpus.inputs, mutations: mutations, seed: seed)
    for (index, found) in report.disagreements.enumerated() {
      print("\(found.name) (\(found.mutation)): the runtime \(found.runtimeAccepts ? "accepts" : "rejects")")
      if let keep {
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        try Data(found.bytes).write(to: URL(fileURLWithPath: "\(keep)/\(index)"))
      }
    }
    print(
      #"{"inputs":\#(report.inputs),"accepted":\#(report.accepted),"disagreements":\#(report.disagreements.count)}"#)
    if !report.disagreements.isEmpty { throw ExitCode(1) }
  }
}
