import Foundation
import Testing

/// `fix --write` that a full disk or a kill interrupts leaves the old file or the new one, and nothing beside it.
@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct InterruptedWriteTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// A file of about 40 kB with one bracket left out, and what `fix` makes of it.
  static let broken: String = {
    let body = (0..<800).map { "def name\($0)(value):\n    return value + \($0)\n\n\n" }.joined()
    return body + "print(name1(2)\n"
  }()

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path))?.sorted() ?? [] }

  func content() throws -> String {
    try String(contentsOf: folder.url.appending(path: "broken.py"), encoding: .utf8)
  }

  @Test func fullDisk() throws {
    try folder.write("broken.py", Self.broken)
    // A limit on the size of files refuses the write as a full disk does, once the signal is ignored.
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      "-c", #"trap "" XFSZ; ulimit -f 8; exec "$0" fix --write --model none broken.py"#, try #require(Tool.path),
    ]
    process.currentDirectoryURL = folder.url
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 2)
    #expect(try content() == Self.broken)
    #expect(names == ["broken.py"])
  }

  @Test func kill() throws {
    try folder.write("broken.py", Self.broken)
    let whole = try Tool.run(["fix", "--write", "--model", "none", "broken.py"], in: folder.url)
    #expect(whole.code == 0)
    let repaired = try content()
    #expect(repaired != Self.broken)
    for milliseconds in stride(from: 5, through: 300, by: 20) {
      try folder.write("broken.py", Self.broken)
      let process = Process()
      process.executableURL = URL(filePath: try #require(Tool.path))
      process.arguments = ["fix", "--write", "--model", "none", "broken.py"]
      process.currentDirectoryURL = folder.url
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32(milliseconds) * 1000)
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let left = try content()
      #expect(left == Self.broken || left == repaired)
      #expect(names == ["broken.py"])
    }
  }
}
