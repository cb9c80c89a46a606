import ArgumentParser

/// `--synthetic`: what is damaged, and how often.
struct SyntheticOptions: ParsableArguments {
  @Option(
    name: .customLong("synthetic"),
    help: .init("Damage the valid files of this folder; --seed draws where.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @Option(
    help: .init(
      "Repair the valid files of this folder and badly damaged ones, and look for harm.", valueName: "folder"),
    completion: .directory)
  var robustness: String?

  @Option(help: "Damaged files of each language.")
  var count = 140

  @Flag(help: "Also print which weights of the ranking make the originals the surest.")
  var fit = false

  @Flag(help: "Damage parts of the files that have so many lines, functions for one, instead of whole files.")
  var excerpts = false

  @Option(name: .customLong("min-lines"), help: "The fewest lines of a file.")
  var minimumLines = 100

  @Option(name: .customLong("max-lines"), help: "The most lines of a file.")
  var maximumLines = 1_000

  var lines: ClosedRange<Int> { minimumLines...maximumLines }

  func validate() throws {
    if count < 1 { throw ValidationError("--count: expected at least 1, found \(count)") }
    if minimumLines < 1 || minimumLines > maximumLines {
      throw ValidationError("--min-lines: expected from 1 to --max-lines, found \(minimumLines)")
    }
  }
}
