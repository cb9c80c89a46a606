import Foundation

/// How reports are written as JSON: keys sorted, so that equal reports are equal texts.
public enum JSONText {
  /// `value` as JSON over several lines, with a line end.
  public static func document(_ value: some Encodable) throws(FileError) -> [UInt8] {
    try encode(value, .prettyPrinted)
  }

  /// `value` as JSON on one line, with a line end.
  public static func line(_ value: some Encodable) throws(FileError) -> [UInt8] {
    try encode(value, [])
  }

  private static func encode(
    _ value: some Encodable, _ format: JSONEncoder.OutputFormatting
  ) throws(FileError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, format]
    do {
      return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    } catch {
      throw .unwritable(path: "JSON", reason: "\(error)")
    }
  }
}
