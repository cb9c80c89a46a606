/// A table of 16-bit cells of which most are 0 or as in another row: rows in blocks of 16, each different one stored once.
///
/// A look-up is two loads. The largest grammars need one or two megabytes where all their cells would take ten.
public struct CellTable: Equatable, Sendable {
  @inlinable public static var blockSize: Int { 16 }

  public let rowCount: Int
  public let columnCount: Int
  /// Shape (rowCount, blocksPerRow), row-major: where in `blocks` a block of a row starts.
  public let offsets: [UInt32]
  /// The different blocks; cells behind the last column are 0.
  public let blocks: [UInt16]

  public var blocksPerRow: Int { Self.blocksPerRow(columnCount: columnCount) }

  public static func blocksPerRow(columnCount: Int) -> Int { (columnCount + blockSize - 1) / blockSize }

  /// - Parameter cells: shape (rows, columnCount), row-major. O(cells).
  public init(_ cells: [UInt16], columnCount: Int) {
    var known: [SIMD16<UInt16>: UInt32] = [:]
    var offsets: [UInt32] = []
    var blocks: [UInt16] = []
    rowCount = columnCount == 0 ? 0 : cells.count / columnCount
    self.columnCount = columnCount
    for row in 0..<rowCount {
      for first in stride(from: 0, to: columnCount, by: Self.blockSize) {
        var block = SIMD16<UInt16>()
        for column in first..<min(first + Self.blockSize, columnCount) {
          block[column - first] = cells[row * columnCount + column]
        }
        if let offset = known[block] {
          offsets.append(offset)
          continue
        }
        known[block] = UInt32(blocks.count)
        offsets.append(UInt32(blocks.count))
        for index in block.indices { blocks.append(block[index]) }
      }
    }
    (self.offsets, self.blocks) = (offsets, blocks)
  }

  /// A table of parts that were read from somewhere; nil if they do not fit together.
  init?(rowCount: Int, columnCount: Int, offsets: [UInt32], blocks: [UInt16]) {
    (self.rowCount, self.columnCount, self.offsets, self.blocks) = (rowCount, columnCount, offsets, blocks)
    let end = blocks.count - Self.blockSize
    guard offsets.count == rowCount * blocksPerRow, offsets.allSatisfy({ Int($0) <= end }) else { return nil }
  }

  /// O(1).
  public subscript(row: Int, column: Int) -> UInt16 {
    blocks[Int(offsets[row * blocksPerRow + column / Self.blockSize]) + column % Self.blockSize]
  }

  /// All cells; shape (rowCount, columnCount), row-major. O(cells).
  public func expanded() -> [UInt16] {
    var cells: [UInt16] = []
    cells.reserveCapacity(rowCount * columnCount + Self.blockSize)
    for row in 0..<rowCount {
      for block in 0..<blocksPerRow {
        let start = Int(offsets[row * blocksPerRow + block])
        cells += blocks[start..<start + min(Self.blockSize, columnCount - block * Self.blockSize)]
      }
    }
    return cells
  }

  /// Whether all cells are below a limit that differs for columns before and from `border`. O(blocks of all rows).
  func isBelow(_ first: Int, before border: Int, then second: Int) -> Bool {
    let largest = stride(from: 0, to: blocks.count, by: Self.blockSize).map { start in
      blocks[start..<start + Self.blockSize].reduce(0) { max($0, $1) }
    }
    return (0..<rowCount).allSatisfy { row in
      (0..<blocksPerRow).allSatisfy { block in
        let column = block * Self.blockSize
        let start = Int(offsets[row * blocksPerRow + block])
        if start % Self.blockSize == 0, column + Self.blockSize <= border || column >= border {
          return Int(largest[start / Self.blockSize]) < (column >= border ? second : first)
        }
        return (column..<min(column + Self.blockSize, columnCount)).allSatisfy {
          Int(blocks[start + $0 - column]) < ($0 < border ? first : second)
        }
      }
    }
  }
}
