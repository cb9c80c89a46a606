import ArgumentParser

/// `--stdin`: one text from standard input instead of files.
struct StandardInputOptions: ParsableArguments {
  @Flag(
    name: .customLong("stdin"), help: "Read one text from standard input and write it, repaired, to standard output.")
  var isUsed = false

  @Option(
    name: .customLong("stdin-filename"),
    help: ArgumentHelp("What the text would be called as a file; its ending tells the language.", valueName: "name"))
  var filename: String?

  func validate() throws {
    if isUsed, filename == nil { throw ValidationError("--stdin needs --stdin-filename, which tells the language.") }
    if !isUsed, filename != nil { throw ValidationError("--stdin-filename is for --stdin.") }
  }
}
