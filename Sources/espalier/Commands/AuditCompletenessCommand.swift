import ArgumentParser
import Audit
import Denoiser
import Grammar
import Vocabulary

struct AuditCompleteness: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completeness",
    abstract: "Punch holes into clean files and check that the mask permits every token of the true text.")

  @OptionGroup var options: AuditCorpusOptions

  @Option(help: "Holes per file at the most.")
  var holes = 4

  @Flag(help: "Take the grammar as tree-sitter takes it.")
  var noDialect = false

  @Flag(help: "One token per byte, instead of the default model's tokens.")
  var bytes = false

  @OptionGroup var record: RecordOption

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try options.corpus(store)
    var audit = CompletenessAudit(
      store: store, tokenizer: bytes ? .bytes : try DefaultModel.tokenizer(), applyingDialect: !noDialect)
    let report = try audit.run(corpus.inputs, holes: holes, seed: options.seed) { refusal in
      let holes = refusal.holes.map { "\($0.lowerBound)..<\($0.upperBound)" }.joined(separator: " ")
      let token = refusal.token.map { "token '\(String(decoding: $0, as: UTF8.self))'" } ?? "the end of the hole"
      print("\(refusal.name) (\(refusal.format)): hole \(refusal.hole) of [\(holes)] at \(refusal.offset): \(token)")
    }
    for (index, refusal) in report.refusals.enumerated() {
      try options.common.keep(refusal.text, as: "\(index)")
    }
    for (name, offset) in report.narrowed { print("\(name): clean, but not of the dialect at \(offset)") }
    print(
      #"{"files":\#(report.files),"texts":\#(report.texts),"unclean":\#(report.unclean),"#
        + #""narrowed":\#(report.narrowed.count),"tokens":\#(report.tokens),"refused":\#(report.refusals.count)}"#)
    try record.keep("completeness", checked: report.tokens, failed: report.refusals.count, of: corpus, store)
    if !report.refusals.isEmpty { throw ExitCode(1) }
  }
}
