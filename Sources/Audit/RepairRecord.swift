import Foundation

/// One broken text of a data set.
public struct RepairRecord: Sendable {
  public var id: String
  /// nil where the record is not UTF-8 text.
  public var broken: [UInt8]?
  /// What a person made of it.
  public var fixed: [UInt8]?
  /// The text is of its language and must stay as it is.
  public var isValid: Bool

  /// Reads a data set: one JSON object with `broken`, or with `text` or `base64`, in each line.
  public static func read(_ path: String) throws(AuditError) -> [RepairRecord] {
    var records: [RepairRecord] = []
    for (index, line) in try AuditCorpus.read(path).split(separator: 0x0A).enumerated() {
      guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
        throw .badRecord(path: path, line: index + 1, expected: "a JSON object")
      }
      let text = object["broken"] as? String ?? object["text"] as? String
      guard text != nil || object["base64"] is String else {
        throw .badRecord(path: path, line: index + 1, expected: "the key 'broken', 'text' or 'base64'")
      }
      records.append(
        RepairRecord(
          id: object["id"] as? String ?? "\(index + 1)", broken: text.map { Array($0.utf8) },
          fixed: (object["fixed"] as? String).map { Array($0.utf8) }, isValid: object["valid"] as? Bool ?? false))
    }
    return records
  }
}
