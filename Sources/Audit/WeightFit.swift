import Foundation
public import Repair

/// Which weights put the originals of damaged files first most often.
public struct WeightFit: Sendable {
  /// A proposal as the ranking sees it.
  private struct Choice {
    var cost: Double
    var gain: Double
    var likelihood: Double
    var isOriginal: Bool
  }
  private var choices: [[Choice]] = []

  public struct Result: Encodable {
    public var gainWeight: Double
    public var likelihoodWeight: Double
    /// Of so many files with the original among the proposals, how many have it first.
    public var files: Int
    public var first: Int
  }

  public init() {}

  /// Takes the proposals for one damaged file.
  public mutating func add(_ proposals: [RepairProposal], original: [UInt8]) {
    guard proposals.count > 1, proposals.contains(where: { $0.text == original }) else { return }
    choices.append(
      proposals.map {
        Choice(cost: $0.cost, gain: $0.gain, likelihood: $0.likelihood ?? -10, isOriginal: $0.text == original)
      })
  }

  /// A temperature of the confidences, and what it makes of the originals.
  public struct Temperature: Encodable {
    public var temperature: Double
    /// The mean of the logarithm of the confidence of the original, in nats.
    public var meanLogConfidence: Double
  }

  /// Temperatures on a grid with these weights, the one that is surest of the originals first. O(grid × proposals).
  public func temperatures(gainWeight: Double, likelihoodWeight: Double) -> [Temperature] {
    let scored = choices.map { proposals in
      proposals.map { ($0.cost - gainWeight * $0.gain - likelihoodWeight * $0.likelihood, $0.isOriginal) }
    }
    return [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5].map { temperature in
      let logs = scored.map { proposals in
        let lowest = proposals.map(\.0).min() ?? 0
        let weights = proposals.map { exp(-($0.0 - lowest) / temperature) }
        let own = zip(proposals, weights).reduce(0) { $0 + ($1.0.1 ? $1.1 : 0) }
        return log(max(own / weights.reduce(0, +), 1e-9))
      }
      return Temperature(
        temperature: temperature, meanLogConfidence: logs.reduce(0, +) / Double(max(1, logs.count)))
    }.sorted { $0.meanLogConfidence > $1.meanLogConfidence }
  }

  /// Every pair of weights on a grid, the best first; of those as good, the smaller weights. O(grid × proposals).
  public func results() -> [Result] {
    var results: [Result] = []
    let usesModel = choices.contains { $0.contains { $0.likelihood != -10 } }
    for gain in [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 1] {
      for likelihood in usesModel ? [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8] : [0] {
        let first = choices.count { proposals in
          let scores = proposals.map { $0.cost - gain * $0.gain - likelihood * $0.likelihood }
          let best = scores.indices.min { (scores[$0], $0) < (scores[$1], $1) }
          return best.map { proposals[$0].isOriginal } ?? false
        }
        results.append(
          Result(gainWeight: gain, likelihoodWeight: likelihood, files: choices.count, first: first))
      }
    }
    return results.sorted {
      ($1.first, $0.gainWeight, $0.likelihoodWeight) < ($0.first, $1.gainWeight, $1.likelihoodWeight)
    }
  }
}
