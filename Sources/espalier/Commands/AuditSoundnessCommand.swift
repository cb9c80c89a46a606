import ArgumentParser
import Audit
import Denoiser
import Grammar

struct AuditSoundness: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soundness",
    abstract: "Fill random holes in real files with random logits and let the runtime judge the result.",
    discussion: """
      The last line tells how many results the language's own parser judges and accepts, and accepts as far as syntax \
      goes: random names are rarely declared.
      """)

  @OptionGroup var options: AuditCorpusOptions

  @Option(help: "Canvases to fill.")
  var count = 300

  @OptionGroup var record: RecordOption

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try options.corpus(store)
    let languages = Set(corpus.inputs.map(\.language))
    guard let language = languages.first, languages.count == 1 else {
      throw CommandError("expected files of one language, found \(languages.sorted().joined(separator: ", "))")
    }
    let grammar = try store.open(language)
    let audit = try SoundnessAudit(grammar, tokenizer: DefaultModel.tokenizer())
    let report = try audit.run(corpus.inputs, count: count, seed: options.seed)
    for (index, failure) in report.failures.enumerated() {
      print("\(failure.name): \(failure.reason)")
      try options.common.keep(failure.text, as: "\(index)")
    }
    print(
      "passes \(report.passes), commits \(report.commits), masked again \(report.remasked), masks added "
        + "\(report.grown), holes closed with a shortest completion \(report.completed)")
    let reference = try report.judgedByReference(grammar)
    for index in reference?.rejected ?? [] { try options.common.keep(report.texts[index], as: "rejected-\(index)") }
    func number(_ value: Int?) -> String { value.map { "\($0)" } ?? "null" }
    print(
      #"{"language":"\#(language)","count":\#(report.count),"clean":\#(report.clean),"#
        + #""reference_accepts":\#(number(reference?.accepted)),"#
        + #""reference_accepts_syntax":\#(number(reference?.syntax)),"#
        + #""reference_judged":\#(number(reference?.judged))}"#)
    try record.keep("soundness", checked: report.count, failed: report.count - report.clean, of: corpus, store)
    if report.clean != report.count { throw ExitCode(1) }
  }
}
