import ArgumentParser
import Audit
import Foundation
import Grammar

/// What all audits have in common.
struct AuditOptions: ParsableArguments {
  @Option(help: "The language of all texts; told from the names of the files if left out.")
  var language: String?

  @Option(help: "Files per folder, or records of a data set, at the most.")
  var limit: Int = .max

  @Option(help: .init("Write the texts concerned to this folder.", valueName: "folder"))
  var keep: String?

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit: expected at least 1, found \(limit)") }
  }

  /// Writes a text to the folder of `--keep`, if there is one.
  func keep(_ text: [UInt8], as name: String) throws {
    guard let keep else { return }
    try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
    try Data(text).write(to: URL(fileURLWithPath: "\(keep)/\(name)"))
  }
}

/// The options of audits that draw their inputs from files.
struct AuditCorpusOptions: ParsableArguments {
  @Argument(help: "Files, folders and data sets (.jsonl).")
  var paths: [String]

  @OptionGroup var common: AuditOptions

  @Option(help: "Seed of what is drawn.")
  var seed: UInt64 = 1

  func corpus(_ store: GrammarStore) throws -> AuditCorpus {
    try AuditCorpus(paths: paths, language: common.language, store: store, limit: common.limit)
  }
}
