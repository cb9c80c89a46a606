/// Random logits that depend on nothing but a seed, the number of the call, the position and the token.
///
/// With these, a mask is all that decides what may be written: each allowed token is as likely as any other.
struct UniformLogits {
  let seed: UInt64
  private var calls: UInt64 = 0

  init(seed: UInt64) { self.seed = seed }

  /// Fills a row of logits from -1 up to 1 for each position.
  mutating func fill(_ output: UnsafeMutableBufferPointer<Float>, positions: [Int], vocabularySize: Int) {
    let call = Self.mix(Self.mix(seed) &+ calls)
    calls += 1
    for (row, position) in positions.enumerated() {
      var state = Self.mix(call &+ UInt64(truncatingIfNeeded: position))
      for token in 0..<vocabularySize {
        state &+= Self.increment
        let bits = Self.finish(state) >> 40
        output[row * vocabularySize + token] = Float(bits) * 0x1p-23 - 1
      }
    }
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 { finish(value &+ increment) }

  /// The output function of SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
  private static func finish(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
