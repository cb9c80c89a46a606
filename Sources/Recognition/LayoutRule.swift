import Grammar

/// The off-side rule of a language: which terminals it stands for and how columns are counted.
///
/// Left of the frontier the grammar's own scanner decides. Right of a hole the indentation that is open there is
/// unknown, and the line's column decides between the layout terminals instead.
public struct LayoutRule: Sendable {
  let newline: SymbolID
  let indent: SymbolID
  let dedent: SymbolID
  let tabWidth: Int
  let lineComment: [UInt8]

  init?(_ grammar: Grammar) throws(RecognitionError) {
    guard let layout = grammar.description.layout else { return nil }
    let symbols = grammar.tables.symbols
    func find(_ name: String) throws(RecognitionError) -> SymbolID {
      guard let index = symbols.prefix(grammar.tables.terminalCount).firstIndex(where: { $0.name == name }) else {
        throw .unknownSymbol(grammar: grammar.name, name: name)
      }
      return SymbolID(index)
    }
    newline = try find(layout.newline)
    indent = try find(layout.indent)
    dedent = try find(layout.dedent)
    tabWidth = layout.tabWidth
    lineComment = Array((grammar.description.lineComment ?? "").utf8)
  }

  @inline(__always)
  func isLayout(_ terminal: SymbolID) -> Bool { terminal == newline || terminal == indent || terminal == dedent }

  /// What lies between a position and the next character that is neither blank, comment nor line break.
  struct Padding {
    /// A line break was crossed.
    var crossesLine: Bool
    /// The column of the next character, if a line break was crossed.
    var column: Int
    var end: Int
    /// No character follows: the padding reaches the end of the text.
    var reachesEnd: Bool
  }

  /// Skips padding from `position`. O(bytes skipped).
  func padding(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Padding {
    var result = Padding(crossesLine: false, column: 0, end: position, reachesEnd: false)
    var index = position
    while index < text.count {
      switch text[index] {
      case 0x0A:
        result.crossesLine = true
        result.column = 0
      case 0x20: result.column += 1
      case 0x09: result.column += tabWidth
      case 0x0D, 0x0C: result.column = 0
      case 0x5C:
        var next = index + 1
        if next < text.count, text[next] == 0x0D { next += 1 }
        guard next < text.count, text[next] == 0x0A else {
          result.end = index
          return result
        }
        index = next
      default:
        if result.crossesLine, startsComment(text, index) {
          while index < text.count, text[index] != 0x0A { index += 1 }
          continue
        }
        result.end = index
        return result
      }
      index += 1
    }
    result.end = index
    result.reachesEnd = true
    return result
  }

  private func startsComment(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    guard !lineComment.isEmpty, index + lineComment.count <= text.count else { return false }
    for offset in lineComment.indices where text[index + offset] != lineComment[offset] { return false }
    return true
  }

  /// Whether a line ends in `range` without being continued. O(range).
  func breaksLine(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where text[index] == 0x0A {
      let before = index > range.lowerBound && text[index - 1] == 0x0D ? index - 2 : index - 1
      if before < range.lowerBound || text[before] != 0x5C { return true }
    }
    return false
  }

  /// The column of `position` on its line; line continuations are not followed. O(length of the line).
  func column(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
    var start = position
    while start > 0, text[start - 1] != 0x0A { start -= 1 }
    var column = 0
    for index in start..<position {
      switch text[index] {
      case 0x09: column += tabWidth
      case 0x0D, 0x0C: column = 0
      default: column += 1
      }
    }
    return column
  }

  /// The columns at which lines of a text start, blank ones left out. O(text).
  func lineColumns(_ text: [UInt8]) -> [Int32] {
    var result: [Int32] = []
    var index = 0
    while let end = text[index...].firstIndex(of: 0x0A) {
      index = end + 1
      var column: Int32 = 0
      var start = index
      while start < text.count, text[start] == 0x20 || text[start] == 0x09 {
        column += text[start] == 0x09 ? Int32(tabWidth) : 1
        start += 1
      }
      if start < text.count, text[start] > 0x20 { result.append(column) }
    }
    return result
  }
}

/// A condition on the innermost open block's column, or on a number of brackets, as an inclusive range.
struct ColumnCondition: Hashable, BitwiseCopyable {
  var low: Int16 = 0
  var high: Int16 = .max

  static let any = ColumnCondition()
  static let impossible = ColumnCondition(low: 1, high: 0)
  static func equal(_ column: Int) -> ColumnCondition { .init(low: clamp(column), high: clamp(column)) }
  static func above(_ column: Int) -> ColumnCondition { .init(low: clamp(column + 1), high: .max) }
  static func below(_ column: Int) -> ColumnCondition { .init(low: 0, high: clamp(column - 1)) }

  var hashKey: UInt64 { UInt64(UInt16(bitPattern: low)) << 16 | UInt64(UInt16(bitPattern: high)) }
  var isEmpty: Bool { low > high }
  func contains(_ column: Int32) -> Bool { Int32(low) <= column && column <= Int32(high) }
  func includes(_ other: ColumnCondition) -> Bool { low <= other.low && other.high <= high }
  func intersection(_ other: ColumnCondition) -> ColumnCondition {
    ColumnCondition(low: max(low, other.low), high: min(high, other.high))
  }
  /// The condition on a number that is `difference` less where this one is asked.
  func moved(by difference: Int16) -> ColumnCondition {
    ColumnCondition(
      low: low == 0 ? 0 : max(low + difference, 0), high: high == .max ? high : high + difference)
  }
  private static func clamp(_ value: Int) -> Int16 { Int16(clamping: value) }
}
