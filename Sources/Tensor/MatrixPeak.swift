/// Measures how many floating-point operations a second the matrix product reaches on a large square product, the best
/// of some runs: what a forward pass can at most hope for.
public func matrixPeak(size: Int = 1024, runs: Int = 8) -> Double {
  let left = FloatBuffer(count: size * size)
  let right = FloatBuffer(count: size * size)
  let output = FloatBuffer(count: size * size)
  for index in 0..<size * size {
    left.pointer[index] = Float(index % 7) - 3
    right.pointer[index] = Float(index % 5) - 2
  }
  let clock = ContinuousClock()
  var best = Duration.seconds(1 << 20)
  for _ in 0..<runs {
    best = min(
      best,
      clock.measure {
        multiply(left.pointer, right.pointer, into: output.pointer, rows: size, inner: size, columns: size)
      })
  }
  return 2 * Double(size * size * size) / (best / .seconds(1))
}
