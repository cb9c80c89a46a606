import Foundation

/// Compiles a grammar's C sources: once as they are, once as a probe that the lexical automata are read from.
struct GrammarCompiler {
  /// The folder with our `tree_sitter/parser.h`, which is included first so that a grammar's own copy stays out.
  let headers: URL
  /// A folder with what the sources include and the grammar's package leaves out.
  var supplement: URL?
  /// Command names, looked up in `PATH`.
  var compiler = "cc"
  var compilerForCPlusPlus = "c++"

  struct Output {
    var parser: URL
    var probe: URL
  }

  /// Compiles into `folder`. Throws `compilerFailed` with the compiler's own message.
  func compile(_ source: GrammarSource, into folder: URL) throws(GrammarError) -> Output {
    let output = Output(
      parser: folder.appendingPathComponent("parser.so"), probe: folder.appendingPathComponent("probe.so"))
    let isCPlusPlus = source.scanner.map { $0.pathExtension != "c" } ?? false
    var scannerObject: [String] = []
    if let scanner = source.scanner {
      let object = folder.appendingPathComponent("scanner.o").path
      let command = isCPlusPlus ? compilerForCPlusPlus : compiler
      try run(command, ["-O2", "-c"] + common(source) + [scanner.path, "-o", object])
      scannerObject = [object]
    }
    let parserObject = folder.appendingPathComponent("parser.o").path
    let probeObject = folder.appendingPathComponent("probe.o").path
    try run(compiler, ["-O2", "-c"] + common(source) + [source.parser.path, "-o", parserObject])
    try run(compiler, ["-O1", "-c", "-DESPALIER_PROBE"] + common(source) + [source.parser.path, "-o", probeObject])
    let linker = isCPlusPlus ? compilerForCPlusPlus : compiler
    // The probe's language refers to the scanner too, though nothing calls it there.
    try run(linker, ["-shared", parserObject] + scannerObject + ["-o", output.parser.path])
    try run(linker, ["-shared", probeObject] + scannerObject + ["-o", output.probe.path])
    return output
  }

  private func common(_ source: GrammarSource) -> [String] {
    [
      "-fPIC", "-w", "-I\(headers.path)", "-I\(source.parser.deletingLastPathComponent().path)",
      "-include", headers.appendingPathComponent("tree_sitter/parser.h").path,
    ] + (supplement.map { ["-I\($0.path)"] } ?? [])
  }

  private func run(_ command: String, _ arguments: [String]) throws(GrammarError) {
    let line = ([command] + arguments).joined(separator: " ")
    guard let executable = Self.find(command) else {
      throw .compilerFailed(command: line, message: "'\(command)' is not in PATH; install a C compiler")
    }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    do {
      try process.run()
    } catch {
      throw .compilerFailed(command: line, message: error.localizedDescription)
    }
    let message = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit && process.terminationStatus == 0 else {
      throw .compilerFailed(command: line, message: String(decoding: message, as: UTF8.self))
    }
  }

  private static func find(_ command: String) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { URL(fileURLWithPath: String($0)).appendingPathComponent(command) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
