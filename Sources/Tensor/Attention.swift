/// Shapes of an attention over rows that hold queries, keys and values side by side.
///
///     row:  | q of head 0 | … | q of head n-1 | k of group 0 | … | v of group 0 | … |
///
/// Several query heads share the keys and values of a group.
public struct AttentionShape: Sendable {
  public let heads: Int
  public let groups: Int
  public let headSize: Int

  public init(heads: Int, groups: Int, headSize: Int) {
    precondition(groups > 0 && heads % groups == 0, "heads are shared equally between groups")
    self.heads = heads
    self.groups = groups
    self.headSize = headSize
  }

  /// Floats in a row of queries, keys and values.
  public var rowSize: Int { (heads + 2 * groups) * headSize }
  /// Floats in a row of the result.
  public var outputSize: Int { heads * headSize }
  /// Where keys start in a row.
  public var keyOffset: Int { heads * headSize }
  /// Where values start in a row.
  public var valueOffset: Int { (heads + groups) * headSize }
}

/// Scaled dot-product attention of every row to all rows, or to itself and those before it where `isCausal`.
///
/// - Parameters:
///   - rows: count × `shape.rowSize`
///   - output: count × `shape.outputSize`
///   - scores: working memory, count × count
public func attend(
  _ rows: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>,
  count: Int, shape: AttentionShape, isCausal: Bool
) {
  let size = shape.headSize
  let scale = 1 / Float(size).squareRoot()
  let headsPerGroup = shape.heads / shape.groups
  for head in 0..<shape.heads {
    let group = head / headsPerGroup
    let queries = rows + head * size
    let keys = rows + shape.keyOffset + group * size
    let values = rows + shape.valueOffset + group * size
    multiplyTransposed(
      queries, stride: shape.rowSize, keys, stride: shape.rowSize, into: scores, stride: count,
      rows: count, inner: size, columns: count, scale: scale)
    if isCausal {
      for row in 0..<count { softmax(row: scores + row * count, columns: row + 1, stride: count) }
    } else {
      softmax(scores, rows: count, columns: count, stride: count)
    }
    multiplyPlain(
      scores, stride: count, values, stride: shape.rowSize, into: output + head * size, stride: shape.outputSize,
      rows: count, inner: count, columns: size)
  }
}
