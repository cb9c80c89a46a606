/// Of the proofs of a stack, as bits, what verdicts on it were taken from.
struct NeededProofs: BitwiseCopyable, Equatable {
  /// One of these does for all verdicts.
  private var any = UInt32.max
  /// Where none does for all, all of these.
  private var all: UInt32 = 0

  /// Notes a verdict that any of `proofs` gives.
  mutating func use(_ proofs: UInt32) {
    if any & proofs != 0 {
      any &= proofs
    } else {
      all |= any | proofs
    }
  }

  mutating func merge(_ other: NeededProofs) {
    if other.any != .max { use(other.any) }
    all |= other.all
  }

  /// Whether a stack that has `proofs` has the same verdicts.
  func hold(for proofs: UInt32) -> Bool { (any == .max || any & proofs != 0) && all & ~proofs == 0 }
}
