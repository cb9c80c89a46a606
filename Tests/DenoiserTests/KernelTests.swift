import CTensor
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

/// The same in bfloat16, so that a product of two has no error but that of its sums.
private func shortNoise(_ index: Int) -> Float { Float(bitPattern: noise(index).bitPattern & 0xFFFF_0000) }

private let types = ElementType.allCases.filter(\.isSupported)

@Test func exponentialIsExact() {
  // A column of one key and a greater one: e^(x - 0).
  var worst = 0.0
  for step in 0...8_600 {
    let x = Float(step) * -0.01
    let scores = FloatBuffer(count: 2 * laneCount)
    for lane in 0..<laneCount { scores.pointer[lane] = x }
    var sums = [Float](repeating: 0, count: laneCount)
    espalier_softmax(scores.pointer, laneCount, 2, 1, -1, &sums)
    let expected = exp(Double(x))
    worst = max(worst, abs(Double(scores.pointer[step % laneCount]) - expected) / expected)
  }
  #expect(worst < 3e-7)
}

@Test(arguments: [1, 7, 16, 17, 400])
func partitionsAreSumsOfExponentials(count: Int) {
  let logits = (0..<count).map { noise($0) * 20 }
  let (greatest, sum) = logits.withUnsafeBufferPointer { partition(of: $0) }
  #expect(greatest == logits.max())
  let expected = logits.reduce(0) { $0 + exp(Double($1 - greatest)) }
  #expect(abs(Double(sum) - expected) < 1e-6 * expected)
  let infinite = [Float](repeating: -.infinity, count: count) + [3]
  #expect(infinite.withUnsafeBufferPointer { partition(of: $0) } == (3, 1))
}

