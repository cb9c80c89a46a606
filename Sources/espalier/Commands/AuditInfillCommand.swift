import ArgumentParser
import Audit
import Denoiser
import Diffusion
import Grammar
import Recognition
import Reporting

struct AuditInfill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infill",
    abstract: "Take pieces out of texts, have them written anew, and compare.",
    discussion: """
      A data set has one JSON object in each line: 'prompt', 'canonical_solution', which is taken out, and 'suffix'. \
      Each piece is written twice: in a hole of the true number of tokens, and with a length that the tool chooses. \
      Prints a table and, last, one line of JSON.
      """)

  @Argument(help: "The data set (.jsonl or .jsonl.gz).", completion: .file(extensions: ["jsonl", "gz"]))
  var path: String

  @Option(help: "The language of all texts.")
  var language: String

  @Option(help: "Records at the most, taken evenly from the data set.")
  var limit = Int.max

  @Option(help: "Tokens that a hole may have where the tool chooses.")
  var length = 48

  @Option(help: "The same seed writes the same text.")
  var seed: UInt64 = 0

  @OptionGroup var denoiser: DenoiserOption

  @Flag(help: "Show what was taken out and what was written.")
  var list = false

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit: expected at least 1, found \(limit)") }
    guard 1...4_096 ~= length else { throw ValidationError("--length must be from 1 to 4096, found \(length).") }
  }

  func run() throws {
    let language = try Language(try GrammarStore.default.open(language))
    let model = try denoiser.load(seed: seed)
    var options = SamplerOptions()
    options.seed = seed
    let audit = try InfillAudit(language, model, options: options, length: length)
    let all = try InfillRecord.read(path)
    let count = min(limit, all.count)
    let records = (0..<count).map { all[$0 * all.count / count] }
    let progress = Progress("writing", total: records.count * InfillAudit.Length.allCases.count)
    var reports: [InfillReport] = []
    for length in InfillAudit.Length.allCases {
      var verdicts: [InfillAudit.Verdict] = []
      for record in records {
        let verdict = audit.run(record, length)
        verdicts.append(verdict)
        progress.advance()
        guard list else { continue }
        let written = verdict.written.map { String(decoding: $0, as: UTF8.self).debugDescription } ?? verdict.reason
        let missing = String(decoding: record.missing, as: UTF8.self).debugDescription
        try StandardOutput.write("\(verdict.id) \(length.rawValue): \(missing) -> \(written)\n")
      }
      reports.append(InfillReport(verdicts, denoiser: model.name, length: length))
    }
    progress.finish()
    try StandardOutput.write(InfillReport.table(reports))
    try StandardOutput.write(JSONText.line(reports))
  }
}
