import Foundation
import Tensor
import Testing
import Vocabulary

@testable import Denoiser

private func denoiser(_ name: String, _ type: ElementType = .float32, threads: Int = 2) throws -> Denoiser {
  try Denoiser(folder: Reference.folder(name), DenoiserOptions(elementType: type, threads: threads))
}

private func logits(_ denoiser: Denoiser, _ tokens: [TokenID], at positions: [Int]) throws -> [Float] {
  var found: [Float] = []
  try denoiser.logits(for: tokens, at: positions, into: &found)
  return found
}

private func text(_ count: Int, seed: Int) -> [TokenID] { (0..<count).map { TokenID(($0 * 37 + seed * 101) % 256) } }

/// Code, with some tokens masked.
private func code(_ denoiser: Denoiser) -> [TokenID] {
  let text = """
    static int count(const char *text, int length) {
      int lines = 0;
      for (int index = 0; index < length; index++) {
        if (text[index] == '\\n') { lines += 1; }
      }
      return lines;
    }

    """
  var tokens = denoiser.tokenizer.encode(text)
  for position in stride(from: 2, to: tokens.count, by: 5) { tokens[position] = denoiser.maskToken }
  return tokens
}

@Test func theDefaultModelAgreesInEveryType() throws {
  let reference = try DefaultModel.denoiser(DenoiserOptions(elementType: .float32))
  let tokens = code(reference)
  let expected = try logits(reference, tokens, at: Array(tokens.indices))
  for (type, limit) in [(ElementType.bfloat16, Float(1e-2)), (.int8, 5e-2)] where type.isSupported {
    let found = try logits(
      DefaultModel.denoiser(DenoiserOptions(elementType: type)), tokens, at: Array(tokens.indices))
    #expect(relativeError(found, expected) < limit, "\(type)")
    #expect(found != expected)
  }
}

/// Canvases of several lengths in one pass give what each gives alone.
@Test(arguments: Reference.names, ElementType.allCases.filter(\.isSupported))
func aBatchIsWhatItsCanvasesAreAlone(name: String, type: ElementType) throws {
  let denoiser = try denoiser(name, type)
  let canvases = [text(19, seed: 1), [], text(1, seed: 2), text(33, seed: 3), text(16, seed: 4), text(64, seed: 5)]
  let positions = [[0, 7, 18], [], [0], [32, 1], [], [63, 0, 40, 41, 5]]
  var batch: [Float] = []
  for _ in 0..<2 {
    try denoiser.logits(forBatch: canvases, at: positions, into: &batch)
    var alone: [Float] = []
    for (tokens, asked) in zip(canvases, positions) { alone += try logits(denoiser, tokens, at: asked) }
    #expect(batch.count == 11 * denoiser.vocabulary.count)
    // Other numbers of tokens may be added up by other kernels of the library.
    #expect(type == .float32 ? relativeError(batch, alone) < 1e-5 : batch == alone)
  }
  #expect(throws: DenoiserError.tooLong(tokens: 65, limit: 64)) {
    try denoiser.logits(forBatch: [text(65, seed: 1)], at: [[0]], into: &batch)
  }
}

/// The last layer goes on with the tokens alone whose output is asked for; what they are does not show.
@Test(arguments: Reference.names, ElementType.allCases.filter(\.isSupported))
func aPositionIsWhatItIsAmongAll(name: String, type: ElementType) throws {
  let whole = try denoiser(name, type)
  let part = try denoiser(name, type)
  let size = whole.vocabulary.count
  let all = try logits(whole, text(64, seed: 6), at: Array(0..<64))
  var batch: [Float] = []
  for positions in [[40], [15, 16], [63], [0, 63], [31, 17, 20], [50, 52], [51]] {
    let expected = positions.flatMap { all[$0 * size..<($0 + 1) * size] }
    func agrees(_ found: [Float]) -> Bool {
      type == .float32 ? relativeError(found, expected) < 1e-5 : found == expected
    }
    #expect(agrees(try logits(part, text(64, seed: 6), at: positions)), "\(positions)")
    try part.logits(forBatch: [text(20, seed: 1), text(64, seed: 6)], at: [[], positions], into: &batch)
    #expect(agrees(batch), "\(positions) in a batch")
  }
}

@Test func aBatchOfTheUniformDenoiserIsOneCallForEach() throws {
  var batch: [Float] = []
  try Denoiser.uniform(seed: 3).logits(
    forBatch: [text(4, seed: 1), text(5, seed: 2)], at: [[0], [1, 4]], into: &batch)
  let alone = Denoiser.uniform(seed: 3)
  #expect(try batch == logits(alone, text(4, seed: 1), at: [0]) + logits(alone, text(5, seed: 2), at: [1, 4]))
}

