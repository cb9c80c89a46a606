import Foundation
import Vocabulary

/// One position's distribution, from which candidates are taken in order of their perturbed logits.
///
/// Taking candidates until one is allowed is drawing from the masked and renormalised distribution (Gumbel-max).
/// One is used for all positions, so that a step allocates nothing.
struct Draw {
  private var scores: [Float] = []
  private var probabilities: [Float] = []
  private var refusedMass: Float = 0

  /// Begins with another distribution. O(vocabulary).
  ///
  /// - Parameter logits: shape (vocabulary).
  mutating func begin(
    _ logits: some Collection<Float>, temperature: Float, excluding: [TokenID],
    using generator: inout some RandomNumberGenerator
  ) {
    refusedMass = 0
    scores.removeAll(keepingCapacity: true)
    scores.append(contentsOf: logits)
    for token in excluding where token.index < scores.count { scores[token.index] = -.infinity }
    let highest = scores.max() ?? 0
    probabilities.removeAll(keepingCapacity: true)
    var total: Float = 0
    for score in scores {
      let weight = exp(score - highest)
      probabilities.append(weight)
      total += weight
    }
    for index in probabilities.indices { probabilities[index] /= total }
    guard temperature > 0 else { return }
    for index in scores.indices where scores[index] > -.infinity {
      let uniform = Float.random(in: Float.leastNormalMagnitude..<1, using: &generator)
      scores[index] = scores[index] / temperature - log(-log(uniform))
    }
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
