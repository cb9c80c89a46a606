import Tensor

/// The model's logits of one pass, for the cells from the frontier on.
struct PassLogits {
  private let first: Int
  private let count: Int
  /// Shape (count, vocabulary), row-major.
  private let values: [Float]

  init(first: Int, count: Int, values: [Float]) {
    self.first = first
    self.count = count
    self.values = values
  }

  var cells: Range<Int> { first..<first + count }

  /// Shape (vocabulary).
  func row(_ cell: Int) -> ArraySlice<Float> {
    let size = values.count / count
    return values[(cell - first) * size..<(cell - first + 1) * size]
  }

  /// The probability of the likeliest token. O(vocabulary).
  func confidence(_ cell: Int) -> Float {
    row(cell).withUnsafeBufferPointer { 1 / partition(of: $0).sum }
  }
}
