import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast things are on this machine.",
    subcommands: [
      BenchCanvasCommand.self, BenchGenerateCommand.self, BenchMaskCommand.self, BenchModelCommand.self,
      BenchPrecisionCommand.self, BenchRecognitionCommand.self,
    ])
}
