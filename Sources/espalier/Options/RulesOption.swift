import ArgumentParser
import Reporting
import Standards

/// `--rules`: a file of rules to check against.
struct RulesOption: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: .init("A YAML file of rules; without it only syntax is checked.", valueName: "file"))
  var path: String?

  /// The rules; none without the option.
  func rules() throws -> [Rule] {
    guard let path else { return [] }
    let text = String(decoding: try InputFile.read(path), as: UTF8.self)
    return try RuleFile(text, file: path).rules
  }
}
