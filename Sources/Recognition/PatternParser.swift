/// The syntax tree of a `TerminalPattern`.
indirect enum PatternTree {
  case empty
  case bytes(ByteSet)
  case sequence([PatternTree])
  case choice([PatternTree])
  case repeated(PatternTree, Int, Int?)
}

/// Parses the expression of a `TerminalPattern` by recursive descent.
struct PatternParser {
  private let expression: String
  private let bytes: [UInt8]
  private var index = 0

  init(_ expression: String) {
    self.expression = expression
    bytes = Array(expression.utf8)
  }

  /// The alternatives of the expression, each with what must follow it.
  mutating func parse() throws(RecognitionError) -> [(body: PatternTree, following: PatternTree?)] {
    var alternatives: [(body: PatternTree, following: PatternTree?)] = []
    repeat {
      if !alternatives.isEmpty { index += 1 }
      let body = try sequence()
      var following: PatternTree?
      if atLookahead {
        index += 3
        following = try choice()
        try expect(0x29, "')'")
      }
      alternatives.append((body, following))
    } while index < bytes.count && bytes[index] == UInt8(ascii: "|")
    if index < bytes.count { throw fail("the end") }
    return alternatives
  }

  private var atLookahead: Bool { bytes[index...].starts(with: Array("(?=".utf8)) }

  private func fail(_ expected: String) -> RecognitionError {
    .badPattern(expression: expression, offset: index, expected: expected)
  }

  private mutating func expect(_ byte: UInt8, _ name: String) throws(RecognitionError) {
    guard index < bytes.count, bytes[index] == byte else { throw fail(name) }
    index += 1
  }

  private mutating func choice() throws(RecognitionError) -> PatternTree {
    var options = [try sequence()]
    while index < bytes.count, bytes[index] == UInt8(ascii: "|") {
      index += 1
      options.append(try sequence())
    }
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence() throws(RecognitionError) -> PatternTree {
    var parts: [PatternTree] = []
    while index < bytes.count, bytes[index] != UInt8(ascii: "|"), bytes[index] != UInt8(ascii: ")"), !atLookahead {
      parts.append(try quantified())
    }
    return parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func quantified() throws(RecognitionError) -> PatternTree {
    var tree = try atom()
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "*"): tree = .repeated(tree, 0, nil)
      case UInt8(ascii: "+"): tree = .repeated(tree, 1, nil)
      case UInt8(ascii: "?"): tree = .repeated(tree, 0, 1)
      case UInt8(ascii: "{"):
        index += 1
        let low = try number()
        var high: Int? = low
        if index < bytes.count, bytes[index] == UInt8(ascii: ",") {
          index += 1
          high = index < bytes.count && bytes[index] == UInt8(ascii: "}") ? nil : try number()
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "}"), (high ?? low) >= low else { throw fail("'}'") }
        tree = .repeated(tree, low, high)
      default: return tree
      }
      index += 1
    }
    return tree
  }

  private mutating func number() throws(RecognitionError) -> Int {
    var value = 0
    let start = index
    while index < bytes.count, (0x30...0x39).contains(bytes[index]), value < 100 {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    if index == start || value >= 100 { throw fail("a number below 100") }
    return value
  }

  private mutating func atom() throws(RecognitionError) -> PatternTree {
    let byte = bytes[index]
    switch byte {
    case UInt8(ascii: "("):
      index += 1
      if bytes[index...].starts(with: Array("?:".utf8)) { index += 2 }
      let inner = try choice()
      try expect(UInt8(ascii: ")"), "')'")
      return inner
    case UInt8(ascii: "["): return .bytes(try characterClass())
    case UInt8(ascii: "."):
      index += 1
      var set = ByteSet()
      set.insert(0x0A)
      set.invert()
      return .bytes(set)
    case UInt8(ascii: "\\"): return .bytes(try escape())
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"): throw fail("something to repeat")
    default:
      index += 1
      var set = ByteSet()
      set.insert(byte)
      return .bytes(set)
    }
  }

  private mutating func escape() throws(RecognitionError) -> ByteSet {
    index += 1
    guard index < bytes.count else { throw fail("a character after '\\'") }
    let byte = bytes[index]
    index += 1
    var set = ByteSet()
    switch byte {
    case UInt8(ascii: "n"): set.insert(0x0A)
    case UInt8(ascii: "r"): set.insert(0x0D)
    case UInt8(ascii: "t"): set.insert(0x09)
    case UInt8(ascii: "d"): for digit in UInt8(0x30)...0x39 { set.insert(digit) }
    case UInt8(ascii: "s"): for blank in [UInt8(0x20), 0x09, 0x0A, 0x0D, 0x0B, 0x0C] { set.insert(blank) }
    case UInt8(ascii: "w"):
      for word in UInt8.min...UInt8(0x7F) where TerminalSamples.isWordByte(word) { set.insert(word) }
    case UInt8(ascii: "x"):
      guard index + 2 <= bytes.count,
        let value = UInt8(String(decoding: bytes[index..<index + 2], as: UTF8.self), radix: 16)
      else { throw fail("two hexadecimal digits") }
      index += 2
      set.insert(value)
    case _ where TerminalSamples.isWordByte(byte): throw fail("a known escape")
    default: set.insert(byte)
    }
    return set
  }

  private mutating func characterClass() throws(RecognitionError) -> ByteSet {
    index += 1
    var set = ByteSet()
    var inverted = false
    if index < bytes.count, bytes[index] == UInt8(ascii: "^") {
      inverted = true
      index += 1
    }
    while true {
      guard index < bytes.count else { throw fail("']'") }
      if bytes[index] == UInt8(ascii: "]") { break }
      if bytes[index] == UInt8(ascii: "\\"), !(index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "x")) {
        set.formUnion(try escape())
        continue
      }
      let low = try classByte()
      if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] != UInt8(ascii: "]") {
        index += 1
        let high = try classByte()
        guard low <= high else { throw fail("an ascending range") }
        for byte in low...high { set.insert(byte) }
      } else {
        set.insert(low)
      }
    }
    index += 1
    if inverted { set.invert() }
    return set
  }

  private mutating func classByte() throws(RecognitionError) -> UInt8 {
    if index + 3 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "x") {
      guard let value = UInt8(String(decoding: bytes[index + 2..<index + 4], as: UTF8.self), radix: 16) else {
        throw fail("two hexadecimal digits")
      }
      index += 4
      return value
    }
    defer { index += 1 }
    return bytes[index]
  }
}
