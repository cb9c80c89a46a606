import Foundation

/// A JSON value whose shape is checked where it is used.
enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Reads the object that a file consists of.
  static func object(in data: Data, file: String, key: String = "file") throws(DenoiserError) -> [String: JSONValue] {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: data), case .object(let object) = value else {
      throw .malformed(file: file, key: key, expected: "a JSON object", found: "\(data.count) bytes that are none")
    }
    return object
  }

  /// The value as it is written, shortened, for error messages.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value.count > 40 ? "'\(value.prefix(40))…'" : "'\(value)'"
    case .array(let values): "an array of \(values.count)"
    case .object(let values): "an object of \(values.count)"
    }
  }
}
