import Grammar

/// Numbers that lie in a block of memory which somebody keeps.
typealias Column = UnsafeBufferPointer

/// A list for each row, of which equal ones are stored once; in memory that somebody keeps.
struct ListTable<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Shape (rows): the number of its list.
  private let lists: Column<UInt32>
  /// Shape (lists + 1): where each starts in `elements`.
  private let starts: Column<UInt32>
  private let elements: Column<Element>

  var count: Int { lists.count }

  /// O(1).
  @inline(__always)
  subscript(row: Int) -> Column<Element> {
    let list = Int(lists[row])
    let start = Int(starts[list])
    return Column(start: elements.baseAddress.unsafelyUnwrapped + start, count: Int(starts[list + 1]) - start)
  }

  /// Reads what `append` wrote for `rowCount` rows.
  init(_ reader: inout ArrayReader, rowCount: Int) throws(ArrayReader.Mismatch) {
    lists = try reader.elements(UInt32.self)
    starts = try reader.elements(UInt32.self)
    elements = try reader.elements(Element.self)
    if lists.count != rowCount || starts.last.map({ Int($0) }) != elements.count {
      throw ArrayReader.Mismatch(expected: "\(rowCount) lists", found: "\(lists.count)")
    }
  }
}

extension ListTable where Element: Hashable {
  /// O(elements).
  static func append(_ rows: [[Element]], to writer: inout ArrayWriter) {
    var known: [[Element]: UInt32] = [:]
    var lists: [UInt32] = []
    var starts: [UInt32] = [0]
    var elements: [Element] = []
    for row in rows {
      let number = known[row] ?? UInt32(starts.count - 1)
      if known.updateValue(number, forKey: row) == nil {
        elements += row
        starts.append(UInt32(elements.count))
      }
      lists.append(number)
    }
    writer.append(lists)
    writer.append(starts)
    writer.append(elements)
  }
}