/// How tokens are shared changes nothing.
@Test(arguments: ElementType.allCases.filter(\.isSupported), [3, 64])
func threadsChangeNothing(type: ElementType, count: Int) throws {
  let tokens = text(count, seed: 8)
  let expected = try logits(denoiser("dream", type, threads: 1), tokens, at: Array(tokens.indices))
  for threads in [2, 3, 5] {
    let found = try logits(denoiser("dream", type, threads: threads), tokens, at: Array(tokens.indices))
    #expect(type == .float32 ? relativeError(found, expected) < 1e-5 : found == expected)
  }
}

/// A causal model computes what stands behind the first change; the result is that of a whole pass.
@Test(arguments: ["qwen2-causal", "qwen3-causal"], ElementType.allCases.filter(\.isSupported))
func whatACausalModelKeepsIsExact(name: String, type: ElementType) throws {
  let kept = try denoiser(name, type)
  var tokens = text(20, seed: 1)
  _ = try logits(kept, tokens, at: [19])
  for step in 0..<20 {
    tokens.append(TokenID(step))
    if step % 5 == 4 { tokens[15 + step % 3] = TokenID(200 + step) }
    let asked = step % 3 == 0 ? [tokens.count - 1] : [10, tokens.count - 2]
    let found = try logits(kept, tokens, at: asked)
    #expect(relativeError(found, try logits(denoiser(name, type), tokens, at: asked)) < 1e-5)
  }
}

@Test func contextIsReusedOnlyWhereAskedForAndComputedAnewInTime() throws {
  let exact = try denoiser("espalier")
  let reusing = try denoiser("espalier")
  #expect(reusing.contextReuse == .exact)
  reusing.contextReuse = .approximate(passes: 3)
  var tokens = text(60, seed: 1)
  for position in 30..<40 { tokens[position] = exact.maskToken }
  var errors: [Float] = []
  for step in 0..<9 {
    let asked = Array(30 + step..<40)
    errors.append(relativeError(try logits(reusing, tokens, at: asked), try logits(exact, tokens, at: asked)))
    tokens[30 + step] = TokenID(65 + step)
  }
  // A whole pass and three partial ones in turn. The partial ones are close and not the same.
  for (step, error) in errors.enumerated() {
    #expect(step % 4 == 0 ? error < 1e-6 : error > 1e-6 && error < 0.5, "step \(step): \(error)")
  }
  // Another length is another canvas.
  tokens.append(TokenID(7))
  #expect(relativeError(try logits(reusing, tokens, at: [35]), try logits(exact, tokens, at: [35])) < 1e-6)
}

@Test func buffersAreThoseOfTheLongestCanvas() throws {
  let denoiser = try denoiser("espalier-bf16", ElementType.preferred(inEightBits: false))
  _ = try logits(denoiser, text(60, seed: 1), at: [0])
  let memory = denoiser.memoryUse
  #expect(memory.buffers > 0)
  for step in 0..<20 { _ = try logits(denoiser, text(1 + step * 3, seed: step), at: [0]) }
  #expect(denoiser.memoryUse == memory)
  // Weights of the products' own type are not copied.
  if ElementType.preferred(inEightBits: false) == .bfloat16 { #expect(memory.convertedWeights == 0) }
}

@Test func weightsOfEightBitsAreReadWhereTheyLie() throws {
  let compact = try Denoiser(folder: Reference.folder("espalier-int8"), DenoiserOptions(threads: 2))
  #expect(compact.elementType == ElementType.preferred(inEightBits: true))
  if compact.elementType == .int8 { #expect(compact.memoryUse.convertedWeights == 0) }
  // Scales are not parameters.
  #expect(compact.parameterCount == (try denoiser("espalier", .float32)).parameterCount)
}

@Test func aTypeThatIsNoneIsAnError() throws {
  #expect(
    DenoiserError.precision("float8", supported: ["float32"]).description
      == "precision: expected one of float32, which this processor has, found 'float8'")
}

@Test func likelihoodsOfTextsAreMeansOverTheirTokens() throws {
  let denoiser = try denoiser("llada")
  let tokens = text(70, seed: 4)
  var sum = 0.0
  for range in [0..<40, 40..<70] {
    for first in 0..<3 {
      let positions = Array(stride(from: first, to: range.count, by: 3))
      sum += try denoiser.pseudoLogLikelihood(of: Array(tokens[range]), at: positions) * Double(positions.count)
    }
  }
  let found = try denoiser.meanLogLikelihood(of: tokens, interval: 3, piece: 40)
  #expect(abs(found - sum / 70) < 1e-6 * abs(found))
  #expect(try denoiser.meanLogLikelihood(of: [], interval: 3) == 0)
}
