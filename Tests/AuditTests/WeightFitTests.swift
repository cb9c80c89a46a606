import Testing

@testable import Audit

struct WeightFitTests {
  private func choice(cost: Double, damage: Double, _ isOriginal: Bool) -> WeightFit.Choice {
    .init(cost: cost, gain: 0, damage: damage, likelihood: 0, isOriginal: isOriginal)
  }

  /// Of proposals that differ by 1 in cost, the cheaper one is the original in 73%: by the logistic function, a
  /// temperature of 1 / ln(0.73 / 0.27).
  @Test func temperatureIsThatOfTheShares() throws {
    var fit = WeightFit()
    for file in 0..<100 {
      fit.add([choice(cost: 1, damage: 0, file < 73), choice(cost: 2, damage: 0, file >= 73)])
    }
    let result = try #require(fit.result())
    #expect(abs(result.temperature - 1.0054) < 0.02)
    #expect(abs(result.damageWeight) < 1e-6 && abs(result.gainWeight) < 1e-6)
    #expect(result.files == 100 && result.first == 73)
    #expect(abs(result.meanLogConfidence + 0.5833) < 0.001)
  }

  /// Where a damage of 1 decides as often as a cost of 2 does, it weighs twice as much as a cost of 1.
  @Test func weightsAreRelativeToCost() throws {
    var fit = WeightFit()
    for file in 0..<100 {
      fit.add([choice(cost: 1, damage: 5, file < 80), choice(cost: 3, damage: 5, file >= 80)])
      fit.add([choice(cost: 2, damage: 0, file < 80), choice(cost: 2, damage: 1, file >= 80)])
    }
    let result = try #require(fit.result())
    #expect(abs(result.damageWeight - 2) < 0.02)
    #expect(result.first == 160)
  }

  @Test func nothingToChooseFromIsNoResult() {
    #expect(WeightFit().result()?.files == nil)
  }
}
