import Foundation
import Tensor
import Testing
import Vocabulary

@testable import Denoiser

/// Checkpoints and logits of an independent implementation, made by Training/reference/make_references.py.
struct Reference: Decodable {
  var tokens: [Int]
  var errorScores: [Float]?
  var likelihood: Double
  var likelihoodTokens: [Int]
  var likelihoodPositions: [Int]

  enum CodingKeys: String, CodingKey {
    case tokens, likelihood
    case errorScores = "error_scores"
    case likelihoodTokens = "likelihood_tokens"
    case likelihoodPositions = "likelihood_positions"
  }

  static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data").path
  static let names = [
    "espalier", "espalier-bf16", "qwen2", "qwen2-causal", "qwen3-causal", "a2d-qwen2", "dream", "llada",
    "espalier-int8",
  ]

  static func folder(_ name: String) -> String { "\(data)/\(name)" }

  static func load(_ name: String) throws -> Reference {
    let json = try Data(contentsOf: URL(fileURLWithPath: folder(name) + "/expected.json"))
    return try JSONDecoder().decode(Reference.self, from: json)
  }

  /// Logits, tokens × vocabulary.
  static func logits(_ name: String, vocabularySize: Int) throws -> [Float] {
    let file = try SafeTensors(contentsOf: folder(name) + "/expected.safetensors")
    let entry = try #require(file.entries["logits"])
    let count = entry.shape.reduce(1, *)
    #expect(entry.shape.last == vocabularySize)
    let logits = FloatBuffer(count: count)
    try file.numbers(entry, name: "logits").copy(from: 0, count: count, to: logits.pointer)
    return Array(logits.elements)
  }
}

/// Greatest difference in relation to the greatest expected value.
func relativeError(_ found: some Collection<Float>, _ expected: some Collection<Float>) -> Float {
  let scale = expected.map(abs).max() ?? 1
  return (zip(found, expected).map { abs($0 - $1) }.max() ?? 0) / scale
}

/// How far the logits of each type may be off here. With random weights and 32 features errors of rounding have little
/// to cancel out with; those of a trained model are smaller.
let precisions: [(type: ElementType, error: Float)] = [(.float32, 1e-5), (.bfloat16, 2.5e-2), (.int8, 0.12)]
  .filter { $0.0.isSupported }

@Test(arguments: Reference.names, precisions)
func logitsAreThoseOfTheReference(name: String, precision: (type: ElementType, error: Float)) throws {
  let denoiser = try Denoiser(folder: Reference.folder(name), DenoiserOptions(elementType: precision.type, threads: 2))
  #expect(denoiser.elementType == precision.type)
  let reference = try Reference.load(name)
  let size = denoiser.vocabulary.count
  let expected = try Reference.logits(name, vocabularySize: size)
  let tokens = reference.tokens.map { TokenID($0) }

  var found: [Float] = []
  try denoiser.logits(for: tokens, at: Array(tokens.indices), into: &found)
  #expect(found.count == expected.count)
  #expect(relativeError(found, expected) < precision.error)

  // Some positions only, from the kept state and from a new pass.
  for fresh in [false, true] {
    if fresh { try denoiser.logits(for: tokens.reversed(), at: [0], into: &found) }
    let positions = [18, 0, 9]
    try denoiser.logits(for: tokens, at: positions, into: &found)
    #expect(found.count == positions.count * size)
    for (row, position) in positions.enumerated() {
      let error = relativeError(
        found[row * size..<(row + 1) * size], expected[position * size..<(position + 1) * size])
      #expect(error < 3 * precision.error)
    }
  }
}

@Test(arguments: Reference.names, precisions)
func likelihoodsAreThoseOfTheReference(name: String, precision: (type: ElementType, error: Float)) throws {
  let denoiser = try Denoiser(folder: Reference.folder(name), DenoiserOptions(elementType: precision.type))
  let reference = try Reference.load(name)
  let found = try denoiser.pseudoLogLikelihood(
    of: reference.likelihoodTokens.map { TokenID($0) }, at: reference.likelihoodPositions)
  #expect(abs(found - reference.likelihood) < Double(precision.error) * abs(reference.likelihood))
}

@Test(arguments: ["espalier", "espalier-bf16"])
func errorScoresAreThoseOfTheReference(name: String) throws {
  let denoiser = try Denoiser(folder: Reference.folder(name), DenoiserOptions(elementType: .float32))
  let reference = try Reference.load(name)
  #expect(denoiser.hasErrorHead)
  let found = try #require(try denoiser.errorScores(for: reference.tokens.map { TokenID($0) }))
  #expect(relativeError(found, try #require(reference.errorScores)) < 1e-5)
}

@Test func tokensAndTraitsComeFromTheFiles() throws {
  let dream = try Denoiser(folder: Reference.folder("dream"))
  #expect(dream.maskToken == TokenID(256) && dream.padToken == TokenID(257) && dream.endToken == TokenID(258))
  #expect(dream.configuration?.isShifted == true && !dream.isCausal && !dream.hasErrorHead)
  #expect(try dream.errorScores(for: [TokenID(1)]) == nil)
  #expect(dream.vocabulary.count == 264 && dream.tokenizer.vocabulary.count == 259)
  let llada = try Denoiser(folder: Reference.folder("llada"))
  #expect(llada.configuration?.isShifted == false && llada.maximumLength == 64)
  let a2d = try Denoiser(folder: Reference.folder("a2d-qwen2"))
  #expect(a2d.maskToken == TokenID(256) && a2d.configuration?.isShifted == false)
  let causal = try Denoiser(folder: Reference.folder("qwen3-causal"))
  #expect(causal.isCausal && causal.maskToken == TokenID(257))
  // 2 matrices of 264 × 32 and per layer 4 attention, 3 feed-forward and 4 norm tensors, and the last norm.
  #expect(causal.parameterCount == 2 * 264 * 32 + 2 * (2 * 48 * 32 + 2 * 24 * 32 + 3 * 40 * 32 + 2 * 32 + 2 * 12) + 32)
}

@Test func askingForTooMuchIsAnError() throws {
  let denoiser = try Denoiser(folder: Reference.folder("llada"))
  var buffer: [Float] = []
  let tokens = [TokenID](repeating: TokenID(1), count: 65)
  #expect(throws: DenoiserError.tooLong(tokens: 65, limit: 64)) {
    try denoiser.logits(for: tokens, at: [], into: &buffer)
  }
  #expect(throws: DenoiserError.unknownToken(TokenID(264), vocabularySize: 264)) {
    try denoiser.logits(for: [TokenID(264)], at: [0], into: &buffer)
  }
  #expect(throws: DenoiserError.unknownToken(TokenID(-1), vocabularySize: 264)) {
    _ = try denoiser.errorScores(for: [TokenID(-1)])
  }
  #expect(throws: DenoiserError.unknownPosition(1, tokens: 1)) {
    try denoiser.logits(for: [TokenID(0)], at: [1], into: &buffer)
  }
  try denoiser.logits(for: [], at: [], into: &buffer)
  #expect(buffer.isEmpty)
  #expect(try denoiser.pseudoLogLikelihood(of: [], at: []) == 0)
}
