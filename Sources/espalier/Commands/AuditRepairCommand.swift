import ArgumentParser
import Audit
import Foundation
import Grammar
import Repair
import Reporting

struct AuditRepair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Repair the broken texts of a data set and have the language's own parser judge the results.",
    discussion: """
      A data set has one JSON object in each line: 'id', 'broken' and perhaps 'fixed', or 'text' and 'valid'. Prints a \
      table and, last, one line of JSON.
      """)

  @Argument(help: "The data set (.jsonl).", completion: .file(extensions: ["jsonl"]))
  var path: String

  @OptionGroup var options: AuditOptions

  @Flag(help: "List the records that are refused or that the language's own parser does not take.")
  var list = false

  @OptionGroup var search: RepairSearchOptions
  @OptionGroup var model: RankingModelOption

  func run() async throws {
    let store = GrammarStore.default
    let name = (path as NSString).lastPathComponent
    guard let language = options.language ?? store.list().map(\.name).first(where: { name.hasPrefix($0 + "-") }) else {
      throw CommandError("\(path): expected a name that starts with an installed language, or --language")
    }
    let grammar = try store.open(language)
    try model.check()
    let repairer = try Repairer(grammar, model: { try model.load() })
    let audit = try RepairAudit(grammar, repairer: repairer, options: search.options)
    let records = try RepairRecord.read(path).prefix(options.limit)
    let progress = Progress("repairing", total: records.count)
    var verdicts: [RepairAudit.Verdict] = []
    for record in records {
      let verdict = audit.run(record)
      verdicts.append(verdict)
      if list, !verdict.mustStay, verdict.outcome == .refused || verdict.isAccepted == false {
        let reason = verdict.isAcceptedSyntax == true ? "the meaning alone is wrong" : verdict.reason
        try StandardOutput.write("\(record.id): \(verdict.outcome.rawValue) \(reason)\n")
      }
      if let proposal = verdict.proposal { try options.keep(proposal, as: (record.id as NSString).lastPathComponent) }
      progress.advance()
    }
    progress.finish()
    let report = RepairReport(verdicts)
    try StandardOutput.write(report.table)
    try StandardOutput.write(JSONText.line(report.summary))
  }
}
