import ArgumentParser
import Denoiser

/// `--model`: which model ranks repairs.
struct RankingModelOption: ParsableArguments {
  @Option(
    name: .customLong("model"),
    help: ArgumentHelp(
      "Which model ranks repairs: default, a checkpoint's folder, or none for the parser alone.",
      valueName: "default|none|folder"),
    completion: .directory)
  var name = "default"

  /// Throws for a checkpoint with mistakes. The default model has none and is left for when it is needed.
  func check() throws {
    if name != "none", name != "default" { _ = try load() }
  }

  /// The model; nil for `none`.
  func load() throws -> Denoiser? {
    switch name {
    case "none": nil
    case "default": try DefaultModel.denoiser()
    default: try Denoiser(folder: name)
    }
  }
}
