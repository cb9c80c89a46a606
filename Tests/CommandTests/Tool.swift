import Foundation
import Testing

/// The built tool, run as a person would run it.
enum Tool {
  /// `$ESPALIER_BIN`, or the tool beside the test bundle.
  static let path: String? = {
    if let named = ProcessInfo.processInfo.environment["ESPALIER_BIN"] { return named }
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    let beside = URL(filePath: bundle).deletingLastPathComponent().appending(path: "espalier").path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : nil
  }()

  static let isThere = path != nil && ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil
  static let hint: Comment = "there is no built tool, or ESPALIER_HOME names no grammar store: run make test"

  static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  /// Runs the tool with `arguments` in `folder`, in the environment of the tests if no other is given.
  static func run(
    _ arguments: [String], in folder: URL, input: String = "", environment: [String: String]? = nil,
    tool: String? = path
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: try #require(tool))
    process.arguments = arguments
    process.currentDirectoryURL = folder
    if let environment { process.environment = environment }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "espalier-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Files, not pipes: a pipe that nobody empties would stop the tool.
    func file(_ name: String, _ content: String = "") throws -> FileHandle {
      let url = scratch.appending(path: name)
      try Data(content.utf8).write(to: url)
      return try FileHandle(forUpdating: url)
    }
    process.standardInput = try file("input", input)
    process.standardOutput = try file("output")
    process.standardError = try file("errors")
    try process.run()
    process.waitUntilExit()
    func content(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: scratch.appending(path: name)), as: UTF8.self)
    }
    return Outcome(
      code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try content("output"), errors: try content("errors"))
  }
}

/// Compares with the file `name` beside the tests, or writes it if ESPALIER_UPDATE_GOLDEN is set.
func expectGolden(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
  if ProcessInfo.processInfo.environment["ESPALIER_UPDATE_GOLDEN"] != nil {
    try Data(text.utf8).write(to: file)
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  #expect(text == expected, "differs from Golden/\(name)", sourceLocation: sourceLocation)
}

/// A folder that lives as long as this object.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "espalier-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
}
