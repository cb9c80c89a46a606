import Denoiser
import Foundation
import Grammar
import Recognition
import Syntax
import Testing
import Vocabulary

@testable import Diffusion

/// What cannot be completed is refused at once, or taken back, instead of giving up.
@Suite(.enabled(if: storeIsThere, storeHint)) struct RetreatTests {
  @Test func regression_tokensThatLeadNowhereCloseNoHole() throws {
    let grammar = try GrammarStore.default.open("python")
    let language = try Language(grammar)
    let before = Array("class A:\n    def f(self, *use".utf8)
    let after = Array(":\n        return 1\n".utf8)
    // A starred parameter followed by a division is none: no lookahead under which the name is reduced leads there.
    let recogniser = HoleRecogniser(language, prefix: before, segments: [after])
    #expect(!recogniser.append(Array("\n                     /qa".utf8)))
    #expect(recogniser.completeAndClose())

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
