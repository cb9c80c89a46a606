import CTensor

// What stands between the products, on matrices of features × tokens with a row every `stride` floats. All of these
// run on the calling thread and allocate nothing.

/// Writes `1 / sqrt(mean(x²) + epsilon)` over each token's features to `scales`.
public func inverseNorms(
  _ input: UnsafePointer<Float>, stride: Int, features: Int, vectors: Int, epsilon: Float,
  into scales: UnsafeMutablePointer<Float>
) {
  espalier_inverse_norms(input, stride, features, vectors, epsilon, scales)
}

/// `output = input · weight of the feature · scale of the token`; nil stands for 1, and output may be the input.
public func scale(
  _ input: UnsafePointer<Float>, stride: Int, features: Int, vectors: Int, weights: UnsafePointer<Float>?,
  scales: UnsafePointer<Float>?, into output: UnsafeMutablePointer<Float>, stride outputStride: Int
) {
  espalier_scale(input, stride, features, vectors, weights, scales, output, outputStride)
}

/// Sets each row to its bias.
public func fillRows(
  of output: UnsafeMutablePointer<Float>, stride: Int, with biases: UnsafePointer<Float>, features: Int, vectors: Int
) {
  espalier_fill_rows(output, stride, features, vectors, biases)
}

/// The gated unit of a feed-forward layer: `gate = silu(gate) · up` with `silu(x) = x / (1 + e^-x)`.
///
/// - Parameter count: a multiple of `laneCount`
public func gatedUnit(_ gate: UnsafeMutablePointer<Float>, _ up: UnsafePointer<Float>, count: Int) {
  espalier_gate(gate, up, count)
}

/// Turns rows × tokens into tokens × rows.
public func transpose(
  _ input: UnsafePointer<Float>, stride: Int, rows: Int, tokens: Int, into output: UnsafeMutablePointer<Float>,
  stride outputStride: Int
) {
  espalier_transpose(input, stride, rows, tokens, output, outputStride)
}

/// The greatest of some logits, and the sum of `e^(logit - greatest)` over all; the sum is at least 1 where a number is
/// finite.
public func partition(of logits: UnsafeBufferPointer<Float>) -> (greatest: Float, sum: Float) {
  guard let start = logits.baseAddress else { return (-.infinity, 0) }
  let greatest = espalier_maximum(start, logits.count)
  return (greatest, espalier_sum_of_exponentials(start, logits.count, greatest))
}
