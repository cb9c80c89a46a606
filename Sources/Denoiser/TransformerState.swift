import Tensor

/// Working memory of a forward pass over at most `capacity` tokens, padding included.
final class TransformerState {
  let capacity: Int
  /// hidden × capacity: the residual stream
  let stream: FloatBuffer
  let queries: QueryStore
  /// Of each layer; kept after the pass.
  let stores: [KeyValueStore]
  let rotary: RotaryEmbedding
  let workspaces: [Workspace]
  /// The token of each lane.
  var tokens: [Int32]

  /// What one thread needs for itself.
  final class Workspace {
    /// hidden features
    let input: Panel
    /// Features of all queries, or a block of the feed-forward layer.
    let inner: Panel
    /// Features × tokens of a group, and `spare` features more.
    let rows: FloatBuffer
    let attention: Attention
    /// One per token.
    let scales = FloatBuffer(count: tokens)

    static let tokens = vectorLimit * laneCount
    /// Rows of logits that are computed before they are turned to rows of positions.
    static let outputRows = 96

    init(_ configuration: ModelConfiguration, _ shape: AttentionShape, _ type: ElementType, capacity: Int) {
      let hidden = configuration.hiddenSize
      input = Panel(type, capacity: hidden)
      inner = Panel(type, capacity: max(shape.queryFeatures, blockSize))
      let features = max(
        shape.queryFeatures, shape.keyFeatures + shape.headSize, 2 * blockSize, hidden + Self.outputRows)
      rows = FloatBuffer(count: features * Self.tokens)
      attention = Attention(type, capacity: capacity)
    }

    var byteCount: Int {
      input.byteCount + inner.byteCount + (rows.count + scales.count) * 4 + attention.byteCount
    }
  }

  init(
    capacity: Int, _ configuration: ModelConfiguration, _ shape: AttentionShape, _ type: ElementType, threads: Int
  ) {
    self.capacity = capacity
    stream = FloatBuffer(count: capacity * configuration.hiddenSize)
    queries = QueryStore(type, shape: shape, capacity: capacity)
    stores = (0..<configuration.layerCount).map { _ in KeyValueStore(type, shape: shape, capacity: capacity) }
    // A vector may start at any position.
    rotary = RotaryEmbedding(
      capacity: capacity + laneCount, headSize: configuration.headSize, base: configuration.rotaryBase)
    workspaces = (0..<threads).map { _ in Workspace(configuration, shape, type, capacity: capacity) }
    tokens = [Int32](repeating: 0, count: capacity)
  }

  /// Bytes of all of it.
  var byteCount: Int {
    let work = workspaces.reduce(0) { $0 + $1.byteCount }
    return stream.count * 4 + queries.byteCount + stores.reduce(0) { $0 + $1.byteCount } + rotary.byteCount + work
  }
}
