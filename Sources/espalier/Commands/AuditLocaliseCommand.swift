import ArgumentParser
import Audit
import Foundation
import Grammar
import Repair
import Reporting

struct AuditLocalise: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "localise",
    abstract: "Ask where broken texts are wrong, and compare with the lines that were changed.",
    discussion: """
      A data set has one JSON object in each line, with 'broken' and 'fixed'; records without either are left out. \
      With --synthetic, valid files of a folder are damaged in one place each instead. Four methods rank the lines: \
      the runtime's ERROR and MISSING nodes, the place where the text cannot go on, the model's error head, and the \
      last two together. Prints a table and, last, one line of JSON.
      """)

  @Argument(help: "Data sets (.jsonl).", completion: .file(extensions: ["jsonl"]))
  var paths: [String] = []

  @Option(help: .init("Damage the valid files of this folder.", valueName: "folder"), completion: .directory)
  var synthetic: String?

  @Option(help: "The language of all texts; told from the names of the files if left out.")
  var language: String?

  @Option(help: "Damaged files of each language, or records of a data set, at the most.")
  var count = 200

  @Option(name: .customLong("max-lines"), help: "The most lines of a file that is damaged.")
  var maximumLines = 1_000

  @Option(help: "Seed of the damage.")
  var seed: UInt64 = 1

  @Option(name: .customLong("distance-weight"), help: "What distance from the parser's place counts against the model.")
  var distanceWeight: Float = 1

  @OptionGroup var model: RankingModelOption

  func validate() throws {
    guard paths.isEmpty == (synthetic != nil) else {
      throw ValidationError("Expected data sets or --synthetic, and one of them only.")
    }
    if count < 1 { throw ValidationError("--count: expected at least 1, found \(count)") }
    if maximumLines < 1 { throw ValidationError("--max-lines: expected at least 1, found \(maximumLines)") }
  }

  func run() throws {
    let store = GrammarStore.default
    var rows: [LocalisationAudit.Row] = []
    let denoiser = try model.load()
    if let synthetic {
      let corpus = try AuditCorpus(paths: [synthetic], language: language, store: store)
      for (name, inputs) in corpus.byLanguage {
        let grammar = try store.open(name)
        var audit = LocalisationAudit(grammar, try Localiser(grammar, denoiser, distanceWeight: distanceWeight))
        try audit.damage(
          grammar, try Repairer(grammar), inputs, lines: 1...maximumLines, count: count, seed: seed)
        rows += audit.rows
      }
    }
    for path in paths {
      let name = (path as NSString).lastPathComponent
      guard let language = language ?? store.list().map(\.name).first(where: { name.hasPrefix($0 + "-") }) else {
        throw CommandError("\(path): expected a name that starts with an installed language, or --language")
      }
      let grammar = try store.open(language)
      var audit = LocalisationAudit(grammar, try Localiser(grammar, denoiser, distanceWeight: distanceWeight))
      for record in try RepairRecord.read(path).prefix(count) {
        guard let broken = record.broken, let fixed = record.fixed else { continue }
        try audit.add(broken, fixed: fixed)
      }
      rows += audit.rows
    }
    try StandardOutput.write(LocalisationAudit.table(rows))
    try StandardOutput.write(JSONText.line(rows))
  }
}
