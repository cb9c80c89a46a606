import Foundation
import Testing

@testable import Denoiser

/// A safetensors file with any header and data.
private func file(_ header: String, data: Int, length: UInt64? = nil) -> Data {
  var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
  bytes.append(contentsOf: header.utf8)
  bytes.append(Data(count: data))
  return bytes
}

@Test func readsTensorsByName() throws {
  let data = file(
    #"{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},"#
      + #""y":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"z":{"dtype":"I64","shape":[0],"data_offsets":[12,12]}}"#,
    data: 12)
  let tensors = try SafeTensors(FileBytes(copying: data), file: "m")
  #expect(tensors.entries.count == 3)
  #expect(tensors.entries["x"]?.shape == [2, 1])
  let integers = try #require(tensors.entries["z"])
  #expect(
    throws: DenoiserError.malformed(
      file: "m", key: "z.dtype", expected: "F32, BF16, F16 or, for a matrix, I8", found: "I64")
  ) {
    try tensors.numbers(integers, name: "z")
  }
}

@Test(arguments: [
  (Data(), "m: header length: expected 8 bytes, found 0"),
  (Data([1, 2, 3]), "m: header length: expected 8 bytes, found 3"),
  (file("{}", data: 0, length: .max), "m: header length: expected at most 2, found 18446744073709551615"),
  (file("{}", data: 0, length: 3), "m: header length: expected at most 2, found 3"),
  (file("{}", data: 0, length: 1 << 63), "m: header length: expected at most 2, found 9223372036854775808"),
  (file("nonsense", data: 0), "m: header: expected a JSON object, found 8 bytes that are none"),
  (file("[]", data: 0), "m: header: expected a JSON object, found 2 bytes that are none"),
  (file("{}", data: 4), "m: data: expected 0 bytes, the end of the last tensor, found 4"),
  (file(#"{"x":3}"#, data: 0), "m: x.header: expected an object, found 3"),
  (
    file(#"{"x":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, data: 4),
    "m: x.dtype: expected an element type, found 'F33'"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, data: 4),
    "m: x.shape: expected numbers from 0 on, found -1"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#, data: 4),
    "m: x.shape: expected a size that fits into memory, found an overflow"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, data: 4),
    "m: x.shape: expected numbers from 0 on, found 1e+20"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: 4),
    "m: x.data_offsets: expected 8 bytes for F32 of shape [2], found 4"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, data: 4),
    "m: x.data_offsets: expected a begin and an end, found an array of 2"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, data: 4),
    "m: x.data_offsets: expected a begin and an end, found an array of 2"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[9223372036854775807,9223372036854775807]}}"#, data: 4),
    "m: x.data_offsets: expected a begin and an end, found an array of 2"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 4),
    "m: data: expected 8 bytes, the end of the last tensor, found 4"
  ),
  (
    file(
      #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      data: 6), "m: y.data_offsets: expected 4, where the tensor before ends, found 2"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, data: 8),
    "m: x.data_offsets: expected 0, where the tensor before ends, found 4"
  ),
  (
    file(#"{"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, data: 4),
    "m: x.shape: expected at most 8 dimensions, found an array of 9"
  ),
])
func malformedTensorsAreErrors(data: Data, message: String) {
  let error = #expect(throws: DenoiserError.self) { try SafeTensors(FileBytes(copying: data), file: "m") }
  #expect(error?.description == message)
}

/// Every cut of a real file is an error and no trap.
@Test func truncatedCheckpointsAreErrors() throws {
  let folder = Reference.folder("espalier-bf16")
  let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/model.safetensors"))
  for length in stride(from: 0, to: data.count, by: 97) {
    #expect(throws: DenoiserError.self) { try SafeTensors(FileBytes(copying: data.prefix(length)), file: "m") }
  }
}

/// Bytes changed anywhere in the header or in the other files give an error or a model, never a trap.
@Test(arguments: ["config.json", "tokenizer.json", "model.safetensors"])
func damagedFilesAreErrorsOrModels(name: String) throws {
  let folder = URL(fileURLWithPath: Reference.folder("espalier-bf16"))
  var random = Congruential(state: 5)
  for _ in 0..<150 {
    var files: [String: Data] = [:]
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
      files[file] = try Data(contentsOf: folder.appendingPathComponent(file))
    }
    for _ in 0..<3 {
      let limit = min(files[name]?.count ?? 0, 2400)
      files[name]?[Int(random.next() % UInt64(limit))] = UInt8(truncatingIfNeeded: 32 + random.next() % 95)
    }
    let denoiser = try? Denoiser(
      name: "m", configuration: #require(files["config.json"]), tokenizer: #require(files["tokenizer.json"]),
      weights: FileBytes(copying: #require(files["model.safetensors"])))
    guard let denoiser else { continue }
    var logits: [Float] = []
    try? denoiser.logits(for: denoiser.tokenizer.encode("a b"), at: [0], into: &logits)
  }
}

/// The same numbers in every run.
private struct Congruential: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}

