import Testing
import Vocabulary

@testable import Denoiser

@Test func uniformLogitsDependOnSeedCallPositionAndToken() throws {
  func rows(seed: UInt64, calls: Int, at positions: [Int]) throws -> [Float] {
    let denoiser = Denoiser.uniform(seed: seed)
    var buffer: [Float] = []
    for _ in 0..<calls {
      try denoiser.logits(for: Array(repeating: denoiser.maskToken, count: 8), at: positions, into: &buffer)
    }
    return buffer
  }
  let first = try rows(seed: 1, calls: 1, at: [2, 5])
  #expect(try rows(seed: 1, calls: 1, at: [2, 5]) == first)
  #expect(try rows(seed: 2, calls: 1, at: [2, 5]) != first)
  #expect(try rows(seed: 1, calls: 2, at: [2, 5]) != first)
  // The row of a position is the same whichever others are asked for.
  #expect(try Array(rows(seed: 1, calls: 1, at: [5])) == Array(first.suffix(first.count / 2)))
}

@Test func uniformLogitsAreUniform() throws {
  let denoiser = Denoiser.uniform(seed: 7)
  var buffer: [Float] = []
  try denoiser.logits(
    for: Array(repeating: denoiser.maskToken, count: 400), at: Array(0..<400), into: &buffer)
  #expect(buffer.allSatisfy { -1..<1 ~= $0 })
  let mean = buffer.reduce(0, +) / Float(buffer.count)
  #expect(abs(mean) < 0.01)
  // No token is preferred: each of 259 is the best of 400 rows now and then.
  let size = denoiser.vocabulary.count
  let best = (0..<400).map { row in (0..<size).max { buffer[row * size + $0] < buffer[row * size + $1] } }
  #expect(Set(best).count > 150)
}

@Test func uniformDenoiserHasAMask() throws {
  let denoiser = Denoiser.uniform(seed: 0)
  #expect(denoiser.vocabulary.isSpecial(denoiser.maskToken))
  #expect(denoiser.parameterCount == 0 && !denoiser.hasErrorHead && denoiser.configuration == nil)
  #expect(try denoiser.errorScores(for: [TokenID(0)]) == nil)
  let likelihood = try denoiser.pseudoLogLikelihood(of: [TokenID(65)], at: [0])
  #expect(likelihood < 0)
}
