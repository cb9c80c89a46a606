import ArgumentParser
import Audit
import Foundation
import Grammar
import Reporting

/// `--record`: keeps what an audit found out, for `grammar list`.
struct RecordOption: ParsableArguments {
  @Option(
    help: .init(
      "Record the result for 'grammar list' in this file: audits.json in the folder of the grammar's description.",
      valueName: "file"))
  var record: String?

  /// Adds a record to the file; those of another build of the grammar go.
  ///
  /// Throws if the texts are not all of one language, or the file cannot be read or written.
  func keep(_ audit: String, checked: Int, failed: Int, of corpus: AuditCorpus, _ store: GrammarStore) throws {
    guard let record else { return }
    let languages = Set(corpus.inputs.map(\.language)).sorted()
    guard languages.count == 1, let entry = store.list().first(where: { $0.name == languages[0] }),
      let tables = entry.fingerprint
    else {
      throw CommandError("--record: expected files of one language, found \(languages.joined(separator: ", "))")
    }
    var records = AuditRecords(tables: tables)
    if FileManager.default.fileExists(atPath: record) {
      let known = try AuditRecords(path: record)
      if known.tables == tables { records = known }
    }
    records.audits[audit] = AuditRecords.Record(
      checked: checked, failed: failed, tool: Espalier.configuration.version)
    do {
      try Data(JSONText.document(records)).write(to: URL(fileURLWithPath: record), options: .atomic)
    } catch {
      throw FileError.unwritable(path: record, reason: error.localizedDescription)
    }
  }
}
