import Testing

@testable import Grammar

@Suite struct CellTableTests {
  private let random = Random(state: 7)

  @Test(arguments: [1, 15, 16, 17, 64, 101]) func `cells come back`(columns: Int) {
    var random = random
    let cells = (0..<columns * 40).map { _ in Bool.random(using: &random) ? 0 : UInt16.random(in: 0..<5, using: &random)
    }
    let table = CellTable(cells, columnCount: columns)
    #expect(table.expanded() == cells)
    #expect(table.rowCount == 40)
    for index in cells.indices { #expect(table[index / columns, index % columns] == cells[index]) }
    // Rows of the same cells cost nothing but where they are.
    let twice = CellTable(cells + cells, columnCount: columns)
    #expect(twice.blocks == table.blocks && twice.offsets.count == 2 * table.offsets.count)
  }

  @Test func `limits of the columns`() {
    var cells = [UInt16](repeating: 3, count: 20) + [UInt16](repeating: 9, count: 30)
    cells += cells
    func isBelow(_ first: Int, _ second: Int) -> Bool {
      CellTable(cells, columnCount: 50).isBelow(first, before: 20, then: second)
    }
    #expect(isBelow(4, 10))
    #expect(!isBelow(3, 10))
    #expect(!isBelow(4, 9))
    cells[50 + 19] = 4
    #expect(!isBelow(4, 10))
    cells[50 + 19] = 3
    cells[99] = 10
    #expect(!isBelow(4, 10))
    #expect(isBelow(4, 11))
  }

  @Test func `parts that do not fit together`() {
    let table = CellTable([UInt16](1...60), columnCount: 20)
    #expect(Self.table(table.offsets, table.blocks) == table)
    #expect(Self.table(table.offsets.dropLast(), table.blocks) == nil)
    #expect(Self.table(table.offsets, table.blocks.dropLast()) == nil)
    #expect(Self.table(table.offsets.dropLast() + [UInt32.max], table.blocks) == nil)
    #expect(Self.table([], []) == nil)
  }

  private static func table(_ offsets: [UInt32], _ blocks: [UInt16]) -> CellTable? {
    CellTable(rowCount: 3, columnCount: 20, offsets: offsets, blocks: blocks)
  }
}
