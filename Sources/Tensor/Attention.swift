import Dispatch
import Foundation

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
/// Heads are computed side by side, each with matrix products on one core: those of a single head are too small to be
/// worth sharing, and so its softmax is shared as well.
///
/// - Parameters:
///   - rows: count × `shape.rowSize`
///   - output: count × `shape.outputSize`
///   - scores: working memory, `attentionLanes` × count × count
public func attend(
  _ rows: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>,
  count: Int, shape: AttentionShape, isCausal: Bool
) {
  let lanes = min(attentionLanes, shape.heads)
  let job = AttentionJob(
    rows: rows, output: output, scores: scores, count: count, shape: shape, isCausal: isCausal, lanes: lanes)
  withSingleThreadedProducts {
    DispatchQueue.concurrentPerform(iterations: lanes) { job.run(lane: $0) }
  }
}

/// How many heads are computed at the same time.
public let attentionLanes = ProcessInfo.processInfo.activeProcessorCount

/// The pointers of one call of `attend`; lanes write to disjoint columns of the output and parts of the scores.
private struct AttentionJob: @unchecked Sendable {
  let rows: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let scores: UnsafeMutablePointer<Float>
  let count: Int
  let shape: AttentionShape
  let isCausal: Bool
  let lanes: Int

  func run(lane: Int) {
    for head in stride(from: lane, to: shape.heads, by: lanes) {
      attend(head: head, scores: scores + lane * count * count)
    }
  }

  private func attend(head: Int, scores: UnsafeMutablePointer<Float>) {
    let size = shape.headSize
    let group = head / (shape.heads / shape.groups)
    multiplyTransposed(
      rows + head * size, stride: shape.rowSize, rows + shape.keyOffset + group * size, stride: shape.rowSize,
      into: scores, stride: count, rows: count, inner: size, columns: count, scale: 1 / Float(size).squareRoot())
    if isCausal {
      for row in 0..<count { softmax(row: scores + row * count, columns: row + 1, stride: count) }
    } else {
      softmax(scores, rows: count, columns: count, stride: count)
    }
    multiplyPlain(
      scores, stride: count, rows + shape.valueOffset + group * size, stride: shape.rowSize,
      into: output + head * size, stride: shape.outputSize, rows: count, inner: count, columns: size)
  }
}
