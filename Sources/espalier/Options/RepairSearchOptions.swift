import ArgumentParser
import Repair

/// How long and how far to look for repairs.
struct RepairSearchOptions: ParsableArguments {
  @Option(name: .customLong("max-edits"), help: "The most edits in one file.")
  var maximumEdits = RepairOptions().maximumEdits

  @Option(help: "The most seconds for one file.")
  var timeout = RepairOptions().timeout

  @Flag(
    inversion: .prefixedNo,
    help: "Ask the language's own parser, where one is configured and installed, before and after a repair.")
  var reference = true

  @Option(help: "Which of equally good repairs comes first: 0 takes the first one found, another seed draws.")
  var seed: UInt64 = 0

  func validate() throws {
    if maximumEdits < 1 { throw ValidationError("--max-edits: expected at least 1, found \(maximumEdits)") }
    if !(timeout > 0) || timeout > 86_400 {
      throw ValidationError("--timeout: expected seconds above 0 and at most 86400, found \(timeout)")
    }
  }

  var options: RepairOptions {
    var options = RepairOptions()
    options.maximumEdits = maximumEdits
    options.timeout = timeout
    options.seed = seed
    options.asksReference = reference
    return options
  }
}
