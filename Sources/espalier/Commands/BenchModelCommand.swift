import ArgumentParser
import Denoiser
import Foundation
import Reporting
import Tensor

struct BenchModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Measure forward passes of a model.",
    discussion: """
      Each pass computes the layers and the logits of half of the positions. Times are the least of many passes, the \
      median stands beside them. The peak is measured in the same run with the same numbers: multiply-add instructions \
      as fast as all cores issue them, and one large product. A length that the model does not take at once is measured \
      as several canvases in one pass.
      """)

  @Option(
    name: [.customLong("checkpoint"), .customLong("model")],
    help: "A folder with config.json, tokenizer.json and safetensors files, instead of the default model.",
    completion: .directory)
  var folder: String?

  @Option(help: .init("Positions of the passes.", valueName: "list"))
  var lengths = "64,256,1024"

  @Option(help: .init("Types of the numbers; by default all that the processor has.", valueName: "type"))
  var precision: [ElementType] = []

  @Option(help: "How many threads compute; by default as many as there are processors.")
  var threads: Int?

  @Option(help: "Seconds for each figure at the least.")
  var seconds = 1.0

  @OptionGroup var output: FormatOption

  private var positions: [Int] { lengths.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    guard !positions.isEmpty, positions.count == lengths.split(separator: ",").count,
      positions.allSatisfy({ 1...1_000_000 ~= $0 })
    else { throw ValidationError("--lengths must be numbers from 1 to 1000000, found \(lengths).") }
    guard threads ?? 1 >= 1, threads ?? 1 <= 256 else {
      throw ValidationError("--threads must be from 1 to 256, found \(threads ?? 0).")
    }
    guard seconds >= 0, seconds <= 1000 else {
      throw ValidationError("--seconds must be from 0 to 1000, found \(seconds).")
    }
    if let type = precision.first(where: { !$0.isSupported }) {
      throw ValidationError("--precision: this processor does not have the instructions for \(type.rawValue).")
    }
  }

  func run() throws {
    let types = precision.isEmpty ? ElementType.allCases.filter(\.isSupported) : precision
    var report = Report(machine: Machine.description)
    for type in types {
      report.measurements.append(
        try ModelMeasurement(
          type, threads: threads ?? ThreadPool.defaultThreads, lengths: positions, seconds: seconds
        ) { options in
          let denoiser = try folder.map { try Denoiser(folder: $0, options) } ?? DefaultModel.denoiser(options)
          report.model = denoiser.name
          report.parameters = denoiser.parameterCount
          return denoiser
        })
    }
    report.peakResidentMegabytes = Machine.peakResidentBytes.map { Double($0) / 1e6 }
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
  }

  private struct Report: Encodable {
    var machine: String
    var model = ""
    var parameters = 0
    var measurements: [ModelMeasurement] = []
    /// Of the whole process, mapped weights included.
    var peakResidentMegabytes: Double?

    var text: String {
      let memory = peakResidentMegabytes.map { String(format: "; %.0f MB resident at the most", $0) } ?? ""
      return (["\(machine); \(model), \(parameters) parameters\(memory)\n"] + measurements.map(\.text))
        .joined(separator: "\n")
    }
  }
}
