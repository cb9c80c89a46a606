import Tensor

/// The model's logits of one pass, for the cells from the frontier on.
struct PassLogits {
  private let first: Int
  private let size: Int
  private var count: Int
  /// Shape (count, vocabulary), row-major.
  private let values: [Float]

  init(first: Int, count: Int, values: [Float]) {
    self.first = first
    self.count = count
    self.values = values
    size = count > 0 ? values.count / count : 0
  }

  var cells: Range<Int> { first..<first + count }

  /// Shape (vocabulary).
  func row(_ cell: Int) -> ArraySlice<Float> {
    values[(cell - first) * size..<(cell - first + 1) * size]
  }

  /// Leaves the cells from `end` on out.
  mutating func keep(upTo end: Int) { count = min(count, end - first) }

  /// The index of the likeliest token. O(vocabulary).
  func likeliest(_ cell: Int) -> Int? {
    let row = row(cell)
    return row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex }
  }

  /// The probability of the likeliest token. O(vocabulary).
  func confidence(_ cell: Int) -> Float {
    row(cell).withUnsafeBufferPointer { 1 / partition(of: $0).sum }
  }
}
