import Denoiser
import Diffusion
import Foundation
import Generation
import Grammar
import Recognition
import Syntax
import Testing
import Vocabulary

/// Whether there is a grammar store to test with; `make test` sets one up.
let storeIsThere = ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil
let storeHint: Comment = "ESPALIER_HOME names no grammar store: run make test"

/// A language with the tokenizer of the default model, and logits from a seed.
struct Setting {
  let language: Language
  let tokenizer: Tokenizer

  init(_ name: String) throws {
    language = try Language(try GrammarStore.default.open(name))
    tokenizer = try DefaultModel.tokenizer()
  }

  func denoiser(_ seed: UInt64) -> Denoiser { .uniform(seed: seed, tokenizer: tokenizer) }

  func sample(
    _ canvas: Canvas, seed: UInt64, steps: Int? = nil, order: SamplerOptions.Order = .confidence,
    trace: ((TraceEvent) -> Void)? = nil
  ) throws -> Sampler.Result {
    var options = SamplerOptions()
    options.seed = seed
    options.temperature = 1
    options.steps = steps
    options.order = order
    let denoiser = denoiser(seed)
    return try Sampler(
      TokenPaths(language, denoiser.vocabulary), denoiser, options: options, trace: trace
    ).run(canvas)
  }

  func generate(_ text: String, seed: UInt64 = 1, length: Int = 8) throws -> Generator.Result {
    let plan = try #require(try Markers.plan(Array(text.utf8), length: length))
    return try fill(plan, seed: seed)
  }

  func fill(_ plan: GenerationPlan, seed: UInt64 = 1) throws -> Generator.Result {
    var options = SamplerOptions()
    options.seed = seed
    options.temperature = 1
    let denoiser = denoiser(seed)
    return try Generator(language, denoiser).fill(plan, options: options)
  }
}

func canvas(_ text: String, length: Int) throws -> Canvas {
  try #require(try Markers.plan(Array(text.utf8), length: length)).canvas
}

/// The text of a result outside its holes.
func fixedText(_ text: [UInt8], _ holes: [Range<Int>]) -> [String] {
  var position = 0
  var pieces: [String] = []
  for hole in holes {
    pieces.append(String(decoding: text[position..<hole.lowerBound], as: UTF8.self))
    position = hole.upperBound
  }
  return pieces + [String(decoding: text[position...], as: UTF8.self)]
}
