import ArgumentParser
import Audit
import Grammar

/// Real files of one language, on which something is timed.
struct BenchFiles: ParsableArguments {
  @Argument(help: "Files, folders and data sets (.jsonl).")
  var paths: [String]

  @Option(help: "The language of the files.")
  var language: String

  /// - Parameter limit: files per folder at the most.
  func corpus(_ store: GrammarStore, limit: Int) throws -> AuditCorpus {
    try AuditCorpus(paths: paths, language: language, store: store, limit: limit)
  }
}
