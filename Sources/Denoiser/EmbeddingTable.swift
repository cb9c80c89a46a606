import Tensor

/// The embedding of each token, read where the checkpoint has it.
struct EmbeddingTable {
  private let numbers: StoredNumbers
  private let size: Int

  init(_ numbers: StoredNumbers, size: Int) {
    self.numbers = numbers
    self.size = size
  }

  /// Writes the embeddings of up to `laneCount` tokens as features × tokens, a row every `stride` floats; 0 behind
  /// the last token.
  ///
  /// - Parameter scratch: room for `laneCount` embeddings
  func write(
    _ tokens: ArraySlice<Int32>, to output: UnsafeMutablePointer<Float>, stride: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    for (lane, token) in tokens.enumerated() {
      numbers.copy(from: Int(token) * size, count: size, to: scratch + lane * size)
    }
    (scratch + tokens.count * size).update(repeating: 0, count: (laneCount - tokens.count) * size)
    transpose(scratch, stride: size, rows: laneCount, tokens: size, into: output, stride: stride)
  }
}
