import Foundation
import Testing

@testable import Tensor

private func buffer(_ count: Int, _ value: (Int) -> Float) -> FloatBuffer {
  let buffer = FloatBuffer(count: count)
  for index in 0..<count { buffer.pointer[index] = value(index) }
  return buffer
}

/// Numbers between -2 and 2 without a pattern that a kernel could profit from.
private func noise(_ index: Int) -> Float { Float((index &* 7919 &+ 104_729) % 4001) / 1000 - 2 }

@Test func exponentialIsExact() {
  var worst = 0.0
  for step in 0...17_500 {
    let x = Float(-87) + Float(step) * 0.01
    let expected = Foundation.exp(Double(x))
    let found = Double(exponential(Lanes(repeating: x))[step % 8])
    worst = max(worst, abs(found - expected) / expected)
  }
  #expect(worst < 3e-7)
  #expect(exponential(Lanes(repeating: -1000))[0] < 1e-37)
  #expect(exponential(Lanes(repeating: -.infinity))[0] < 1e-37)
  #expect(exponential(Lanes(repeating: 1000))[0].isFinite)
}

@Test(arguments: [1, 7, 8, 9, 33])
func softmaxIsADistribution(columns: Int) {
  let stride = columns + 3
  let matrix = buffer(3 * stride) { noise($0) * 20 }
  let expected = (0..<3).map { row -> [Double] in
    let e = (0..<columns).map { exp(Double(matrix.pointer[row * stride + $0])) }
    return e.map { $0 / e.reduce(0, +) }
  }
  softmax(matrix.pointer, rows: 3, columns: columns, stride: stride)
  for row in 0..<3 {
    for column in 0..<columns {
      #expect(abs(Double(matrix.pointer[row * stride + column]) - expected[row][column]) < 1e-6)
    }
    for column in columns..<stride { #expect(matrix.pointer[row * stride + column] == 0) }
  }
}

@Test func softmaxOfNothingAllowedIsZero() {
  let row = buffer(9) { _ in -.infinity }
  softmax(row.pointer, rows: 1, columns: 9, stride: 9)
  #expect(row.elements.allSatisfy { $0 == 0 })
}

@Test(arguments: [5, 8, 19])
func normsAndGatesAreThoseOfTheDefinition(columns: Int) {
  let input = buffer(2 * 2 * columns, noise)
  let weight = buffer(columns) { noise($0 + 500) }
  let output = FloatBuffer(count: 2 * columns)
  rootMeanSquareNorm(
    input.pointer, weight: weight.pointer, epsilon: 1e-5, into: output.pointer, rows: 2, columns: columns,
    stride: columns)
  for row in 0..<2 {
    let values = (0..<columns).map { Double(input.pointer[row * columns + $0]) }
    let mean = values.map { $0 * $0 }.reduce(0, +) / Double(columns)
    for column in 0..<columns {
      let expected = values[column] / (mean + 1e-5).squareRoot() * Double(weight.pointer[column])
      #expect(abs(Double(output.pointer[row * columns + column]) - expected) < 1e-6)
    }
  }
  gatedUnit(input.pointer, into: output.pointer, rows: 2, columns: columns)
  for row in 0..<2 {
    for column in 0..<columns {
      let gate = Double(input.pointer[row * 2 * columns + column])
      let up = Double(input.pointer[row * 2 * columns + columns + column])
      let expected = gate / (1 + exp(-gate)) * up
      #expect(abs(Double(output.pointer[row * columns + column]) - expected) < 1e-6)
    }
  }
}

/// More heads than cores, groups of heads, and a number of rows that fills no vector.
@Test(arguments: [false, true])
func attentionIsThatOfTheDefinition(isCausal: Bool) {
  let shape = AttentionShape(heads: 6, groups: 3, headSize: 10)
  let count = 13
  let rows = buffer(count * shape.rowSize, noise)
  let output = FloatBuffer(count: count * shape.outputSize)
  let scores = FloatBuffer(count: attentionLanes * count * count)
  attend(rows.pointer, into: output.pointer, scores: scores.pointer, count: count, shape: shape, isCausal: isCausal)
  for head in 0..<6 {
    for row in 0..<count {
      func element(_ row: Int, _ offset: Int) -> Double { Double(rows.pointer[row * shape.rowSize + offset]) }
      let seen = isCausal ? row + 1 : count
      let weights = (0..<seen).map { other -> Double in
        let dot = (0..<10).map { element(row, head * 10 + $0) * element(other, 60 + head / 2 * 10 + $0) }
        return exp(dot.reduce(0, +) / 10.0.squareRoot())
      }
      let sum = weights.reduce(0, +)
      for column in 0..<10 {
        let expected = (0..<seen).map { weights[$0] / sum * element($0, 90 + head / 2 * 10 + column) }.reduce(0, +)
        #expect(abs(Double(output.pointer[row * 60 + head * 10 + column]) - expected) < 1e-5)
      }
    }
  }
}
