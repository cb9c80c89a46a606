import ArgumentParser
import Denoiser
import Vocabulary

/// Over which vocabulary masks are computed.
struct TokenizerOption: ParsableArguments {
  @Option(name: .customLong("tokenizer"), help: "A tokenizer.json; else that of the default model.")
  var path: String?

  func tokenizer() throws -> Tokenizer {
    try path.map { path in try Tokenizer(contentsOf: path) } ?? DefaultModel.tokenizer()
  }
}
