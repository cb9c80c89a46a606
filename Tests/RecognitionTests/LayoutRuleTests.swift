import Grammar
import Testing

@testable import Recognition

@Suite(.enabled(if: storeIsThere, storeHint)) struct LayoutRuleTests {
  private func withLayout(_ text: String, _ body: (LayoutRule, UnsafeBufferPointer<UInt8>) -> Void) throws {
    let layout = try #require(try LayoutRule(GrammarStore.default.open("python")))
    Array(text.utf8).withUnsafeBufferPointer { body(layout, $0) }
  }

  @Test func paddingSkipsBlankLinesAndComments() throws {
    try withLayout("x\n\n  # c\n    y") { layout, text in
      let padding = layout.padding(text, 1)
      #expect(padding.crossesLine)
      #expect(padding.column == 4)
      #expect(padding.end == 13)
      #expect(!padding.reachesEnd)
    }
  }

  @Test func joinedLinesAreOne() throws {
    try withLayout("x \\\n  + y") { layout, text in
      #expect(!layout.padding(text, 1).crossesLine)
      #expect(!layout.breaksLine(text, 1..<6))
    }
  }

  @Test func tabsCountAsTheDescriptionSays() throws {
    try withLayout("x\n\t y") { layout, text in
      #expect(layout.padding(text, 1).column == layout.tabWidth + 1)
      #expect(layout.column(text, 4) == layout.tabWidth + 1)
    }
  }

  @Test func theEndOfTheText() throws {
    try withLayout("x\n  ") { layout, text in
      #expect(layout.padding(text, 1).reachesEnd)
      #expect(layout.padding(text, 0).end == 0)
    }
  }

  @Test func conditionsOnColumns() {
    #expect(ColumnCondition.above(3).contains(4) && !ColumnCondition.above(3).contains(3))
    #expect(ColumnCondition.below(3).contains(2) && !ColumnCondition.below(3).contains(3))
    #expect(ColumnCondition.below(0).isEmpty)
    #expect(ColumnCondition.above(3).intersection(.below(4)).isEmpty)
    #expect(ColumnCondition.impossible.isEmpty && !ColumnCondition.any.isEmpty)
  }

  /// A way into a block and out of it asks nothing of the blocks around, but for what follows it.
  @Test func effectsOnBlocksCompose() {
    var inside = BlockEffect(inner: .equal(8))
    inside = inside.followed(by: .closes, BlockEffect(inner: .equal(4)))
    #expect(inside == BlockEffect(inner: .equal(8), outer: .equal(4), closed: 1))
    #expect(BlockEffect.none.followed(by: .opens(8), inside) == BlockEffect(inner: .equal(4)))
    #expect(BlockEffect.none.followed(by: .opensUnknown, inside) == BlockEffect(inner: .equal(4)))
    #expect(BlockEffect.none.followed(by: .opens(6), inside).isImpossible)
    #expect(BlockEffect(inner: .equal(2)).followed(by: .same, inside).isImpossible)
  }
}
