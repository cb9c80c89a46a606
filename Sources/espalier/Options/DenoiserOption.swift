import ArgumentParser
import Denoiser

/// `--denoiser`: what writes.
struct DenoiserOption: ParsableArguments {
  @Option(
    help: .init(
      "What writes: the default model, uniform (random tokens), or a folder with a checkpoint.",
      valueName: "default|uniform|path"))
  var denoiser = "default"

  @OptionGroup var precision: PrecisionOption

  /// - Parameter seed: of the uniform denoiser's logits.
  func load(seed: UInt64) throws -> Denoiser {
    switch denoiser {
    case "default": try DefaultModel.denoiser(precision.options)
    case "uniform": .uniform(seed: seed, tokenizer: try DefaultModel.tokenizer())
    default: try Denoiser(folder: denoiser, precision.options)
    }
  }
}
