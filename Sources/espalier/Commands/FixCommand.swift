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

  @Argument(help: "Files and folders. Hidden files and links inside folders are passed over.")
  var paths: [String] = []

  @Flag(help: "Write the repairs to the files.")
  var write = false

  @Flag(help: "Only say which files would change.")
  var check = false

  @OptionGroup var input: StandardInputOptions
  @OptionGroup var search: RepairSearchOptions
  @OptionGroup var model: RankingModelOption
  @OptionGroup var output: FormatOption

  func validate() throws {
    if input.isUsed, !paths.isEmpty { throw ValidationError("--stdin takes no paths.") }
    if !input.isUsed, paths.isEmpty { throw ValidationError("Expected files or folders, or --stdin.") }
    if write, check { throw ValidationError("--write and --check exclude each other.") }
    if input.isUsed, write || check { throw ValidationError("--stdin writes to standard output alone.") }
  }

  func run() async throws {
    let store = GrammarStore.default
    let languages = try LanguageTable(store)
    if input.isUsed { return try repairStandardInput(store, languages) }

    let assigned = AssignedFiles(paths, languages)
    var grammars: [String: Grammar] = [:]
    for name in Set(assigned.files.map(\.language)) { grammars[name] = try store.open(name) }
    let progress = Reporting.Progress("repairing", total: assigned.files.count)
    let files = try await repair(assigned.files, grammars, progress)
    progress.finish()

    let report = FixReport(files: files, problems: assigned.problems)
    try report.write(output.format, mode: write ? .write : check ? .check : .show)
    if report.hasProblems { throw ExitStatus.failure }
    if files.contains(where: { $0.outcome == .unrepaired || ($0.outcome == .repaired && !write) }) {
      throw ExitStatus.findings
    }
  }

  /// Repairs files on all processors; the result is in the order of `files`.
  private func repair(
    _ files: [AssignedFiles.File], _ grammars: [String: Grammar], _ progress: Reporting.Progress
  ) async throws -> [FixReport.File] {
    let tasks = min(files.count, ProcessInfo.processInfo.activeProcessorCount)
    return try await withThrowingTaskGroup(of: [(Int, FixReport.File)].self) { group in
      for task in 0..<tasks {
        group.addTask {
          var repairers: [String: Repairer] = [:]
          var results: [(Int, FixReport.File)] = []
          for index in stride(from: task, to: files.count, by: tasks) {
            let file = files[index]
            guard let grammar = grammars[file.language] else { continue }
            let repairer = try repairers[file.language] ?? Repairer(grammar, ranking: model.load())
            repairers[file.language] = repairer
            results.append((index, repair(file.path, with: repairer)))
            progress.advance()
          }
          return results
        }
      }
      var all: [(Int, FixReport.File)] = []
      for try await results in group { all += results }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func repair(_ path: String, with repairer: Repairer) -> FixReport.File {
    do {
      let text = try InputFile.read(path)
      var file = FixReport.File(path: path, text: text, repairer.repair(text, search.options))
      if write, let new = file.repairedText {
        try AtomicFile.replace(path, old: text, with: new)
        file.isWritten = true
      }
      return file
    } catch {
      return FixReport.File(path: path, problem: "\(error)")
    }
  }

  private func repairStandardInput(_ store: GrammarStore, _ languages: LanguageTable) throws {
    let name = input.filename ?? ""
    guard let language = languages.language(of: name) else {
      throw CommandError(
        "\(name): expected a file of an installed language (\(languages.names.joined(separator: ", "))), "
          + "found none with this ending")
    }
    let text = try InputFile.readStandardInput(as: name)
    let repairer = try Repairer(try store.open(language), ranking: try model.load())
    let file = FixReport.File(path: name, text: text, repairer.repair(text, search.options))
    switch output.format {
    case .text:
      try StandardOutput.write(file.repairedText ?? text)
      for finding in file.findings { StandardError.write(finding.text + "\n") }
    case .json:
      try FixReport(files: [file], problems: []).write(.json, mode: .show)
    }
    if file.outcome == .unrepaired { throw ExitStatus.findings }
  }
}
