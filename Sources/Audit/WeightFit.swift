import Foundation
public import Repair

/// Which weights of the ranking make the originals of damaged files the surest.
///
/// Confidences are a softmax over the proposals for one file, so this is a conditional logit: the mean log confidence of
/// the originals is concave in the weights, and Newton's steps find its one maximum.
public struct WeightFit: Sendable {
  /// What the ranking looks at in one proposal.
  struct Choice {
    /// Cost, gain, damage and likelihood, more of which is better.
    fileprivate var features: [Double]
    fileprivate var isOriginal: Bool

    init(cost: Double, gain: Double, damage: Double, likelihood: Double, isOriginal: Bool) {
      features = [-cost, gain, -damage, likelihood]
      self.isOriginal = isOriginal
    }
  }
  private var choices: [[Choice]] = []

  public struct Result: Encodable {
    public var gainWeight: Double
    public var damageWeight: Double
    public var likelihoodWeight: Double
    public var temperature: Double
    /// Files with the original among the proposals, and how many of them have it first with these weights.
    public var files: Int
    public var first: Int
    /// The mean of the logarithm of the original's confidence, in nats.
    public var meanLogConfidence: Double
  }

  public init() {}

  /// Takes the proposals for one damaged file.
  public mutating func add(_ proposals: [RepairProposal], original: [UInt8]) {
    guard proposals.count > 1, proposals.contains(where: { $0.text == original }) else { return }
    choices.append(
      proposals.map { proposal in
        var damage = 0.0
        var likelihood = 0.0
        switch proposal.judgement {
        case .damage(let logit): damage = logit
        case .likelihood(let nats): likelihood = nats
        case nil: break
        }
        return Choice(
          cost: proposal.cost, gain: proposal.gain, damage: damage, likelihood: likelihood,
          isOriginal: proposal.text == original)
      })
  }

  /// Takes what the ranking knows of the proposals for one file.
  mutating func add(_ proposals: [Choice]) { choices.append(proposals) }

  /// The best weights; nil where no file has a choice. O(steps × proposals).
  public func result() -> Result? {
    guard !choices.isEmpty else { return nil }
    var weights = [1.0, 0, 0, 0]
    for _ in 0..<40 {
      let (gradient, curvature) = slope(weights)
      let step = Self.solve(curvature, gradient)
      // No step is so long that confidences round to 0.
      let length = max(1, (step.map(abs).max() ?? 0) / 2)
      for index in weights.indices { weights[index] += step[index] / length }
    }
    let logs = choices.map { confidences($0, weights).first { $0.isOriginal }.map { log(max($0.share, 1e-12)) } ?? 0 }
    let first = choices.count { proposals in
      confidences(proposals, weights).max { $0.share < $1.share }?.isOriginal ?? false
    }
    let count = Double(choices.count)
    return Result(
      gainWeight: weights[1] / weights[0], damageWeight: weights[2] / weights[0],
      likelihoodWeight: weights[3] / weights[0], temperature: 1 / weights[0], files: choices.count, first: first,
      meanLogConfidence: logs.reduce(0, +) / count)
  }

  private func confidences(_ proposals: [Choice], _ weights: [Double]) -> [(share: Double, isOriginal: Bool)] {
    let scores = proposals.map { zip($0.features, weights).reduce(0) { $0 + $1.0 * $1.1 } }
    let best = scores.max() ?? 0
    let parts = scores.map { exp($0 - best) }
    let sum = parts.reduce(0, +)
    return zip(parts, proposals).map { ($0 / sum, $1.isOriginal) }
  }

  /// The gradient of the mean log confidence of the originals, and the negative of its second derivatives; a little is
  /// taken off for large weights, so that there is a maximum in any case.
  private func slope(_ weights: [Double]) -> (gradient: [Double], curvature: [[Double]]) {
    let size = weights.count
    let ridge = 1e-3
    var gradient = weights.map { -ridge * $0 }
    var curvature = (0..<size).map { row in (0..<size).map { $0 == row ? ridge : 0 } }
    for proposals in choices {
      let shares = confidences(proposals, weights)
      var mean = [Double](repeating: 0, count: size)
      for (choice, share) in zip(proposals, shares) {
        for index in 0..<size { mean[index] += share.share * choice.features[index] }
      }
      for (choice, share) in zip(proposals, shares) {
        for row in 0..<size {
          let off = choice.features[row] - mean[row]
          if share.isOriginal { gradient[row] += off / Double(choices.count) }
          for column in 0..<size {
            curvature[row][column] +=
              share.share * off * (choice.features[column] - mean[column]) / Double(choices.count)
          }
        }
      }
    }
    return (gradient, curvature)
  }

  /// The solution of a system of linear equations with a positive definite matrix. O(n³).
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let size = right.count
    for pivot in 0..<size {
      for row in 0..<size where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...size { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return rows.indices.map { rows[$0][size] / rows[$0][$0] }
  }
}