@Test(arguments: [1, 4, 5, 8, 19, 40])
func normsAndGatesAreThoseOfTheDefinition(features: Int) {
  let tokens = 2 * laneCount
  let stride = tokens + 3
  let input = buffer(features * stride, noise)
  let weight = buffer(features) { noise($0 + 500) }
  let scales = FloatBuffer(count: tokens)
  let output = FloatBuffer(count: features * tokens)
  inverseNorms(
    input.pointer, stride: stride, features: features, vectors: 2, epsilon: 1e-5, into: scales.pointer)
  scale(
    input.pointer, stride: stride, features: features, vectors: 2, weights: weight.pointer, scales: scales.pointer,
    into: output.pointer, stride: tokens)
  for token in 0..<tokens {
    let values = (0..<features).map { Double(input.pointer[$0 * stride + token]) }
    let mean = values.map { $0 * $0 }.reduce(0, +) / Double(features)
    for (feature, value) in values.enumerated() {
      let expected = value / (mean + 1e-5).squareRoot() * Double(weight.pointer[feature])
      #expect(abs(Double(output.pointer[feature * tokens + token]) - expected) < 2e-6)
    }
  }
  let gate = buffer(features * tokens) { noise($0) * 3 }
  let up = buffer(features * tokens) { noise($0 + 77) }
  let expected = (0..<features * tokens).map { index in
    Double(gate.pointer[index]) / (1 + exp(-Double(gate.pointer[index]))) * Double(up.pointer[index])
  }
  gatedUnit(gate.pointer, up.pointer, count: features * tokens)
  for index in 0..<features * tokens { #expect(abs(Double(gate.pointer[index]) - expected[index]) < 2e-6) }
}

@Test(arguments: [(1, 1), (16, 16), (33, 50), (96, 128)])
func transposingExchangesRowsAndTokens(rows: Int, tokens: Int) {
  let input = buffer(rows * 130, noise)
  let output = FloatBuffer(count: tokens * 97)
  transpose(input.pointer, stride: 130, rows: rows, tokens: tokens, into: output.pointer, stride: 97)
  for row in 0..<rows {
    for token in 0..<tokens { #expect(output.pointer[token * 97 + row] == input.pointer[row * 130 + token]) }
  }
}

/// Every kernel: numbers of vectors, rows that fill none, and features that are a pair, a quad or several blocks.
@Test(arguments: types, [2, 7, 36, 512, 1100])
func productsAreThoseOfTheDefinition(type: ElementType, columns: Int) {
  let rows = 103
  for vectors in 1...vectorLimit {
    let tokens = vectors * laneCount
    let numbers = buffer(rows * columns, shortNoise)
    let matrix = WeightMatrix(
      StoredNumbers(format: .float32, start: UnsafeRawPointer(numbers.pointer), owner: numbers), rows: rows,
      columns: columns, as: type)
    let input = buffer(columns * tokens) { shortNoise($0 + 31) }
    let panel = Panel(type, capacity: columns)
    panel.pack(input.pointer, stride: tokens, features: columns, vectors: vectors)
    let output = FloatBuffer(count: rows * tokens)
    for accumulates in [false, true] {
      matrix.multiply(
        panel, rows: 0..<rows, columns: 0..<columns, vectors: vectors, into: output.pointer, stride: tokens,
        accumulates: accumulates)
    }
    var worst = 0.0
    for row in Swift.stride(from: 0, to: rows, by: 3) {
      for token in Swift.stride(from: 0, to: tokens, by: 5) {
        let expected = (0..<columns).reduce(0.0) {
          $0 + Double(numbers.pointer[row * columns + $1]) * Double(input.pointer[$1 * tokens + token])
        }
        worst = max(worst, abs(Double(output.pointer[row * tokens + token]) - 2 * expected))
      }
    }
    // In 8 bits each of the two factors is off by 1/254 of its greatest, 2, at the most, and errors are independent.
    let limit = type == .int8 ? 0.1 * Double(columns).squareRoot() : 2e-5 * Double(columns).squareRoot()
    #expect(worst < limit, "\(vectors) vectors")
  }
}

@Test func weightsOfTheSameTypeAreReadInPlace() {
  let halves = Buffer<UInt16>(count: 12)
  for index in 0..<12 { halves.pointer[index] = UInt16(shortNoise(index).bitPattern >> 16) }
  func matrix(_ columns: Int, _ type: ElementType) -> WeightMatrix {
    WeightMatrix(
      StoredNumbers(format: .bfloat16, start: UnsafeRawPointer(halves.pointer), owner: halves), rows: 12 / columns,
      columns: columns, as: type)
  }
  #expect(!matrix(4, .bfloat16).isCopy && matrix(3, .bfloat16).isCopy)
  #expect(matrix(4, .float32).isCopy && matrix(4, .int8).isCopy)
}

/// More heads than cores, groups of heads, and a number of tokens that fills no vector.
@Test(arguments: types, [false, true])
func attentionIsThatOfTheDefinition(type: ElementType, isCausal: Bool) {
  let shape = AttentionShape(heads: 6, groups: 3, headSize: 10)
  let vectors = 5
  let lanes = vectors * laneCount
  let count = 77
  let capacity = 100
  let start = laneCount
  let queries = buffer(60 * lanes, shortNoise)
  let keys = buffer(30 * lanes) { shortNoise($0 + 9) }
  let values = buffer(30 * lanes) { shortNoise($0 + 23) }
  let store = KeyValueStore(type, shape: shape, capacity: capacity)
  let queryStore = QueryStore(type, shape: shape, capacity: capacity)
  let scratch = FloatBuffer(count: 10 * lanes)
  for head in 0..<6 {
    queryStore.store(
      queries.pointer + head * 10 * lanes, stride: lanes, head: head, lane: 0, vectors: vectors,
      scratch: scratch.pointer)
  }
  for group in 0..<3 {
    store.storeKeys(
      keys.pointer + group * 10 * lanes, stride: lanes, group: group, token: start, count: count,
      scratch: scratch.pointer)
    store.storeValues(
      values.pointer + group * 10 * lanes, stride: lanes, group: group, token: start, count: count)
  }
  let output = FloatBuffer(count: 60 * lanes)
  Attention(type, capacity: capacity).attend(
    queryStore, lane: 0, vectors: vectors, to: store, keys: start..<start + count, first: isCausal ? 0 : nil,
    into: output.pointer, stride: lanes)
  for head in 0..<6 {
    for token in 0..<count {
      let seen = isCausal ? token + 1 : count
      let weights = (0..<seen).map { key -> Double in
        let products = (0..<10).map {
          Double(queries.pointer[(head * 10 + $0) * lanes + token])
            * Double(keys.pointer[(head / 2 * 10 + $0) * lanes + key])
        }
        return exp(products.reduce(0, +) / 10.0.squareRoot())
      }
      let sum = weights.reduce(0, +)
      for feature in 0..<10 {
        let expected = (0..<seen).reduce(0.0) {
          $0 + weights[$1] / sum * Double(values.pointer[(head / 2 * 10 + feature) * lanes + $1])
        }
        let found = Double(output.pointer[(head * 10 + feature) * lanes + token])
        #expect(abs(found - expected) < (type == .float32 ? 1e-5 : 2e-2))
      }
    }
  }
}

@Test(arguments: [1, 2, 5]) func threadsWaitForEachOther(threads: Int) {
  let pool = ThreadPool(threads: threads)
  let marks = Buffer<Int>(count: threads)
  let wrong = Buffer<Int>(count: threads)
  for _ in 0..<50 {
    pool.run { thread in
      for round in 1...4 {
        marks.pointer[thread] += 1
        pool.barrier()
        for other in 0..<threads where marks.pointer[other] % 4 != round % 4 { wrong.pointer[thread] += 1 }
        pool.barrier()
      }
    }
  }
  #expect(marks.elements.allSatisfy { $0 == 200 } && wrong.elements.allSatisfy { $0 == 0 })
}
