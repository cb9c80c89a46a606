import Tensor

/// The parameters of a transformer as float32, with the names that each family of checkpoints gives them.
///
/// Matrices that are multiplied with the same input stand one below the other, for one product instead of several.
struct TransformerWeights {
  struct Layer {
    /// hidden
    let attentionNorm: FloatBuffer
    /// (heads + 2·groups)·headSize × hidden: queries, keys, values
    let queriesKeysValues: FloatBuffer
    /// (heads + 2·groups)·headSize
    let biases: FloatBuffer?
    /// headSize each
    let queryNorm: FloatBuffer?
    let keyNorm: FloatBuffer?
    /// hidden × heads·headSize
    let attentionOutput: FloatBuffer
    /// hidden
    let feedForwardNorm: FloatBuffer
    /// 2·intermediate × hidden: gate, values
    let gateAndUp: FloatBuffer
    /// hidden × intermediate
    let down: FloatBuffer
  }

  /// One logit per visible token: how likely it is wrong.
  struct ErrorHead {
    /// hidden
    let weight: FloatBuffer
    let bias: Float
  }

  /// vocabulary × hidden
  let embedding: FloatBuffer
  let layers: [Layer]
  /// hidden
  let norm: FloatBuffer
  /// vocabulary × hidden; the embedding itself where both are tied
  let output: FloatBuffer
  let errorHead: ErrorHead?

  init(_ checkpoint: Checkpoint, _ configuration: ModelConfiguration) throws(DenoiserError) {
    let names = WeightNames(family: configuration.family)
    let hidden = configuration.hiddenSize
    let table = [configuration.vocabularySize, hidden]
    embedding = try checkpoint.read([(names.embedding, table)])
    output = configuration.tiesEmbeddings ? embedding : try checkpoint.read([(names.output, table)])
    norm = try checkpoint.read([(names.norm, [hidden])])
    var layers: [Layer] = []
    for index in 0..<configuration.layerCount {
      layers.append(try Self.layer(index, names, checkpoint, configuration))
    }
    self.layers = layers
    errorHead = try Self.errorHead(checkpoint, hidden: hidden)
  }

  private static func layer(
    _ index: Int, _ names: WeightNames, _ checkpoint: Checkpoint, _ configuration: ModelConfiguration
  ) throws(DenoiserError) -> Layer {
    let hidden = configuration.hiddenSize
    let queries = configuration.headCount * configuration.headSize
    let keys = configuration.keyValueHeadCount * configuration.headSize
    let inner = configuration.intermediateSize
    func read(_ parts: (WeightNames.Part, [Int])...) throws(DenoiserError) -> FloatBuffer {
      try checkpoint.read(parts.map { (names.name(of: $0.0, layer: index), $0.1) })
    }
    let norms = configuration.normsQueriesAndKeys
    return Layer(
      attentionNorm: try read((.attentionNorm, [hidden])),
      queriesKeysValues: try read(
        (.queries, [queries, hidden]), (.keys, [keys, hidden]), (.values, [keys, hidden])),
      biases: configuration.hasBiases
        ? try read((.queryBias, [queries]), (.keyBias, [keys]), (.valueBias, [keys])) : nil,
      queryNorm: norms ? try read((.queryNorm, [configuration.headSize])) : nil,
      keyNorm: norms ? try read((.keyNorm, [configuration.headSize])) : nil,
      attentionOutput: try read((.attentionOutput, [hidden, queries])),
      feedForwardNorm: try read((.feedForwardNorm, [hidden])),
      gateAndUp: try read((.gate, [inner, hidden]), (.up, [inner, hidden])),
      down: try read((.down, [hidden, inner])))
  }

  private static func errorHead(_ checkpoint: Checkpoint, hidden: Int) throws(DenoiserError) -> ErrorHead? {
    guard let shape = checkpoint.shape(of: "error_head.weight") else { return nil }
    let weight = try checkpoint.read([("error_head.weight", shape.count == 1 ? [hidden] : [1, hidden])])
    let bias = try checkpoint.read([
      ("error_head.bias", checkpoint.shape(of: "error_head.bias")?.isEmpty == true ? [] : [1])
    ])
    return ErrorHead(weight: weight, bias: bias.pointer[0])
  }
}

/// Names of the tensors in a family's checkpoints.
struct WeightNames {
  enum Part {
    case attentionNorm, queries, keys, values, queryBias, keyBias, valueBias, queryNorm, keyNorm, attentionOutput
    case feedForwardNorm, gate, up, down
  }

  let family: ModelConfiguration.Family

  private var isLlada: Bool { family == .llada }

  var embedding: String { isLlada ? "model.transformer.wte.weight" : "model.embed_tokens.weight" }
  var norm: String { isLlada ? "model.transformer.ln_f.weight" : "model.norm.weight" }
  var output: String { isLlada ? "model.transformer.ff_out.weight" : "lm_head.weight" }

  func name(of part: Part, layer: Int) -> String {
    isLlada
      ? "model.transformer.blocks.\(layer).\(Self.lladaName(of: part))"
      : "model.layers.\(layer).\(Self.qwenName(of: part))"
  }

  private static func qwenName(of part: Part) -> String {
    switch part {
    case .attentionNorm: "input_layernorm.weight"
    case .queries: "self_attn.q_proj.weight"
    case .keys: "self_attn.k_proj.weight"
    case .values: "self_attn.v_proj.weight"
    case .queryBias: "self_attn.q_proj.bias"
    case .keyBias: "self_attn.k_proj.bias"
    case .valueBias: "self_attn.v_proj.bias"
    case .queryNorm: "self_attn.q_norm.weight"
    case .keyNorm: "self_attn.k_norm.weight"
    case .attentionOutput: "self_attn.o_proj.weight"
    case .feedForwardNorm: "post_attention_layernorm.weight"
    case .gate: "mlp.gate_proj.weight"
    case .up: "mlp.up_proj.weight"
    case .down: "mlp.down_proj.weight"
    }
  }

  /// LLaDA has no biases and no norms of queries and keys; its `ff_out` inside a block is the down projection.
  private static func lladaName(of part: Part) -> String {
    switch part {
    case .attentionNorm: "attn_norm.weight"
    case .queries: "q_proj.weight"
    case .keys: "k_proj.weight"
    case .values: "v_proj.weight"
    case .queryBias: "q_proj.bias"
    case .keyBias: "k_proj.bias"
    case .valueBias: "v_proj.bias"
    case .queryNorm: "q_norm.weight"
    case .keyNorm: "k_norm.weight"
    case .attentionOutput: "attn_out.weight"
    case .feedForwardNorm: "ff_norm.weight"
    case .gate: "ff_proj.weight"
    case .up: "up_proj.weight"
    case .down: "ff_out.weight"
    }
  }
}
