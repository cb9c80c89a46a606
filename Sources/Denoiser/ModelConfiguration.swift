import Foundation
import Vocabulary

/// What a checkpoint's `config.json` says about the network.
public struct ModelConfiguration: Sendable, Equatable {
  /// The kinds of checkpoint that can be read, by the `model_type` of their configuration.
  public enum Family: String, Sendable, CaseIterable {
    /// The default model: names of Qwen3, queries and keys normed, full attention.
    case espalier
    /// Qwen2: causal, or a diffusion model with shifted outputs where a mask token is configured.
    case qwen2
    /// Qwen3: as Qwen2, with queries and keys normed and without biases.
    case qwen3
    /// Qwen2 turned into a diffusion model whose outputs are not shifted.
    case a2dQwen2 = "a2d-qwen2"
    /// Dream: shape and names of Qwen2, full attention, shifted outputs.
    case dream = "Dream"
    /// LLaDA: its own names, no biases, full attention.
    case llada
  }

  public let family: Family
  public let hiddenSize: Int
  public let layerCount: Int
  public let headCount: Int
  /// Number of groups of heads that share keys and values.
  public let keyValueHeadCount: Int
  public let headSize: Int
  public let intermediateSize: Int
  /// Rows of the embedding; may be more than the tokenizer has tokens.
  public let vocabularySize: Int
  public let normEpsilon: Float
  public let rotaryBase: Double
  /// Whether the embedding is the output layer too.
  public let tiesEmbeddings: Bool
  /// Whether tokens see only themselves and those before them.
  public let isCausal: Bool
  /// Whether the output at a position predicts the token after it.
  public let isShifted: Bool
  /// Greatest number of tokens at once.
  public let maximumLength: Int
  public let maskToken: TokenID?
  public let padToken: TokenID?
  public let endToken: TokenID?

  /// Whether queries and keys are normed per head.
  public var normsQueriesAndKeys: Bool { family == .espalier || family == .qwen3 }
  /// Whether queries, keys and values have biases.
  public var hasBiases: Bool { family == .qwen2 || family == .a2dQwen2 || family == .dream }

  /// Reads a `config.json`; `file` is what errors call it.
  ///
  /// - Throws: `DenoiserError.malformed` for a missing or impossible value, and for every setting that changes the
  ///   network in a way that is not implemented.
  public init(json: Data, file: String) throws(DenoiserError) {
    let keys = ConfigurationKeys(values: try JSONValue.object(in: json, file: file), file: file)
    let name = try keys.string("model_type")
    guard let family = Family(rawValue: name) else {
      throw keys.error(
        "model_type", expected: "one of \(Family.allCases.map(\.rawValue).joined(separator: ", "))", found: "'\(name)'")
    }
    self.family = family
    let isLlada = family == .llada
    hiddenSize = try keys.size(isLlada ? "d_model" : "hidden_size")
    layerCount = try keys.size(isLlada ? "n_layers" : "num_hidden_layers", limit: 1024)
    headCount = try keys.size(isLlada ? "n_heads" : "num_attention_heads")
    keyValueHeadCount = try keys.size(isLlada ? "n_kv_heads" : "num_key_value_heads", default: headCount)
    headSize = try keys.size("head_dim", default: hiddenSize / headCount)
    intermediateSize = try keys.size(isLlada ? "mlp_hidden_size" : "intermediate_size")
    vocabularySize = try keys.size(isLlada ? "embedding_size" : "vocab_size", default: try keys.size("vocab_size"))
    normEpsilon = Float(try keys.positive("rms_norm_eps"))
    rotaryBase = try keys.rotaryBase()
    tiesEmbeddings = try keys.flag(isLlada ? "weight_tying" : "tie_word_embeddings", default: false)
    maximumLength = try keys.size(isLlada ? "max_sequence_length" : "max_position_embeddings")
    maskToken = try keys.token("mask_token_id", below: vocabularySize)
    padToken = try keys.token("pad_token_id", below: vocabularySize)
    endToken = try keys.token("eos_token_id", below: vocabularySize)

    let mayBeCausal = family == .qwen2 || family == .qwen3
    isCausal = try keys.flag("is_causal", default: mayBeCausal && maskToken == nil)
    isShifted = mayBeCausal || family == .dream

    guard headCount % keyValueHeadCount == 0 else {
      throw keys.error(
        "num_key_value_heads", expected: "a divisor of \(headCount) heads", found: "\(keyValueHeadCount)")
    }
    guard headSize % 2 == 0 else { throw keys.error("head_dim", expected: "an even number", found: "\(headSize)") }
    if isLlada { try keys.refuseOtherLlada() } else { try keys.refuseOtherQwen(family) }
  }
}
