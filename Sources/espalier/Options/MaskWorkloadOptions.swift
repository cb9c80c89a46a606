import ArgumentParser
import Audit
import Recognition
import Vocabulary

/// What frontiers masks are computed at, and over which vocabulary.
struct MaskWorkloadOptions: ParsableArguments {
  @Option(help: "Frontiers per file at the most.")
  var frontiers = 40

  @Option(help: "Lines of each file that the hole takes away.")
  var lines = 8

  @Flag(help: "Leave out the text behind the hole, as where text is written left to right.")
  var openEnded = false

  @OptionGroup var tokens: TokenizerOption

  func validate() throws {
    guard frontiers > 0, lines > 0 else { throw ValidationError("--frontiers and --lines must be positive.") }
  }

  func workload(_ paths: TokenPaths, _ tokenizer: Tokenizer, seed: UInt64) -> MaskWorkload {
    MaskWorkload(
      paths, tokenizer, frontiers: frontiers, lines: lines, isOpenEnded: openEnded, seed: seed)
  }
}
