import Vocabulary

/// The values of a `config.json`, with errors that name the key.
struct ConfigurationKeys {
  let values: [String: JSONValue]
  let file: String

  func error(_ key: String, expected: String, found: String) -> DenoiserError {
    .malformed(file: file, key: key, expected: expected, found: found)
  }

  private subscript(key: String) -> JSONValue? {
    if case .null? = values[key] { return nil }
    return values[key]
  }

  func string(_ key: String) throws(DenoiserError) -> String {
    guard case .string(let value)? = self[key] else {
      throw error(key, expected: "a string", found: self[key]?.shown ?? "none")
    }
    return value
  }

  /// A positive number that a dimension can be, `fallback` where the key is missing.
  func size(
    _ key: String, limit: Int = 1 << 24, default fallback: @autoclosure () throws(DenoiserError) -> Int? = nil
  ) throws(DenoiserError) -> Int {
    let value: Int?
    switch self[key] {
    case nil: value = try fallback()
    case .integer(let integer): value = integer
    default: value = nil
    }
    guard let value, 1...limit ~= value else {
      throw error(key, expected: "1 to \(limit)", found: self[key]?.shown ?? value.map(String.init) ?? "none")
    }
    return value
  }

  func positive(_ key: String) throws(DenoiserError) -> Double {
    switch self[key] {
    case .integer(let value) where value > 0: return Double(value)
    case .number(let value) where value > 0 && value.isFinite: return value
    default: throw error(key, expected: "a positive number", found: self[key]?.shown ?? "none")
    }
  }

  func flag(_ key: String, default fallback: Bool) throws(DenoiserError) -> Bool {
    switch self[key] {
    case nil: return fallback
    case .bool(let value): return value
    default: throw error(key, expected: "true or false", found: self[key]?.shown ?? "none")
    }
  }

  /// A token, or the first one where the file lists several.
  func token(_ key: String, below limit: Int) throws(DenoiserError) -> TokenID? {
    var value = self[key]
    if case .array(let list)? = value { value = list.first }
    guard let value else { return nil }
    guard case .integer(let id) = value, 0..<limit ~= id else {
      throw error(key, expected: "0 to \(limit - 1)", found: value.shown)
    }
    return TokenID(id)
  }

  /// `rope_theta`, which newer files keep inside `rope_parameters`.
  func rotaryBase() throws(DenoiserError) -> Double {
    guard self["rope_theta"] == nil, case .object(let values)? = self["rope_parameters"] else {
      return try positive("rope_theta")
    }
    let keys = ConfigurationKeys(values: values, file: file)
    try keys.require("rope_type", .string("default"))
    return try keys.positive("rope_theta")
  }

  /// Throws where a key is there and has another value.
  private func require(_ key: String, _ expected: JSONValue) throws(DenoiserError) {
    guard let value = self[key], value.shown != expected.shown else { return }
    throw error(key, expected: expected.shown, found: value.shown)
  }

  /// Refuses what Qwen2 and Qwen3 can be configured to and is not implemented.
  func refuseOtherQwen(_ family: ModelConfiguration.Family) throws(DenoiserError) {
    try require("hidden_act", .string("silu"))
    try require("rope_scaling", .null)
    try require("use_sliding_window", .bool(false))
    try require("quantization_config", .null)
    try require("partial_rotary_factor", .integer(1))
    if family == .qwen3 || family == .espalier { try require("attention_bias", .bool(false)) }
  }

  /// Refuses what LLaDA's code can be configured to and is not implemented.
  func refuseOtherLlada() throws(DenoiserError) {
    try require("block_type", .string("llama"))
    try require("activation_type", .string("silu"))
    try require("layer_norm_type", .string("rms"))
    try require("rope", .bool(true))
    try require("alibi", .bool(false))
    for key in [
      "attention_layer_norm", "include_bias", "include_qkv_bias", "input_emb_norm", "scale_logits",
      "multi_query_attention",
    ] {
      try require(key, .bool(false))
    }
    try require("quantization_config", .null)
  }
}
