/// A place in a text as tree-sitter counts: rows from 0, columns from 0 in bytes.
public struct TextPosition: Hashable, Comparable, Sendable {
  public var row: Int
  public var column: Int

  public init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }

  /// The row as people count, from 1.
  public var line: Int { row + 1 }

  public static func < (a: TextPosition, b: TextPosition) -> Bool {
    (a.row, a.column) < (b.row, b.column)
  }

  /// The position of the byte at `offset`, clamped to the end of `bytes`. O(offset).
  public init(offset: Int, in bytes: [UInt8]) {
    var row = 0
    var lineStart = 0
    let end = min(max(offset, 0), bytes.count)
    for index in 0..<end where bytes[index] == UInt8(ascii: "\n") {
      row += 1
      lineStart = index + 1
    }
    self.init(row: row, column: end - lineStart)
  }
}
