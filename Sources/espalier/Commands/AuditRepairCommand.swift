import ArgumentParser
import Audit
import Foundation
import Grammar
import Repair
import Reporting

struct AuditRepair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Repair broken texts and have the language's own parser, or the original, judge the results.",
    discussion: """
      A data set has one JSON object in each line: 'id', 'broken' and perhaps 'fixed', or 'text' and 'valid'. Instead \
      of one, --synthetic damages valid files in one place each and compares what comes back with the original, and \
      --robustness damages them badly and looks for harm. Prints a table and, last, one line of JSON.
      """)

  @Argument(help: "The data set (.jsonl).", completion: .file(extensions: ["jsonl"]))
  var path: String?

  @OptionGroup var synthetic: SyntheticOptions
  @OptionGroup var options: AuditOptions

  @Flag(help: "List the records that are refused, or that the language's own parser or the original do not agree with.")
  var list = false

  @Option(help: "How many proposals are looked at.")
  var among = RepairOptions().proposals

  @OptionGroup var search: RepairSearchOptions
  @OptionGroup var model: RankingModelOption

  func validate() throws {
    guard [path, synthetic.folder, synthetic.robustness].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("Expected a data set, --synthetic or --robustness, and one of them only.")
    }
    if among < 1 { throw ValidationError("--among: expected at least 1, found \(among)") }
  }

  func run() async throws {
    let store = GrammarStore.default
    try model.check()
    if let folder = synthetic.folder { return try damage(folder, store) }
    if let folder = synthetic.robustness { return try endure(folder, store) }
    guard let path else { return }
    let name = (path as NSString).lastPathComponent
    guard let language = options.language ?? store.list().map(\.name).first(where: { name.hasPrefix($0 + "-") }) else {
      throw CommandError("\(path): expected a name that starts with an installed language, or --language")
    }
    let grammar = try store.open(language)
    let repairer = try Repairer(grammar, model: { try model.load() })
    var limits = search.options
    limits.proposals = among
    let audit = try RepairAudit(grammar, repairer: repairer, options: limits)
    let records = try RepairRecord.read(path).prefix(options.limit)
    let progress = Progress("repairing", total: records.count)
    var verdicts: [RepairAudit.Verdict] = []
    for record in records {
      let verdict = audit.run(record)
      verdicts.append(verdict)
      if list, !verdict.mustStay { try tell(verdict) }
      if let proposal = verdict.proposal { try options.keep(proposal, as: (record.id as NSString).lastPathComponent) }
      progress.advance()
    }
    progress.finish()
    let report = RepairReport(verdicts)
    try StandardOutput.write(report.table)
    try StandardOutput.write(JSONText.line(report.summary))
  }

  /// Damages the files of a folder, in every language that they have.
  private func damage(_ folder: String, _ store: GrammarStore) throws {
    let corpus = try AuditCorpus(paths: [folder], language: options.language, store: store, limit: options.limit)
    let languages = corpus.byLanguage
    let progress = Progress("repairing", total: languages.count * synthetic.count)
    var verdicts: [SyntheticAudit.Verdict] = []
    var fit = WeightFit()
    for (language, inputs) in languages {
      let grammar = try store.open(language)
      let repairer = try Repairer(grammar, model: { try model.load() })
      // The seed draws the damages; a repair is the first one found.
      var limits = search.options
      limits.seed = 0
      limits.proposals = synthetic.fit ? max(20, among) : among
      if synthetic.fit { limits.modelMargin = .infinity }
      var audit = try SyntheticAudit(
        grammar, repairer, inputs, lines: synthetic.lines, excerpts: synthetic.excerpts, options: limits,
        seed: search.seed)
      audit.fit = fit
      try audit.run(synthetic.count) { verdict in
        if verdict.exact != 1 { try tell(verdict, number: verdicts.count) }
        verdicts.append(verdict)
        progress.advance()
      }
      fit = audit.fit
    }
    progress.finish()
    if synthetic.fit {
      if let result = fit.result() { try StandardOutput.write(JSONText.line(result)) }
    }
    let report = SyntheticReport(verdicts)
    try StandardOutput.write(report.table)
    try StandardOutput.write(JSONText.line(report.rows))
  }

  /// Repairs valid and badly damaged files of a folder, in every language that they have.
  private func endure(_ folder: String, _ store: GrammarStore) throws {
    let corpus = try AuditCorpus(paths: [folder], language: options.language, store: store, limit: options.limit)
    let languages = corpus.byLanguage
    let progress = Progress("repairing", total: 2 * languages.count * synthetic.count)
    var limits = search.options
    limits.seed = 0
    var harm = 0
    for (language, inputs) in languages {
      let grammar = try store.open(language)
      let repairer = try Repairer(grammar, model: { try model.load() })
      var audit = try RobustnessAudit(grammar, repairer, options: limits)
      try audit.run(inputs, count: synthetic.count, seed: search.seed, progress: progress.advance) { what, text in
        try StandardOutput.write(what + "\n")
        try options.keep(text, as: "\(language)-\(harm).damaged")
        harm += 1
      }
      try StandardOutput.write(JSONText.line(audit.report))
    }
    progress.finish()
    if harm > 0 { throw ExitStatus.findings }
  }

  private func tell(_ verdict: RepairAudit.Verdict) throws {
    var what: [String] = []
    if verdict.outcome == .refused || verdict.isAccepted == false {
      let reason = verdict.isAcceptedSyntax == true ? "the meaning alone is wrong" : verdict.reason
      what.append("\(verdict.outcome.rawValue) \(reason)")
    }
    if verdict.wasFixed, verdict.match != 1 {
      what.append(verdict.match.map { "the person's fix comes as \($0)" } ?? "other than the person's fix")
    }
    if !what.isEmpty { try StandardOutput.write("\(verdict.id): \(what.joined(separator: "; "))\n") }
  }

  private func tell(_ verdict: SyntheticAudit.Verdict, number: Int) throws {
    try options.keep(verdict.damaged, as: "\(number).damaged")
    try options.keep(verdict.original, as: "\(number).original")
    if let proposal = verdict.proposal { try options.keep(proposal, as: "\(number).repaired") }
    guard list else { return }
    let what =
      verdict.exact.map { "the original comes as \($0)" } ?? (verdict.proposal == nil ? verdict.reason : "other")
    try StandardOutput.write("\(number) \(verdict.name): \(verdict.kind.rawValue): \(what)\n")
  }
}
