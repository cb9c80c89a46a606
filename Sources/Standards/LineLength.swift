/// Finds lines that are too long.
enum LineLength {
  struct Excess: Equatable {
    /// From 0.
    var row: Int
    /// Where the part beyond the limit starts, in Unicode scalars from 0.
    var column: Int
    /// The line's width in columns.
    var width: Int
  }

  /// The lines of `source` that are wider than `limit` columns. Line ends do not count, CRLF included. Linear.
  static func excesses(in source: [UInt8], limit: Int, tabWidth: Int) -> [Excess] {
    var found: [Excess] = []
    var row = 0
    var start = 0
    while start < source.count {
      let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
      // A line of few bytes is narrow unless it has tabs.
      if end - start > limit || source[start..<end].contains(UInt8(ascii: "\t")) {
        if let excess = excess(of: source[start..<end], row: row, limit: limit, tabWidth: tabWidth) {
          found.append(excess)
        }
      }
      row += 1
      start = end + 1
    }
    return found
  }

  private static func excess(of line: ArraySlice<UInt8>, row: Int, limit: Int, tabWidth: Int) -> Excess? {
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    var width = 0
    var scalars = 0
    var beyond: Int?
    for byte in line where byte & 0xC0 != 0x80 {
      width += byte == UInt8(ascii: "\t") ? tabWidth - width % tabWidth : 1
      if width > limit, beyond == nil { beyond = scalars }
      scalars += 1
    }
    return beyond.map { Excess(row: row, column: $0, width: width) }
  }
}
