import CTensor

/// Activations of up to `vectorLimit` vectors of tokens, as a product of some element type wants them.
///
/// A thread has its own; it is filled anew for each product, or for several with the same input.
public final class Panel {
  public let type: ElementType
  /// Features that there is room for.
  public let capacity: Int
  private let memory: Buffer<UInt8>
  /// Blocks × tokens, for 8 bits.
  let scales: FloatBuffer
  /// Bytes from a vector to the next, and from a row to the next for float32.
  private(set) var stride = 0

  static let tokens = vectorLimit * laneCount

  public init(_ type: ElementType, capacity: Int) {
    self.type = type
    self.capacity = capacity
    memory = Buffer(count: (capacity + 3) / 4 * 4 * Self.tokens * type.size)
    let blocks = (capacity + blockSize - 1) / blockSize
    scales = FloatBuffer(count: type == .int8 ? blocks * Self.tokens : 0)
  }

  /// Bytes.
  public var byteCount: Int { memory.count + scales.count * 4 }

  var start: UnsafeMutableRawPointer { UnsafeMutableRawPointer(memory.pointer) }

  /// Takes `input · weight of the feature · scale of the token`.
  ///
  /// - Parameters:
  ///   - input: features × tokens, a row every `stride` floats
  ///   - weights: one per feature; nil for 1
  ///   - scales: one per token; nil for 1
  public func pack(
    _ input: UnsafePointer<Float>, stride inputStride: Int, features: Int, vectors: Int,
    weights: UnsafePointer<Float>? = nil, scales lanes: UnsafePointer<Float>? = nil
  ) {
    precondition(features <= capacity && vectors <= vectorLimit, "more than the panel holds")
    switch type {
    case .float32:
      stride = vectors * laneCount
      espalier_scale(
        input, inputStride, features, vectors, weights, lanes, start.assumingMemoryBound(to: Float.self), stride)
    case .bfloat16:
      stride = (features + 1) / 2 * 64
      espalier_pack_bfloat16(input, inputStride, features, vectors, weights, lanes, start, stride)
    case .int8:
      stride = (features + 3) / 4 * 64
      espalier_pack_int8(
        input, inputStride, features, vectors, weights, lanes, start, stride, scales.pointer, Self.tokens)
    }
  }
}
