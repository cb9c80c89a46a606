import ArgumentParser
import Denoiser
import Tensor

extension ElementType: ExpressibleByArgument {}

/// `--precision`: what matrix products are computed with.
struct PrecisionOption: ParsableArguments {
  @Option(
    help: .init(
      "Numbers of the model's matrix products: float32, bfloat16 or int8. By default what ESPALIER_PRECISION names, or the fastest that the processor has: int8 for weights of 8 bits, bfloat16 for others.",
      valueName: "type"))
  var precision: ElementType?

  var options: DenoiserOptions { DenoiserOptions(elementType: precision) }
}
