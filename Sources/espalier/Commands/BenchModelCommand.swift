import ArgumentParser
import Denoiser
import Foundation
import Reporting
import Tensor
import Vocabulary

struct BenchModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Measure a forward pass of a model.",
    discussion: """
      Times are the median of the passes. The peak is that of one large matrix product with the same library, measured \
      in the same run.
      """)

  @OptionGroup var model: ModelCommand.ModelOption

  @Option(help: "How many tokens a canvas has.")
  var tokens = 256

  @Option(help: "At how many positions the output layer is asked for.")
  var positions = 64

  @Option(help: "How many passes are measured.")
  var passes = 20

  @OptionGroup var output: FormatOption

  func validate() throws {
    guard tokens > 0, positions > 0, passes > 0 else {
      throw ValidationError("--tokens, --positions and --passes must be positive.")
    }
    guard positions <= tokens else {
      throw ValidationError("--positions must be at most --tokens, \(tokens), found \(positions).")
    }
  }

  func run() throws {
    let clock = ContinuousClock()
    let started = clock.now
    let denoiser = try model.load()
    let load = clock.now - started
    guard let configuration = denoiser.configuration else { return }

    // Other tokens each time, so that no pass is answered from the one before.
    var canvas = (0..<tokens).map { TokenID($0 % denoiser.vocabulary.count) }
    let asked = Array(0..<positions)
    var logits: [Float] = []
    var body: [Duration] = []
    var head: [Duration] = []
    for pass in 0...passes {
      canvas[0] = TokenID(pass % denoiser.vocabulary.count)
      let layers = try clock.measure { try denoiser.logits(for: canvas, at: [0], into: &logits) }
      let output = try clock.measure { try denoiser.logits(for: canvas, at: asked, into: &logits) }
      // The first pass allocates.
      if pass > 0 {
        body.append(layers)
        head.append(output)
      }
    }
    let layers = body.sorted()[passes / 2] / .seconds(1)
    let output = head.sorted()[passes / 2] / .seconds(1)
    let peak = matrixPeak()
    let report = Report(
      model: denoiser.name, tokens: tokens, positions: positions, passes: passes,
      loadMilliseconds: load / .milliseconds(1), layersMilliseconds: layers * 1e3, outputMilliseconds: output * 1e3,
      tokensPerSecond: Double(tokens) / (layers + output),
      layersGigaflops: configuration.layerOperations(tokens: tokens) / layers / 1e9,
      outputGigaflops: configuration.outputOperations(positions: positions) / output / 1e9, peakGigaflops: peak / 1e9)
    switch self.output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  private struct Report: Encodable {
    var model: String
    var tokens: Int
    var positions: Int
    var passes: Int
    var loadMilliseconds: Double
    var layersMilliseconds: Double
    var outputMilliseconds: Double
    var tokensPerSecond: Double
    var layersGigaflops: Double
    var outputGigaflops: Double
    var peakGigaflops: Double

    var text: String {
      func shown(_ value: Double) -> String { String(format: "%.1f", value) }
      func share(_ value: Double) -> String { String(format: "%.0f%% of the peak", 100 * value / peakGigaflops) }
      return """
        model   \(model), \(tokens) tokens, \(positions) open, \(passes) passes
        load    \(shown(loadMilliseconds)) ms
        layers  \(shown(layersMilliseconds)) ms, \(shown(layersGigaflops)) GFLOP/s, \(share(layersGigaflops))
        output  \(shown(outputMilliseconds)) ms, \(shown(outputGigaflops)) GFLOP/s, \(share(outputGigaflops))
        peak    \(shown(peakGigaflops)) GFLOP/s
        speed   \(shown(tokensPerSecond)) tokens/s

        """
    }
  }
}
