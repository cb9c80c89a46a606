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
