import ArgumentParser

/// `--format`: how results are written to standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

struct FormatOption: ParsableArguments {
  @Option(name: .customLong("format"), help: "How to write results: text or json.")
  var format = OutputFormat.text
}