@Test(arguments: [
  (
    "model_type", #""bert""#,
    "model_type: expected one of espalier, qwen2, qwen3, a2d-qwen2, Dream, llada, found 'bert'"
  ),
  ("model_type", "null", "model_type: expected a string, found none"),
  ("hidden_size", "0", "hidden_size: expected 1 to 16777216, found 0"),
  ("hidden_size", "-5", "hidden_size: expected 1 to 16777216, found -5"),
  ("hidden_size", "9223372036854775807", "hidden_size: expected 1 to 16777216, found 9223372036854775807"),
  ("hidden_size", "1.5", "hidden_size: expected 1 to 16777216, found 1.5"),
  ("num_hidden_layers", "5000", "num_hidden_layers: expected 1 to 1024, found 5000"),
  ("num_key_value_heads", "3", "num_key_value_heads: expected a divisor of 4 heads, found 3"),
  ("head_dim", "7", "head_dim: expected an even number, found 7"),
  ("rms_norm_eps", "0", "rms_norm_eps: expected a positive number, found 0"),
  ("rope_theta", #""x""#, "rope_theta: expected a positive number, found 'x'"),
  ("rope_scaling", #"{"type": "yarn"}"#, "rope_scaling: expected null, found an object of 1"),
  ("hidden_act", #""gelu""#, "hidden_act: expected 'silu', found 'gelu'"),
  ("mask_token_id", "264", "mask_token_id: expected 0 to 263, found 264"),
  ("mask_token_id", "65", "mask_token_id: expected a special token, found 65, which is '\u{62}'"),
  ("vocab_size", "100", "mask_token_id: expected 0 to 99, found 256"),
  ("vocab_size", "258", "eos_token_id: expected 0 to 257, found 258"),
  ("tie_word_embeddings", "1", "tie_word_embeddings: expected true or false, found 1"),
  ("attention_bias", "true", "attention_bias: expected false, found true"),
])
func impossibleConfigurationsAreErrors(key: String, value: String, message: String) throws {
  let error = try loadingError(of: "espalier", key: key, value: value)
  #expect(error?.description == "m/config.json: " + message)
}

@Test(arguments: [
  ("hidden_size", "64", "m/model.safetensors: model.embed_tokens.weight.shape: expected [264, 64], found [264, 32]"),
  ("hidden_size", "16777216", "model.embed_tokens.weight.shape: expected [264, 16777216], found [264, 32]"),
  ("num_hidden_layers", "3", "model.layers.2.input_layernorm.weight: expected a tensor of shape [32], found none"),
  ("intermediate_size", "41", "model.layers.0.mlp.gate_proj.weight.shape: expected [41, 32], found [40, 32]"),
  ("tie_word_embeddings", "false", "lm_head.weight: expected a tensor of shape [264, 32], found none"),
])
func configurationsThatDoNotFitTheWeightsAreErrors(key: String, value: String, message: String) throws {
  let error = try loadingError(of: "espalier", key: key, value: value)
  #expect(error?.description.hasSuffix(message) == true, "\(String(describing: error))")
}

private func loadingError(of name: String, key: String, value: String) throws -> DenoiserError? {
  let folder = URL(fileURLWithPath: Reference.folder(name))
  let json = try Data(contentsOf: folder.appendingPathComponent("config.json"))
  var configuration = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
  configuration[key] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
  let edited = try JSONSerialization.data(withJSONObject: configuration)
  let tokenizer = try Data(contentsOf: folder.appendingPathComponent("tokenizer.json"))
  let weights = try Data(contentsOf: folder.appendingPathComponent("model.safetensors"))
  return #expect(throws: DenoiserError.self) {
    try Denoiser(name: "m", configuration: edited, tokenizer: tokenizer, weights: FileBytes(copying: weights))
  }
}

@Test func missingFilesAreErrors() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let source = URL(fileURLWithPath: Reference.folder("dream"))
  for (name, message) in [
    ("config.json", "config.json: cannot be read"), ("tokenizer.json", "tokenizer.json: cannot be read"),
    ("model.safetensors.index.json", "neither this file nor model.safetensors.index.json is there"),
    ("model-00001-of-00002.safetensors", "model-00001-of-00002.safetensors: cannot be read"),
    ("model-00002-of-00002.safetensors", "model-00002-of-00002.safetensors: cannot be read"),
  ] {
    let error = #expect(throws: DenoiserError.self) { try Denoiser(folder: folder.path) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    try FileManager.default.copyItem(
      at: source.appendingPathComponent(name), to: folder.appendingPathComponent(name))
  }
  _ = try Denoiser(folder: folder.path)

  let index = folder.appendingPathComponent("model.safetensors.index.json")
  try Data(#"{"weight_map": {"x": "../model.safetensors"}}"#.utf8).write(to: index)
  let error = #expect(throws: DenoiserError.self) { try Denoiser(folder: folder.path) }
  #expect(error?.description.contains("a safetensors file beside the index, found '../model.safetensors'") == true)
}
