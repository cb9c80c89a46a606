import ArgumentParser
import Denoiser
import Diffusion
import Foundation
import Generation
import Grammar
import Recognition
import Reporting
import Vocabulary

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write code into the holes of a file.",
    discussion: """
      A hole is a marker in the text, <<fill>>, or <<fill:40>> for about 40 tokens; there may be several. With \
      --function it is the body of a function that has none yet: missing, empty, '...' or 'pass'. A string at its start \
      that documents it stays.

      Prints the whole text. Whatever is written, the result parses. Exits with 0 if all holes are filled, 1 if the text \
      around them cannot be completed, and 2 for anything else.
      """)

  @Argument(help: "The file with the holes.", completion: .file())
  var file: String

  @Option(help: .init("Write the body of this function.", valueName: "name"))
  var function: String?

  @Option(help: "Tokens of a hole whose marker names no number. The model may take fewer, never more than half again.")
  var length = 48

  @Option(
    help: "Passes of the model over all holes together; default: one per token up to 64, then one for four tokens.")
  var steps: Int?

  @OptionGroup var sampler: SamplerArguments
  @OptionGroup var denoiser: DenoiserOption

  @Option(help: .init("Write every step to this file, one JSON object per line.", valueName: "file"))
  var trace: String?

  @Flag(help: "Replace the file instead of printing.")
  var write = false

  @Flag(help: "Print the difference instead of the whole text.")
  var diff = false

  @OptionGroup var output: FormatOption

  func validate() throws {
    guard 1...Markers.greatestLength ~= length else {
      throw ValidationError("--length must be from 1 to \(Markers.greatestLength), found \(length).")
    }
    if let steps, !(1...1_000_000 ~= steps) {
      throw ValidationError("--steps must be from 1 to 1000000, found \(steps).")
    }
    if diff, output.format == .json { throw ValidationError("--diff and --format json exclude each other.") }
  }

  func run() throws {
    let store = GrammarStore.default
    let languages = try LanguageTable(store)
    let text = try InputFile.read(file)
    let name = try languages.requiredLanguage(of: file)
    let language = try Language(try store.open(name))
    do {
      let plan = try plan(text, language)
      let result = try fill(plan, language)
      try report(plan, result, old: text)
    } catch let error as GenerationError {
      ExitStatus.tell("\(file)\(error.line.map { ":\($0)" } ?? ""): \(error)")
      throw error.isUsage ? ExitStatus.failure : ExitStatus.findings
    }
  }

  private func plan(_ text: [UInt8], _ language: Language) throws -> GenerationPlan {
    if let function { return try FunctionPlan(language).plan(text, name: function, length: length) }
    guard let plan = try Markers.plan(text, length: length) else { throw GenerationError.noHole }
    return plan
  }

  /// Up to so many tokens each one gets a pass of its own.
  private static let fewestPasses = 64

  private func fill(_ plan: GenerationPlan, _ language: Language) throws -> Generator.Result {
    let model = try denoiser.load(seed: sampler.seed)
    let generator = try Generator(language, model)
    let tokens = plan.canvas.lengths.reduce(0, +)
    let options = sampler.options(steps: steps ?? min(tokens, max(Self.fewestPasses, tokens / 4)))
    // The file exists before the work starts, so that a wrong path is told at once.
    let lines = try trace.map { try TraceFile($0) }
    let progress = Progress("token", total: tokens)
    defer { progress.finish() }
    let result = try generator.fill(plan, options: options) { event in
      if event.kind == .commit { progress.advance() }
      lines?.append(event)
    }
    try lines?.close()
    return result
  }

  private func report(_ plan: GenerationPlan, _ result: Generator.Result, old: [UInt8]) throws {
    if !result.isWrittenByModel {
      ExitStatus.tell("\(file): the parser refused what the model wrote; the holes have shortest completions")
    }
    if write { try AtomicFile.replace(file, old: old, with: result.text) }
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(Report(file, plan, result, isWritten: write)))
    case .text:
      if diff {
        try StandardOutput.write(UnifiedDiff.make(path: file, old: old, new: result.text))
      } else if !write {
        try StandardOutput.write(result.text)
      }
    }
  }

  private struct Report: Encodable {
    struct Hole: Encodable {
      /// In the given file, from 1.
      var line: Int
      /// Bytes of the result.
      var start: Int
      var end: Int
      var text: String
    }

    var path: String
    var holes: [Hole]
    var attempts: Int
    var isWrittenByModel: Bool
    var isWritten: Bool
    var passes: Int
    var tokens: Int

    init(_ path: String, _ plan: GenerationPlan, _ result: Generator.Result, isWritten: Bool) {
      self.path = path
      holes = zip(plan.lines, result.holes).map { line, range in
        Hole(
          line: line, start: range.lowerBound, end: range.upperBound,
          text: String(decoding: result.text[range], as: UTF8.self))
      }
      attempts = result.attempts
      isWrittenByModel = result.isWrittenByModel
      self.isWritten = isWritten
      passes = result.statistics.passes
      tokens = result.statistics.commits
    }
  }
}

/// A file that gets one JSON object per line.
private final class TraceFile {
  private let path: String
  private let handle: FileHandle
  private var failure: FileError?

  init(_ path: String) throws(FileError) {
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { throw .unwritable(path: path, reason: "it cannot be created") }
    self.path = path
    self.handle = handle
  }

  func append(_ event: TraceEvent) {
    guard failure == nil else { return }
    do {
      try handle.write(contentsOf: Data(JSONText.line(event)))
    } catch {
      failure = .unwritable(path: path, reason: error.localizedDescription)
    }
  }

  /// Throws the first failure to write.
  func close() throws {
    try handle.close()
    if let failure { throw failure }
  }
}
