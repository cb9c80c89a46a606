import Foundation

/// The files that git leaves alone, as its ignore files say: git itself is asked.
public enum IgnoredFiles {
  /// Those of `paths`, all below `folder`, that git ignores; none outside a repository, or where git is not installed.
  public static func of(_ paths: [String], below folder: String) -> Set<String> {
    guard !paths.isEmpty, isInRepository(folder) else { return [] }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "espalier-\(UUID().uuidString)")
    guard (try? FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)) != nil else {
      return []
    }
    defer { try? FileManager.default.removeItem(at: scratch) }
    let working = URL(filePath: FileManager.default.currentDirectoryPath)
    // Absolute, since git runs in the folder.
    let absolute = paths.map { $0.hasPrefix("/") ? $0 : working.appending(path: $0).path }
    let (input, output) = (scratch.appending(path: "input"), scratch.appending(path: "output"))
    do {
      try Data(absolute.joined(separator: "\0").utf8).write(to: input)
      try Data().write(to: output)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["git", "-C", folder, "check-ignore", "-z", "--stdin"]
      process.standardInput = try FileHandle(forReadingFrom: input)
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      let ignored = Set(try Data(contentsOf: output).split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      return Set(zip(paths, absolute).filter { ignored.contains($0.1) }.map(\.0))
    } catch {
      return []
    }
  }

  /// Whether `folder` or one above it is the top of a repository.
  private static func isInRepository(_ folder: String) -> Bool {
    var url = URL(filePath: folder.isEmpty ? "." : folder).standardizedFileURL.resolvingSymlinksInPath()
    while true {
      if FileManager.default.fileExists(atPath: url.appending(path: ".git").path) { return true }
      let above = url.deletingLastPathComponent()
      if above.path == url.path || url.path == "/" { return false }
      url = above
    }
  }
}
