import Foundation
import Vocabulary

/// One position's distribution, from which candidates are taken in order of their perturbed logits.
///
/// Taking candidates until one is allowed is drawing from the masked and renormalised distribution (Gumbel-max).
struct Draw {
  private var scores: [Float]
  private let probabilities: [Float]
  private var refusedMass: Float = 0

  /// - Parameter logits: shape (vocabulary).
  init(
    _ logits: some Collection<Float>, temperature: Float, excluding: [TokenID],
    using generator: inout some RandomNumberGenerator
  ) {
    var values = Array(logits)
    for token in excluding where token.index < values.count { values[token.index] = -.infinity }
    let highest = values.max() ?? 0
    var total: Float = 0
    var weights = values
    for index in weights.indices {
      weights[index] = exp(weights[index] - highest)
      total += weights[index]
    }
    for index in weights.indices { weights[index] /= total }
    probabilities = weights
    if temperature > 0 {
      for index in values.indices where values[index] > -.infinity {
        let uniform = Float.random(in: Float.leastNormalMagnitude..<1, using: &generator)
        values[index] = values[index] / temperature - log(-log(uniform))
      }
    }
    scores = values
  }

  /// The best candidate not yet refused, and its probability among those; nil if none is left. O(vocabulary).
  func best() -> (token: TokenID, confidence: Float)? {
    var index = -1
    var highest = -Float.infinity
    for (position, score) in scores.enumerated() where score > highest {
      highest = score
      index = position
    }
    if index < 0 { return nil }
    return (TokenID(index), probabilities[index] / max(1 - refusedMass, .leastNormalMagnitude))
  }

  mutating func refuse(_ token: TokenID) {
    scores[token.index] = -.infinity
    refusedMass = min(refusedMass + probabilities[token.index], 1)
  }

  /// Keeps the candidates of `mask` only.
  mutating func keep(_ mask: TokenMask, and others: [TokenID]) {
    for index in scores.indices where scores[index] > -.infinity {
      let token = TokenID(index)
      if !mask.contains(token), !others.contains(token) { refuse(token) }
    }
  }
}
