typealias Lanes = SIMD8<Float>

/// e to the power of each lane, relative error below 2e-7 for -87...88, clamped outside.
///
/// The power is split into 2^n · e^r with |r| ≤ ln(2)/2, and e^r is its Taylor polynomial of degree 7.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
  let clamped = x.atLeast(Lanes(repeating: -87)).atMost(Lanes(repeating: 88))
  // At 1.5 · 2^23 a float has no fraction left: the sum rounds to n, and its low bits are n.
  let magic = Lanes(repeating: 12_582_912)
  let shifted = clamped * 1.442_695_04 + magic
  let n = shifted - magic
  // ln(2) in two parts, so that the remainder keeps its low bits.
  let r = clamped - n * 0.693_359_375 + n * 2.121_944_4e-4
  var p = Lanes(repeating: 1 / 5040)
  p = p * r + 1 / 720
  p = p * r + 1 / 120
  p = p * r + 1 / 24
  p = p * r + 1 / 6
  p = p * r + 0.5
  p = p * r + 1
  p = p * r + 1
  let exponent = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23 &+ (127 << 23)
  return p * unsafeBitCast(exponent, to: Lanes.self)
}

extension Lanes {
  // `pointwiseMax` and `pointwiseMin` are calls with a loop inside; these are one instruction.
  @inline(__always) func atLeast(_ bound: Lanes) -> Lanes { replacing(with: bound, where: self .< bound) }
  @inline(__always) func atMost(_ bound: Lanes) -> Lanes { replacing(with: bound, where: self .> bound) }

  @inline(__always) static func load(_ pointer: UnsafePointer<Float>) -> Lanes {
    UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
  }

  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Lanes.self)
  }
}
