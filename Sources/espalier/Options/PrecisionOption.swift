import ArgumentParser
import Denoiser
import Tensor

extension ElementType: ExpressibleByArgument {}

/// `--precision`: what matrix products are computed with.
struct PrecisionOption: ParsableArguments {
  @Option(
    help: .init(
      "Numbers of the model's matrix products: float32, bfloat16 or int8. By default what ESPALIER_PRECISION names, or bfloat16 where the processor has it.",
      valueName: "type"))
  var precision: ElementType?

  var options: DenoiserOptions { DenoiserOptions(elementType: precision) }
}
