import ArgumentParser
import Denoiser
import Diffusion

extension SamplerOptions.Order: ExpressibleByArgument {}

/// How a sampler fills holes.
struct SamplerArguments: ParsableArguments {
  @Option(help: "Which positions are filled first: confidence or left-to-right.")
  var order = SamplerOptions.Order.confidence

  @Option(help: "Fill every position that the model is this sure of, from 0 to 1, however many a pass is to fill.")
  var threshold: Float?

  @Option(help: "0 takes the likeliest tokens, 1 draws as likely as the model finds them.")
  var temperature: Float = 0.7

  @Option(help: "The same seed writes the same text.")
  var seed: UInt64 = 0

  @Option(
    help: .init("Tokens that a pass sees at the most, context included; a model may take fewer.", valueName: "tokens"))
  var window = SamplerOptions().canvas

  @Option(
    help: .init(
      "Passes in which the context may stay as an earlier pass computed it, an approximation; 0 for none. By default 8 for a window over \(SamplerOptions.exactCanvas).",
      valueName: "passes"))
  var reuse: Int?

  func validate() throws {
    guard 16...65_536 ~= window else {
      throw ValidationError("--window must be from 16 to 65536, found \(window).")
    }
    if let reuse, !(0...1_000_000 ~= reuse) {
      throw ValidationError("--reuse must be from 0 to 1000000, found \(reuse).")
    }
    guard temperature >= 0, temperature <= 10 else {
      throw ValidationError("--temperature must be from 0 to 10, found \(temperature).")
    }
    if let threshold, !(0...1 ~= threshold) {
      throw ValidationError("--threshold must be from 0 to 1, found \(threshold).")
    }
  }

  func options(steps: Int?) -> SamplerOptions {
    var options = SamplerOptions()
    options.order = order
    options.threshold = threshold
    options.temperature = temperature
    options.seed = seed
    options.canvas = window
    options.contextReuse = reuse.map { $0 == 0 ? .exact : .approximate(passes: $0) }
    options.steps = steps
    return options
  }
}
