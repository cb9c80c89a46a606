import ArgumentParser
import Foundation
import Grammar
import Repair
import Reporting

struct FixCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fix",
    abstract: "Repair the syntax of files.",
    discussion: """
      Shows what would change as a diff, which 'git apply' reads. A valid file is never changed, and nothing is changed \
      where no repair is found. Exits with 0 if all is valid or repaired and written, 1 if a repair was shown but not \
      written or something is left unrepaired, and 2 if something could not be read.
      """)

  @Argument(
    help: """
      Files, folders and patterns such as 'src/**/*.py'. Hidden files, links and what git ignores are passed over \
      inside folders.
      """)
  var paths: [String] = []

  @OptionGroup var modes: FixModeOptions
  @OptionGroup var input: StandardInputOptions
  @OptionGroup var search: RepairSearchOptions
  @OptionGroup var model: RankingModelOption
  @OptionGroup var output: FormatOption

  func validate() throws {
    if input.isUsed, !paths.isEmpty { throw ValidationError("--stdin takes no paths.") }
    if !input.isUsed, paths.isEmpty { throw ValidationError("Expected files or folders, or --stdin.") }
    if input.isUsed, modes.write || modes.check || modes.interactive {
      throw ValidationError("--stdin writes to standard output alone.")
    }
    if modes.interactive, output.format == .json { throw ValidationError("--interactive asks in text only.") }
  }

  func run() async throws {
    let store = GrammarStore.default
    let languages = try LanguageTable(store)
    if input.isUsed { return try repairStandardInput(store, languages) }

    let assigned = AssignedFiles(paths, languages, passingIgnored: modes.ignore)
    var grammars: [String: Grammar] = [:]
    for name in Set(assigned.files.map(\.language)) { grammars[name] = try store.open(name) }
    let progress = Reporting.Progress("repairing", total: assigned.files.count)
    var files = try await repair(assigned.files, grammars, progress)
    progress.finish()

    if modes.interactive { try FixDialogue().run(&files) }
    let report = FixReport(files: files, problems: assigned.problems)
    let isWriting = modes.write || modes.interactive
    try report.write(
      output.format, mode: isWriting ? .write : modes.check ? .check : .show, all: modes.alternatives != nil)
    if report.hasProblems { throw ExitStatus.failure }
    if files.contains(where: { $0.outcome == .unrepaired || ($0.outcome == .repaired && !$0.isWritten) }) {
      throw ExitStatus.findings
    }
  }

  /// Repairs files on all processors; the result is in the order of `files`.
  private func repair(
    _ files: [AssignedFiles.File], _ grammars: [String: Grammar], _ progress: Reporting.Progress
  ) async throws -> [FixReport.File] {
    let tasks = min(files.count, ProcessInfo.processInfo.activeProcessorCount)
    let chunks = Self.chunks(files, size: max(1, min(16, files.count / max(tasks, 1))))
    try model.check()
    return try await withThrowingTaskGroup(of: [(Int, FixReport.File)].self) { group in
      for task in 0..<tasks {
        group.addTask {
          var repairers: [String: Repairer] = [:]
          var results: [(Int, FixReport.File)] = []
          for chunk in stride(from: task, to: chunks.count, by: tasks).map({ chunks[$0] }) {
            guard let language = chunk.first.map({ files[$0].language }), let grammar = grammars[language] else {
              continue
            }
            let repairer = try repairers[language] ?? Repairer(grammar, model: { try model.load() })
            repairers[language] = repairer
            results += zip(chunk, repair(chunk.map { files[$0].path }, with: repairer, progress))
          }
          return results
        }
      }
      var all: [(Int, FixReport.File)] = []
      for try await results in group { all += results }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Indices of neighbours of one language, so many together at the most: the language's own parser is asked once for
  /// all of them.
  private static func chunks(_ files: [AssignedFiles.File], size: Int) -> [[Int]] {
    var chunks: [[Int]] = []
    for index in files.indices {
      if let last = chunks.last, last.count < size, files[last[0]].language == files[index].language {
        chunks[chunks.count - 1].append(index)
      } else {
        chunks.append([index])
      }
    }
    return chunks
  }

  /// Repairs files of one language; the result is in the order of `paths`.
  private func repair(
    _ paths: [String], with repairer: Repairer, _ progress: Reporting.Progress
  ) -> [FixReport.File] {
    var texts: [Int: [UInt8]] = [:]
    var results: [Int: FixReport.File] = [:]
    for (index, path) in paths.enumerated() {
      do {
        texts[index] = try InputFile.read(path)
      } catch {
        results[index] = FixReport.File(path: path, problem: "\(error)")
        progress.advance()
      }
    }
    let readable = texts.sorted { $0.key < $1.key }
    repairer.repair(readable.map(\.value), search.options) { number, outcome in
      let (index, text) = readable[number]
      var file = file(paths[index], text, outcome)
      do {
        if modes.write, let new = file.repairedText {
          try AtomicFile.replace(paths[index], old: text, with: new)
          file.isWritten = true
        }
      } catch {
        file = FixReport.File(path: paths[index], problem: "\(error)")
      }
      results[index] = file
      progress.advance()
    }
    return paths.indices.compactMap { results[$0] }
  }

  private func file(_ path: String, _ text: [UInt8], _ outcome: RepairOutcome) -> FixReport.File {
    FixReport.File(path: path, text: text, outcome, limit: modes.proposals, isStrict: modes.strict)
  }

  private func repairStandardInput(_ store: GrammarStore, _ languages: LanguageTable) throws {
    let name = input.filename ?? ""
    guard let language = languages.language(of: name) else {
      throw CommandError(
        "\(name): expected a file of an installed language (\(languages.names.joined(separator: ", "))), "
          + "found none with this ending")
    }
    let text = try InputFile.readStandardInput(as: name)
    try model.check()
    let repairer = try Repairer(try store.open(language), model: { try model.load() })
    let file = file(name, text, repairer.repair(text, search.options))
    if output.format == .json || modes.diff || modes.alternatives != nil {
      try FixReport(files: [file], problems: []).write(output.format, mode: .show, all: modes.alternatives != nil)
    } else {
      try StandardOutput.write(file.repairedText ?? text)
      for finding in file.findings { StandardError.write(finding.text + "\n") }
    }
    if file.outcome == .unrepaired { throw ExitStatus.findings }
  }
}
