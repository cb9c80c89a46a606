import CTensor
import Foundation

/// Angles of the rotary position embedding, and the rotation.
///
/// Element `i` of the first half of a head is rotated with element `i` of the second half by `position / base^(2i/size)`.
/// Source: Su et al., "RoFormer" (2021), in the half-split layout of the checkpoints read here.
public struct RotaryEmbedding {
  private let cosines: FloatBuffer
  private let sines: FloatBuffer
  private let half: Int
  /// Number of positions that the tables hold.
  public let capacity: Int

  /// Fills the tables. `headSize` must be even.
  public init(capacity: Int, headSize: Int, base: Double) {
    precondition(headSize % 2 == 0, "a head is rotated in two halves")
    self.capacity = capacity
    half = headSize / 2
    cosines = FloatBuffer(count: capacity * half)
    sines = FloatBuffer(count: capacity * half)
    for index in 0..<half {
      let frequency = 1 / Foundation.pow(base, Double(2 * index) / Double(headSize))
      for position in 0..<capacity {
        let angle = Double(position) * frequency
        cosines.pointer[index * capacity + position] = Float(Foundation.cos(angle))
        sines.pointer[index * capacity + position] = Float(Foundation.sin(angle))
      }
    }
  }

  /// Bytes of the tables.
  public var byteCount: Int { (cosines.count + sines.count) * 4 }

  /// Rotates one head of consecutive tokens.
  ///
  /// - Parameters:
  ///   - matrix: size × tokens, a row every `stride` floats
  ///   - first: position of the first token
  public func rotate(_ matrix: UnsafeMutablePointer<Float>, stride: Int, vectors: Int, first: Int) {
    precondition(first + vectors * laneCount <= capacity, "more positions than the tables hold")
    espalier_rotate(matrix, stride, half, vectors, cosines.pointer + first, sines.pointer + first, capacity)
  }
}
