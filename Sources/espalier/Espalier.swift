import ArgumentParser

@main
struct Espalier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "espalier",
    abstract: "Writes and repairs code that always parses.",
    version: "0.1.0",
    subcommands: [GrammarCommand.self])
}
