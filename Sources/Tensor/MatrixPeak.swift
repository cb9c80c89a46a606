import CTensor

/// What a forward pass can at most hope for on this machine, in operations a second (two for a multiply and add).
public struct MatrixPeak: Sendable {
  /// Multiply-add instructions as fast as the cores can issue them, on all threads of a pool; 0 where it is not known.
  public let instructions: Double
  /// A product of the library or kernel in use, of a size that suits it: 768 × 512 weights and 128 tokens per thread.
  public let product: Double

  /// The best of about `seconds` for each figure.
  public init(_ type: ElementType, pool: ThreadPool, seconds: Double = 0.15) {
    let kind: Int32 =
      switch type {
      case .float32: 0
      case .bfloat16: 1
      case .int8: 2
      }
    useOneThreadPerProduct()
    let threads = pool.threads
    let rates = FloatBuffer(count: threads)
    pool.run { thread in
      pool.barrier()
      rates.pointer[thread] = Float(espalier_peak(kind, seconds))
    }
    instructions = rates.elements.reduce(0) { $0 + Double($1) }
    product = Self.product(type, pool, seconds)
  }

  private static func product(_ type: ElementType, _ pool: ThreadPool, _ seconds: Double) -> Double {
    let (rows, inner) = (768, blockSize)
    let numbers = FloatBuffer(count: rows * inner)
    for index in 0..<numbers.count { numbers.pointer[index] = Float(index % 7) - 3 }
    let weights = WeightMatrix(
      StoredNumbers(format: .float32, start: UnsafeRawPointer(numbers.pointer), owner: numbers), rows: rows,
      columns: inner, as: type)
    let panels = (0..<pool.threads).map { _ in Panel(type, capacity: inner) }
    let outputs = (0..<pool.threads).map { _ in FloatBuffer(count: rows * Panel.tokens) }
    let clock = ContinuousClock()
    var best = 0.0
    let start = clock.now
    let work = 2 * Double(rows * inner * Panel.tokens * pool.threads)
    for panel in panels { panel.pack(numbers.pointer, stride: Panel.tokens, features: inner, vectors: vectorLimit) }
    while clock.now - start < .seconds(seconds) {
      let runs = 20
      let time = clock.measure {
        pool.run { thread in
          for _ in 0..<runs {
            weights.multiply(
              panels[thread], rows: 0..<rows, columns: 0..<inner, vectors: vectorLimit, into: outputs[thread].pointer,
              stride: Panel.tokens)
          }
        }
      }
      best = max(best, work * Double(runs) / (time / .seconds(1)))
    }
    return best
  }
}
