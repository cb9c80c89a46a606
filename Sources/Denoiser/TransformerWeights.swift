import Tensor

/// The parameters of a transformer, with the names that each family of checkpoints gives them.
struct TransformerWeights {
  struct Layer {
    /// hidden
    let attentionNorm: FloatBuffer
    /// heads·headSize × hidden
    let queries: WeightMatrix
    /// groups·headSize × hidden each
    let keys: WeightMatrix
    let values: WeightMatrix
    /// One per row of the three matrices above.
    let queryBias: FloatBuffer?
    let keyBias: FloatBuffer?
    let valueBias: FloatBuffer?
    /// headSize each
    let queryNorm: FloatBuffer?
    let keyNorm: FloatBuffer?
    /// hidden × heads·headSize
    let attentionOutput: WeightMatrix
    /// hidden
    let feedForwardNorm: FloatBuffer
    /// intermediate × hidden each
    let gate: WeightMatrix
    let up: WeightMatrix
    /// hidden × intermediate
    let down: WeightMatrix

    var matrices: [WeightMatrix] { [queries, keys, values, attentionOutput, gate, up, down] }
  }

  /// One logit per visible token: how likely it is wrong.
  struct ErrorHead {
    /// hidden
    let weight: FloatBuffer
    let bias: Float
  }

  let embedding: EmbeddingTable
  let layers: [Layer]
  /// hidden
  let norm: FloatBuffer
  /// vocabulary × hidden; the embedding's numbers where both are tied
  let output: WeightMatrix
  let errorHead: ErrorHead?

  init(_ checkpoint: Checkpoint, _ configuration: ModelConfiguration, _ type: ElementType) throws(DenoiserError) {
    let names = WeightNames(family: configuration.family)
    let hidden = configuration.hiddenSize
    let vocabulary = configuration.vocabularySize
    embedding = EmbeddingTable(try checkpoint.numbers(names.embedding, [vocabulary, hidden]), size: hidden)
    output = try checkpoint.matrix(
      configuration.tiesEmbeddings ? names.embedding : names.output, vocabulary, hidden, as: type)
    norm = try checkpoint.floats(names.norm, [hidden])
    var layers: [Layer] = []
    for index in 0..<configuration.layerCount {
      layers.append(try Self.layer(index, names, checkpoint, configuration, type))
    }
    self.layers = layers
    errorHead = try Self.errorHead(checkpoint, hidden: hidden)
  }

  /// Bytes that were converted to another type; the others are read where the file has them.
  var copiedBytes: Int {
    (layers.flatMap(\.matrices) + [output]).reduce(0) {
      $0 + ($1.isCopy ? $1.rows * $1.columns * $1.type.size : 0)
    }
  }

  private static func layer(
    _ index: Int, _ names: WeightNames, _ checkpoint: Checkpoint, _ configuration: ModelConfiguration,
    _ type: ElementType
  ) throws(DenoiserError) -> Layer {
    let hidden = configuration.hiddenSize
    let queries = configuration.headCount * configuration.headSize
    let keys = configuration.keyValueHeadCount * configuration.headSize
    let inner = configuration.intermediateSize
    func matrix(_ part: WeightNames.Part, _ rows: Int, _ columns: Int) throws(DenoiserError) -> WeightMatrix {
      try checkpoint.matrix(names.name(of: part, layer: index), rows, columns, as: type)
    }
    func floats(_ part: WeightNames.Part, _ count: Int, if isThere: Bool) throws(DenoiserError) -> FloatBuffer? {
      isThere ? try checkpoint.floats(names.name(of: part, layer: index), [count]) : nil
    }
    let norms = configuration.normsQueriesAndKeys
    let biases = configuration.hasBiases
    return Layer(
      attentionNorm: try checkpoint.floats(names.name(of: .attentionNorm, layer: index), [hidden]),
      queries: try matrix(.queries, queries, hidden), keys: try matrix(.keys, keys, hidden),
      values: try matrix(.values, keys, hidden),
      queryBias: try floats(.queryBias, queries, if: biases), keyBias: try floats(.keyBias, keys, if: biases),
      valueBias: try floats(.valueBias, keys, if: biases),
      queryNorm: try floats(.queryNorm, configuration.headSize, if: norms),
      keyNorm: try floats(.keyNorm, configuration.headSize, if: norms),
      attentionOutput: try matrix(.attentionOutput, hidden, queries),
      feedForwardNorm: try checkpoint.floats(names.name(of: .feedForwardNorm, layer: index), [hidden]),
      gate: try matrix(.gate, inner, hidden), up: try matrix(.up, inner, hidden),
      down: try matrix(.down, hidden, inner))
  }

  private static func errorHead(_ checkpoint: Checkpoint, hidden: Int) throws(DenoiserError) -> ErrorHead? {
    guard let shape = checkpoint.shape(of: "error_head.weight") else { return nil }
    let weight = try checkpoint.floats("error_head.weight", shape.count == 1 ? [hidden] : [1, hidden])
    let isScalar = checkpoint.shape(of: "error_head.bias")?.isEmpty == true
    let bias = try checkpoint.floats("error_head.bias", isScalar ? [] : [1])
    return ErrorHead(weight: weight, bias: bias.pointer[0])
  }
}
