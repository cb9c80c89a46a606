public import Vocabulary

extension Denoiser {
  /// How likely the model finds a whole text: the mean log probability of its tokens, each masked once together with
  /// every `interval`th other one.
  ///
  /// A text longer than the model takes is judged in pieces next to each other. One pass per piece and token of an
  /// interval.
  ///
  /// - Returns: nats per token, up to 0; 0 for no tokens.
  /// - Throws: `DenoiserError` for a token out of range.
  public func meanLogLikelihood(of tokens: [TokenID], interval: Int, piece: Int = 256) throws(DenoiserError) -> Double {
    precondition(interval > 0 && piece > 0, "an interval has a token")
    var sum = 0.0
    let size = min(piece, maximumLength)
    for start in stride(from: 0, to: tokens.count, by: size) {
      let part = Array(tokens[start..<min(start + size, tokens.count)])
      for first in 0..<min(interval, part.count) {
        let positions = Array(stride(from: first, to: part.count, by: interval))
        sum += try pseudoLogLikelihood(of: part, at: positions) * Double(positions.count)
      }
    }
    return tokens.isEmpty ? 0 : sum / Double(tokens.count)
  }
}
