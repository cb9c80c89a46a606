/// Whether a text is JSON, exactly as RFC 8259 says: the reference validator that dialects name `json`.
///
/// The grammar of tree-sitter is both wider (comments, `01`, several values) and narrower (`1e+2`) than the standard.
public enum JSONValidator {
  /// What is wrong, and where.
  public struct Violation: Error, Equatable, Sendable {
    /// Bytes from the start of the text.
    public var offset: Int
    public var expected: String
    public var found: String
  }

  /// How deeply arrays and objects may nest. RFC 8259 section 9 leaves the limit open; the check itself needs one bit
  /// per level and no recursion.
  public static let depthLimit = 1_000_000

  /// The first violation in `bytes`, or nil if they are one JSON text. Linear.
  public static func violation(in bytes: [UInt8]) -> Violation? {
    bytes.withUnsafeBufferPointer { buffer -> Violation? in
      var scanner = JSONScanner(bytes: buffer)
      do throws(Violation) {
        try scanner.scanText()
        return nil
      } catch {
        return error
      }
    }
  }

  /// Whether `bytes` are one JSON text.
  public static func accepts(_ bytes: [UInt8]) -> Bool { violation(in: bytes) == nil }
}

/// Walks over one JSON text. `at(_:)` reads nothing outside the buffer, so every index is safe.
private struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var offset = 0
  /// The open containers from the outside in: true for an object.
  var containers: [Bool] = []

  typealias Violation = JSONValidator.Violation

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  func at(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }
  var current: UInt8? { at(offset) }

  func violation(_ expected: String, at place: Int? = nil) -> Violation {
    let place = place ?? offset
    return Violation(offset: place, expected: expected, found: describe(place))
  }

  func describe(_ place: Int) -> String {
    guard let byte = at(place) else { return "the end of the text" }
    switch byte {
    case 0x21...0x7E: return "'\(UnicodeScalar(byte))'"
    case 0x0A: return "a line end"
    case 0x20: return "a space"
    default:
      let length = utf8Length(at: place)
      guard byte >= 0x80, length > 0 else { return "the byte 0x" + hex(byte) }
      return "'" + String(decoding: bytes[place..<place + length], as: UTF8.self) + "'"
    }
  }

  func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  /// What may stand after the space at the current place.
  private enum Expectation {
    case value
    case valueOrClose
    case keyOrClose
    case key
    case commaOrClose
  }

  mutating func scanText() throws(Violation) {
    var expectation = Expectation.value
    while true {
      skipSpace()
      switch (expectation, current) {
      case (.valueOrClose, UInt8(ascii: "]")), (.keyOrClose, UInt8(ascii: "}")):
        offset += 1
        containers.removeLast()
        expectation = .commaOrClose
      case (.value, _), (.valueOrClose, _):
        expectation = try scanValue()
      case (.key, UInt8(ascii: "\"")), (.keyOrClose, UInt8(ascii: "\"")):
        try scanString()
        skipSpace()
        guard current == UInt8(ascii: ":") else { throw violation("':' after a name") }
        offset += 1
        expectation = .value
      case (.key, _): throw violation("a name in double quotes")
      case (.keyOrClose, _): throw violation("a name in double quotes or '}'")
      case (.commaOrClose, let byte):
        guard let isObject = containers.last else {
          guard byte == nil else { throw violation("the end of the text after the value") }
          return
        }
        if byte == UInt8(ascii: ",") {
          expectation = isObject ? .key : .value
        } else if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          containers.removeLast()
        } else {
          throw violation(isObject ? "',' or '}'" : "',' or ']'")
        }
        offset += 1
      }
    }
  }

  private mutating func scanValue() throws(Violation) -> Expectation {
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let isObject = current == UInt8(ascii: "{")
      guard containers.count < JSONValidator.depthLimit else {
        throw violation("at most \(JSONValidator.depthLimit) levels of nesting")
      }
      containers.append(isObject)
      offset += 1
      return isObject ? .keyOrClose : .valueOrClose
    case UInt8(ascii: "\""): try scanString()
    case .some(let byte) where byte == UInt8(ascii: "-") || isDigit(byte): try scanNumber()
    case UInt8(ascii: "t"): try scanWord("true")
    case UInt8(ascii: "f"): try scanWord("false")
    case UInt8(ascii: "n"): try scanWord("null")
    default: throw violation("a value")
    }
    return .commaOrClose
  }

  mutating func scanWord(_ word: StaticString) throws(Violation) {
    let start = offset
    for index in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[index] else { throw violation("a value", at: start) }
      offset += 1
    }
  }

  mutating func scanDigits(_ expected: String) throws(Violation) {
    guard let byte = current, isDigit(byte) else { throw violation(expected) }
    while let byte = current, isDigit(byte) { offset += 1 }
  }

  func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  mutating func scanNumber() throws(Violation) {
    if current == UInt8(ascii: "-") { offset += 1 }
    if current == UInt8(ascii: "0") {
      offset += 1
      if let byte = current, isDigit(byte) { throw violation("no digit after a leading zero") }
    } else {
      try scanDigits("a digit")
    }
    if current == UInt8(ascii: ".") {
      offset += 1
      try scanDigits("a digit after the decimal point")
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      offset += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
      try scanDigits("a digit in the exponent")
    }
  }

  mutating func scanString() throws(Violation) {
    offset += 1
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return
      case UInt8(ascii: "\\"):
        try scanEscape()
      case 0..<0x20:
        throw violation("an escape instead of a control character in a string")
      case 0..<0x80:
        offset += 1
      default:
        let length = utf8Length(at: offset)
        guard length > 0 else { throw violation("UTF-8") }
        offset += length
      }
    }
    throw violation("'\"' at the end of a string")
  }

  mutating func scanEscape() throws(Violation) {
    switch at(offset + 1) {
    case UInt8(ascii: "u"):
      for index in offset + 2..<offset + 6 {
        guard let digit = at(index), isDigit(digit) || (digit | 0x20 >= 0x61 && digit | 0x20 <= 0x66) else {
          throw violation("four hexadecimal digits after '\\u'", at: index)
        }
      }
      offset += 6
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
    default: throw violation("one of \" \\ / b f n r t u after '\\'", at: offset + 1)
    }
  }

  /// The length of the UTF-8 sequence of a scalar beyond ASCII, by the table of well-formed sequences in the Unicode
  /// standard (table 3-7); 0 if it is ill-formed.
  func utf8Length(at start: Int) -> Int {
    guard let lead = at(start) else { return 0 }
    let (length, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    for index in 1..<length {
      guard let byte = at(start + index), (index == 1 ? second : 0x80...0xBF).contains(byte) else { return 0 }
    }
    return length
  }
}
