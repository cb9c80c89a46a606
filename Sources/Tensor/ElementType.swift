import CTensor

/// The numbers that matrix products are computed with; sums are float32 everywhere, 32-bit integers for `int8`.
public enum ElementType: String, CaseIterable, Sendable {
  case float32
  case bfloat16
  /// Weights with a scale per row, activations with one per token and block of features.
  case int8

  /// Whether this processor has the instructions.
  public var isSupported: Bool {
    switch self {
    case .float32: true
    case .bfloat16: espalier_has_bfloat16()
    case .int8: espalier_has_int8()
    }
  }

  /// The fastest type whose results are as good as float32's, of those that the processor has: bfloat16, or 8 bits for
  /// weights that are stored `inEightBits` anyway.
  public static func preferred(inEightBits: Bool) -> ElementType {
    if inEightBits, int8.isSupported { return .int8 }
    return bfloat16.isSupported ? .bfloat16 : .float32
  }

  /// What attention is computed with, whose operands are all made during a pass.
  var forAttention: ElementType { self == .int8 ? .bfloat16 : self }

  /// Bytes of an element.
  public var size: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .int8: 1
    }
  }
}

/// Tokens that a kernel computes side by side: matrices have that many columns, or a multiple.
public let laneCount = Int(ESPALIER_LANES)
/// Vectors of `laneCount` tokens that are computed at once at the most.
public let vectorLimit = Int(ESPALIER_VECTORS)
/// Features of which a product adds up at once at the most.
public let blockSize = Int(ESPALIER_BLOCK)

/// `count` rounded up to whole vectors.
public func wholeVectors(_ count: Int) -> Int { (count + laneCount - 1) / laneCount * laneCount }
