import ArgumentParser
import Audit
import Grammar

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Measure the tool against the tree-sitter runtime and the languages' own parsers.",
    subcommands: [
      AuditRecognition.self, AuditSoundness.self, AuditCompleteness.self, AuditMasks.self, AuditFuzz.self,
      AuditRepair.self, AuditInfill.self, AuditLocalise.self,
    ])
}

struct AuditRecognition: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recognition",
    abstract: "Compare the recogniser's verdict with the runtime's on files and mutated fragments.")

  @OptionGroup var options: AuditCorpusOptions

  @Option(help: "Mutated fragments per file.")
  var mutations = 20

  @OptionGroup var record: RecordOption

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try options.corpus(store)
    var audit = RecognitionAudit(store: store)
    let report = try audit.run(corpus.inputs, mutations: mutations, seed: options.seed)
    for (index, found) in report.disagreements.enumerated() {
      print("\(found.name) (\(found.mutation)): the runtime \(found.runtimeAccepts ? "accepts" : "rejects")")
      try options.common.keep(found.bytes, as: "\(index)")
    }
    print(
      #"{"inputs":\#(report.inputs),"accepted":\#(report.accepted),"disagreements":\#(report.disagreements.count)}"#)
    try record.keep(
      "recognition", checked: report.inputs, failed: report.disagreements.count, of: corpus, store)
    if !report.disagreements.isEmpty { throw ExitCode(1) }
  }
}
