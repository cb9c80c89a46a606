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
        cosines.pointer[position * half + index] = Float(Foundation.cos(angle))
        sines.pointer[position * half + index] = Float(Foundation.sin(angle))
      }
    }
  }

  /// Rotates `heads` heads that stand one after the other in each row.
  ///
  /// - Parameter matrix: rows × (heads · size), a row every `stride` floats; row `i` is position `i`
  public func rotate(_ matrix: UnsafeMutablePointer<Float>, rows: Int, heads: Int, stride: Int) {
    precondition(rows <= capacity, "more positions than the tables hold")
    for row in 0..<rows {
      let cosine = cosines.pointer + row * half
      let sine = sines.pointer + row * half
      for head in 0..<heads {
        let first = matrix + row * stride + head * 2 * half
        let second = first + half
        for index in 0..<half {
          let (a, b) = (first[index], second[index])
          first[index] = a * cosine[index] - b * sine[index]
          second[index] = b * cosine[index] + a * sine[index]
        }
      }
    }
  }
}
