import Denoiser
import Foundation
import Grammar
import Recognition
import Syntax
import Testing
import Vocabulary

@testable import Diffusion

/// Where the summaries allow what the tables do not, the sampler takes tokens back instead of giving up.
@Suite(.enabled(if: storeIsThere, storeHint)) struct RetreatTests {
  @Test func regression_tokensThatLeadNowhereAreTakenBack() throws {
    let grammar = try GrammarStore.default.open("python")
    let language = try Language(grammar)
    let before = Array("class A:\n    def f(self, *use".utf8)
    let after = Array(":\n        return 1\n".utf8)
    // A slash behind a starred parameter is viable to the summaries, and no text closes the hole behind it.
    let recogniser = HoleRecogniser(language, prefix: before, segments: [after])
    try #require(recogniser.append(Array("\n                     /qa".utf8)))
    try #require(!recogniser.completeAndClose())

    let parser = try SyntaxParser(grammar)
    let tokenizer = try DefaultModel.tokenizer()
    for seed in 0..<20 {
      var options = SamplerOptions()
      options.seed = UInt64(seed)
      options.temperature = 1
      options.steps = 4
      let denoiser = Denoiser.uniform(seed: options.seed, tokenizer: tokenizer)
      let result = try Sampler(TokenPaths(language, tokenizer.vocabulary), denoiser, options: options)
        .run(Canvas(prefix: before, segments: [after], lengths: [6]))
      #expect(parser.accepts(result.text), "\(String(decoding: result.text, as: UTF8.self))")
      #expect(result.text.starts(with: before) && result.text.suffix(after.count).elementsEqual(after))
    }
  }
}
