import Denoiser
import Foundation
import Tensor
import Vocabulary

/// Times of a model in one element type.
struct ModelMeasurement: Encodable {
  /// A forward pass over so many positions.
  struct Pass: Encodable {
    var positions: Int
    /// More than one where the model takes fewer tokens at once.
    var canvases: Int
    /// Positions whose logits are asked for: half of them.
    var open: Int
    var passes: Int
    /// The least time, and the median.
    var layersMilliseconds: Double
    var layersMedianMilliseconds: Double
    var outputMilliseconds: Double
    var stepMilliseconds: Double
    var stepMedianMilliseconds: Double
    var stepsPerSecond: Double
    var tokensPerSecond: Double
    var layersGigaflops: Double
    var outputGigaflops: Double
    /// In relation to the instructions' peak, or to the product's where that is not known.
    var layersShare: Double
    var outputShare: Double
    var stepShare: Double
  }

  var precision: String
  var threads: Int
  var loadMilliseconds: Double
  /// The first step with all that it sets up.
  var firstStepMilliseconds: Double
  /// Multiply-add instructions as fast as the cores issue them; nil where that is not known.
  var instructionPeakGigaflops: Double?
  /// One large product.
  var productPeakGigaflops: Double
  var passes: [Pass] = []
  /// Memory for weights that were converted, and for buffers, at the longest canvas.
  var convertedMegabytes = 0.0
  var bufferMegabytes = 0.0

  /// - Parameters:
  ///   - load: gives the model with the options that are asked for
  ///   - seconds: for each figure, at the least
  init(
    _ type: ElementType, threads: Int, lengths: [Int], seconds: Double,
    load: (DenoiserOptions) throws -> Denoiser
  ) throws {
    let clock = ContinuousClock()
    let started = clock.now
    let denoiser = try load(DenoiserOptions(elementType: type, threads: threads))
    loadMilliseconds = (clock.now - started) / .milliseconds(1)
    var buffer: [Float] = []
    let few = Self.canvases(denoiser, positions: min(64, denoiser.maximumLength))[0]
    firstStepMilliseconds =
      try clock.measure { try denoiser.logits(for: few, at: [0], into: &buffer) } / .milliseconds(1)
    precision = type.rawValue
    self.threads = threads
    let peak = MatrixPeak(type, pool: ThreadPool(threads: threads))
    instructionPeakGigaflops = peak.instructions > 0 ? peak.instructions / 1e9 : nil
    productPeakGigaflops = peak.product / 1e9
    for length in lengths {
      passes.append(try Self.measure(denoiser, length, seconds, peak))
    }
    let memory = denoiser.memoryUse
    convertedMegabytes = Double(memory.convertedWeights) / 1e6
    bufferMegabytes = Double(memory.buffers) / 1e6
  }

  private static func canvases(_ denoiser: Denoiser, positions: Int) -> [[TokenID]] {
    let count = (positions + denoiser.maximumLength - 1) / denoiser.maximumLength
    return (0..<count).map { index in
      (positions * index / count..<positions * (index + 1) / count).map { TokenID($0 % denoiser.vocabulary.count) }
    }
  }

  private static func measure(
    _ denoiser: Denoiser, _ length: Int, _ seconds: Double, _ peak: MatrixPeak
  ) throws -> Pass {
    let clock = ContinuousClock()
    var canvases = canvases(denoiser, positions: length)
    let half = canvases.map { Array(0..<($0.count + 1) / 2) }
    let open = half.reduce(0) { $0 + $1.count }
    // Whoever asks for both ends has all tokens go through all layers.
    let ends = canvases.map { [0, $0.count - 1] }
    var buffer: [Float] = []
    // The output layer's room.
    try denoiser.logits(forBatch: canvases, at: half, into: &buffer)

    /// The times of passes over canvases that differ from one to the next, or of the output layer on the same ones.
    var number = 0
    func times(at positions: [[Int]], changing: Bool = true) throws -> [Double] {
      var rows: [Float] = []
      var times: [Double] = []
      let started = clock.now
      while clock.now - started < .seconds(seconds) || times.count < 5 {
        if changing { number += 1 }
        canvases[0][0] = TokenID(number % denoiser.vocabulary.count)
        let time = try clock.measure {
          if canvases.count == 1 {
            try denoiser.logits(for: canvases[0], at: positions[0], into: &rows)
          } else {
            try denoiser.logits(forBatch: canvases, at: positions, into: &rows)
          }
        }
        times.append(time / .seconds(1))
      }
      // The first makes room for the logits.
      return times.dropFirst().sorted()
    }
    let layers = try times(at: ends)
    let step = try times(at: half)
    let output = try times(at: half, changing: false)[0]
    let configuration = denoiser.configuration
    func layerWork(_ asked: [Int]) -> Double {
      zip(canvases, asked).reduce(0) {
        $0 + (configuration?.layerOperations(tokens: $1.0.count, asked: $1.1) ?? 0)
      }
    }
    let allWork = layerWork(canvases.map(\.count))
    let outputWork = configuration?.outputOperations(positions: open) ?? 0
    let stepWork = layerWork(half.map(\.count)) + outputWork
    let limit = peak.instructions > 0 ? peak.instructions : peak.product
    return Pass(
      positions: length, canvases: canvases.count, open: open, passes: layers.count + step.count,
      layersMilliseconds: layers[0] * 1e3, layersMedianMilliseconds: layers[layers.count / 2] * 1e3,
      outputMilliseconds: output * 1e3, stepMilliseconds: step[0] * 1e3,
      stepMedianMilliseconds: step[step.count / 2] * 1e3, stepsPerSecond: 1 / step[0],
      tokensPerSecond: Double(length) / step[0], layersGigaflops: allWork / layers[0] / 1e9,
      outputGigaflops: outputWork / output / 1e9, layersShare: allWork / layers[0] / limit,
      outputShare: outputWork / output / limit, stepShare: stepWork / step[0] / limit)
  }

  var text: String {
    func number(_ value: Double, _ width: Int = 8) -> String {
      let text = String(format: value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%.0f", value)
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func share(_ value: Double) -> String { String(format: "%4.0f%%", 100 * value) }
    var text = """
      \(precision), \(threads) threads: loaded in \(number(loadMilliseconds, 0)) ms, first step \
      \(number(firstStepMilliseconds, 0)) ms later; \(number(convertedMegabytes, 0)) MB of weights converted, \
      \(number(bufferMegabytes, 0)) MB of buffers
      peak: \(instructionPeakGigaflops.map { "instructions \(number($0, 0))" } ?? "instructions not known"), one product \
      \(number(productPeakGigaflops, 0)) GFLOP/s
      positions  open  layers ms  of peak  output ms  of peak  step ms  of peak  median ms  steps/s  tokens/s

      """
    for pass in passes {
      let canvases = pass.canvases > 1 ? "   in \(pass.canvases) canvases" : ""
      text +=
        "\(String(pass.positions).leftPadded(9))"
        + "\(String(pass.open).leftPadded(6))\(number(pass.layersMilliseconds, 11))   \(share(pass.layersShare)) "
        + "\(number(pass.outputMilliseconds, 11))   \(share(pass.outputShare)) \(number(pass.stepMilliseconds, 8))   "
        + "\(share(pass.stepShare)) \(number(pass.stepMedianMilliseconds, 10)) \(number(pass.stepsPerSecond)) "
        + "\(number(pass.tokensPerSecond, 9))\(canvases)\n"
    }
    return text
  }
}

extension String {
  fileprivate func leftPadded(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
