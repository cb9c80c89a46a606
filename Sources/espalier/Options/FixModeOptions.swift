import ArgumentParser

/// What `fix` does with the repairs that it finds.
struct FixModeOptions: ParsableArguments {
  @Flag(help: "Show what would change as a diff; this is what happens without another mode, too.")
  var diff = false

  @Flag(help: "Write the repairs to the files.")
  var write = false

  @Flag(help: "Only say which files would change.")
  var check = false

  @Flag(help: "Ask which repair of each file to write.")
  var interactive = false

  @Flag(help: "Repair only where there is no choice: every repair makes the same edits, and nothing is lost.")
  var strict = false

  @Option(help: .init("Show so many repairs of each file, the best first.", valueName: "count"))
  var alternatives: Int?

  @Flag(inversion: .prefixedNo, help: "Pass over what git ignores inside folders.")
  var ignore = true

  /// How many repairs of a file are kept.
  var proposals: Int { alternatives ?? (interactive ? 9 : 1) }

  func validate() throws {
    if [diff, write, check, interactive].count(where: { $0 }) > 1 {
      throw ValidationError("--diff, --write, --check and --interactive exclude each other.")
    }
    if let alternatives, !(1...100 ~= alternatives) {
      throw ValidationError("--alternatives: expected 1 to 100, found \(alternatives)")
    }
    if alternatives != nil, write || check {
      throw ValidationError("--alternatives shows repairs; it goes with --interactive or alone.")
    }
    if strict, interactive { throw ValidationError("--strict leaves nothing to ask for --interactive.") }
  }
}
