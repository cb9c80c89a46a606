import ArgumentParser
import Foundation
import Grammar
import Reporting
import Standards

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Report syntax errors and violations of rules.",
    discussion: """
      Exits with 0 if there is nothing to report, 1 if there are findings, and 2 if something could not be checked.
      """)

  @OptionGroup var input: PathArguments
  @OptionGroup var rules: RulesOption
  @OptionGroup var output: FormatOption

  func run() async throws {
    let rules = try rules.rules()
    let store = GrammarStore.default
    let languages = try LanguageTable(store)
    let input = input.files(languages)
    let checker = try Self.checker(rules, store, Set(input.files.map(\.language)), languages)

    let progress = Progress("checking", total: input.files.count)
    let outcomes = await checker.check(
      input.files.map { .init(path: $0.path, language: $0.language) },
      tasks: ProcessInfo.processInfo.activeProcessorCount, progress: progress)
    progress.finish()

    let report = Report(
      files: outcomes.count { $0.problem == nil }, findings: outcomes.flatMap(\.findings),
      problems: input.problems + outcomes.compactMap(\.problem))
    try report.write(output.format)
    if !report.problems.isEmpty { throw ExitStatus.failure }
    if !report.findings.isEmpty { throw ExitStatus.findings }
  }

  /// Opens the grammars that files or rules need and compiles the rules.
  private static func checker(
    _ rules: [Rule], _ store: GrammarStore, _ used: Set<String>, _ languages: LanguageTable
  ) throws -> Checker {
    for rule in rules {
      for language in rule.languages where !languages.names.contains(language) {
        throw RuleError(
          rule.location,
          expected: "an installed language (\(languages.names.joined(separator: ", "))) in the rule '\(rule.id)'",
          found: "'\(language)'")
      }
    }
    var grammars: [String: Grammar] = [:]
    for name in used.union(rules.flatMap(\.languages)) { grammars[name] = try store.open(name) }
    do {
      return try Checker(rules: rules, grammars: grammars)
    } catch .rule(let error) {
      throw error
    } catch .grammar(let error) {
      throw error
    }
  }

  private struct Report: Encodable {
    /// How many files were checked.
    var files: Int
    var findings: [Finding]
    var problems: [String]

    /// Findings go to standard output; in text, problems and the sum go to standard error.
    func write(_ format: OutputFormat) throws {
      for problem in problems { ExitStatus.tell(problem) }
      switch format {
      case .json:
        try StandardOutput.write(JSONText.document(self))
      case .text:
        try StandardOutput.write(findings.map { $0.text + "\n" }.joined())
        let places = Set(findings.map(\.path)).count
        ExitStatus.tell(
          findings.isEmpty
            ? "nothing found in \(counted(files, "file"))"
            : "\(counted(findings.count, "finding")) in \(places) of \(counted(files, "file"))")
      }
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
  }
}
