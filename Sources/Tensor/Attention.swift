import CTensor

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

  /// Features of all queries.
  public var queryFeatures: Int { heads * headSize }
  /// Features of all keys, and of all values.
  public var keyFeatures: Int { groups * headSize }
}

/// Keys and values of one layer.
///
///     keys    [group][token][feature]
///     values  [group][feature][token]
///
/// Both are left operands of products, in the element type of attention.
public final class KeyValueStore {
  let type: ElementType
  let shape: AttentionShape
  /// Tokens that there is room for.
  let capacity: Int
  private let keys: Buffer<UInt8>
  private let values: Buffer<UInt8>

  public init(_ type: ElementType, shape: AttentionShape, capacity: Int) {
    self.type = type.forAttention
    self.shape = shape
    self.capacity = capacity
    let bytes = shape.keyFeatures * capacity * self.type.size
    keys = Buffer(count: bytes)
    values = Buffer(count: bytes)
  }

  /// Bytes of both.
  public var byteCount: Int { keys.count + values.count }

  func keys(group: Int, token: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(keys.pointer) + (group * capacity + token) * shape.headSize * type.size
  }

  func values(group: Int, token: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(values.pointer) + (group * shape.headSize * capacity + token) * type.size
  }

  /// Stores the keys of a group for `count` tokens from `token` on.
  ///
  /// - Parameters:
  ///   - input: headSize × tokens, a row every `stride` floats
  ///   - scratch: room for headSize × tokens
  public func storeKeys(
    _ input: UnsafePointer<Float>, stride: Int, group: Int, token: Int, count: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let size = shape.headSize
    let target = keys(group: group, token: token)
    switch type {
    case .float32:
      transpose(
        input, stride: stride, rows: size, tokens: count, into: target.assumingMemoryBound(to: Float.self), stride: size
      )
    case .bfloat16, .int8:
      transpose(input, stride: stride, rows: size, tokens: count, into: scratch, stride: size)
      espalier_to_bfloat16(scratch, count * size, target.assumingMemoryBound(to: UInt16.self))
    }
  }

  /// Stores the values of a group for `count` tokens from `token` on; `input` as for keys.
  public func storeValues(_ input: UnsafePointer<Float>, stride: Int, group: Int, token: Int, count: Int) {
    for row in 0..<shape.headSize {
      let target = values(group: group, token: token) + row * capacity * type.size
      let source = input + row * stride
      switch type {
      case .float32: target.assumingMemoryBound(to: Float.self).update(from: source, count: count)
      case .bfloat16, .int8: espalier_to_bfloat16(source, count, target.assumingMemoryBound(to: UInt16.self))
      }
    }
  }
}

/// Queries of all tokens of a pass, stored by the thread that made them for when all keys are there.
public final class QueryStore {
  private let type: ElementType
  private let shape: AttentionShape
  private let memory: Buffer<UInt8>

  public init(_ type: ElementType, shape: AttentionShape, capacity: Int) {
    self.type = type.forAttention
    self.shape = shape
    memory = Buffer(count: shape.queryFeatures * capacity * self.type.size)
  }

  /// Bytes.
  public var byteCount: Int { memory.count }

  /// Where the queries of a head stand for `vectors` vectors of tokens from `lane` on.
  func head(_ head: Int, lane: Int, vectors: Int) -> UnsafeMutableRawPointer {
    let before = lane * shape.queryFeatures + head * shape.headSize * vectors * laneCount
    return UnsafeMutableRawPointer(memory.pointer) + before * type.size
  }

  /// Stores a head, scaled for the products with keys.
  ///
  /// - Parameters:
  ///   - input: headSize × tokens, a row every `stride` floats
  ///   - scratch: room for as many floats as tokens
  public func store(
    _ input: UnsafePointer<Float>, stride: Int, head: Int, lane: Int, vectors: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let size = shape.headSize
    let target = self.head(head, lane: lane, vectors: vectors)
    scratch.update(repeating: 1 / Float(size).squareRoot(), count: vectors * laneCount)
    switch type {
    case .float32:
      espalier_scale(
        input, stride, size, vectors, nil, scratch, target.assumingMemoryBound(to: Float.self), vectors * laneCount)
    case .bfloat16, .int8:
      espalier_pack_bfloat16(input, stride, size, vectors, nil, scratch, target, size / 2 * 64)
    }
  }
}

/// Scaled dot-product attention of some tokens of a canvas to all of it; the working memory of one thread.
public final class Attention {
  /// Vectors of queries at once: their scores stay in the cache.
  private static let block = 4

  private let scores: FloatBuffer
  private let weights: Buffer<UInt8>
  private let sums = FloatBuffer(count: vectorLimit * laneCount)

  public init(_ type: ElementType, capacity: Int) {
    let lanes = Self.block * laneCount
    scores = FloatBuffer(count: capacity * lanes)
    weights = Buffer(count: type == .float32 ? 0 : (capacity + 1) / 2 * 2 * lanes * 2)
  }

  /// Bytes.
  public var byteCount: Int { scores.count * 4 + weights.count }

  /// - Parameters:
  ///   - lane: of the first query in the store, and `vectors` vectors from there
  ///   - keys: the canvas in the store
  ///   - first: the place of the first query in the canvas, for causal attention; nil for full attention
  ///   - output: features of all heads × tokens, a row every `stride` floats
  public func attend(
    _ queries: QueryStore, lane: Int, vectors: Int, to store: KeyValueStore, keys: Range<Int>, first: Int?,
    into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let shape = store.shape
    let size = shape.headSize
    for head in 0..<shape.heads {
      let group = head / (shape.heads / shape.groups)
      let input = queries.head(head, lane: lane, vectors: vectors)
      for start in Swift.stride(from: 0, to: vectors, by: Self.block) {
        let count = min(Self.block, vectors - start)
        let lanes = count * laneCount
        let origin = first.map { $0 + start * laneCount } ?? -1
        let seen = first == nil ? keys.count : min(keys.count, origin + lanes)
        let result = output + head * size * stride + start * laneCount
        let keyRows = store.keys(group: group, token: keys.lowerBound)
        let valueRows = store.values(group: group, token: keys.lowerBound)
        switch store.type {
        case .float32:
          multiplyFloats(
            keyRows.assumingMemoryBound(to: Float.self), stride: size,
            input.assumingMemoryBound(to: Float.self) + start * laneCount, stride: vectors * laneCount,
            into: scores.pointer, stride: lanes, rows: seen, inner: size, tokens: lanes)
          espalier_softmax(scores.pointer, lanes, seen, count, origin, sums.pointer)
          multiplyFloats(
            valueRows.assumingMemoryBound(to: Float.self), stride: store.capacity, scores.pointer, stride: lanes,
            into: result, stride: stride, rows: size, inner: seen, tokens: lanes)
        case .bfloat16, .int8:
          let vector = size / 2 * 64
          espalier_multiply_bfloat16(
            keyRows, size * 2, seen, size, input + start * vector, vector, count, scores.pointer, lanes, false)
          let weightStride = (seen + 1) / 2 * 64
          espalier_softmax_bfloat16(
            scores.pointer, lanes, seen, count, origin, sums.pointer, weights.pointer, weightStride)
          espalier_multiply_bfloat16(
            valueRows, store.capacity * 2, size, (seen + 1) / 2 * 2, weights.pointer, weightStride, count, result,
            stride, false)
        }
        espalier_scale(result, stride, size, count, nil, sums.pointer, result, stride)
      }
    }
  }
}
