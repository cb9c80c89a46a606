import Foundation

/// A text with a piece taken out.
public struct InfillRecord: Sendable {
  public var id: String
  public var prefix: [UInt8]
  /// What was taken out.
  public var missing: [UInt8]
  public var suffix: [UInt8]

  /// Reads a data set: one JSON object with `prompt`, `canonical_solution` and `suffix` in each line. A name that ends
  /// in `.gz` is read through gzip.
  public static func read(_ path: String) throws -> [InfillRecord] {
    let bytes = path.hasSuffix(".gz") ? try unpacked(path) : try AuditCorpus.read(path)
    return try bytes.split(separator: 0x0A).enumerated().map { index, line in
      guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
        let prompt = object["prompt"] as? String, let missing = object["canonical_solution"] as? String,
        let suffix = object["suffix"] as? String
      else {
        throw AuditError.badRecord(
          path: path, line: index + 1,
          expected: "a JSON object with the texts 'prompt', 'canonical_solution' and 'suffix'")
      }
      return InfillRecord(
        id: object["task_id"] as? String ?? "\(index + 1)", prefix: Array(prompt.utf8), missing: Array(missing.utf8),
        suffix: Array(suffix.utf8))
    }
  }

  private static func unpacked(_ path: String) throws -> [UInt8] {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw AuditError.unreadable(path: path, reason: "cannot be read")
    }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw AuditError.unreadable(path: path, reason: "gzip cannot unpack it")
    }
    return Array(data)
  }
}
