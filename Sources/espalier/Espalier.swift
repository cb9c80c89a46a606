import ArgumentParser
import Reporting

@main
struct Espalier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "espalier",
    abstract: "Writes and repairs code that always parses.",
    version: "0.1.0",
    subcommands: [
      FixCommand.self, GenerateCommand.self, CheckCommand.self, ExplainCommand.self, AuditCommand.self,
      BenchCommand.self,
      GrammarCommand.self, ModelCommand.self,
    ])

  /// Runs the command line and ends the process with the exit code of `ExitStatus`.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      ExitStatus.end(for: error)
    }
  }
}
