public import Grammar

/// What a search over changes of a text asks of a recogniser.
extension Recogniser {
  /// Runs `body` and drops the stacks that it made; frontiers from inside must not leave it.
  public func speculate<Result>(_ body: () -> Result) -> Result {
    let mark = arena.mark
    defer { arena.release(mark) }
    return body()
  }

  /// The terminals that the parser has some action for at `heads`, by symbol. O(heads × terminals).
  ///
  /// Necessary for a shift, not sufficient: a reduction may lead nowhere.
  public func expectedTerminals(at heads: [Head]) -> [SymbolID] {
    (1..<language.terminalCount).map { SymbolID($0) }.filter { terminal in
      heads.contains { language.hasActions(arena.nodes[Int($0.node)].state, terminal) }
    }
  }

  /// The columns of the blocks that are open at `heads`, the innermost first; empty without a layout rule. O(depth).
  public func openColumns(at heads: [Head]) -> [Int] {
    guard language.layout != nil else { return [] }
    return Set(heads.flatMap { arena.openColumns(of: $0.node) }).sorted(by: >)
  }

  /// What the text behind `head` is read in.
  public func context(of head: Head) -> TextContext {
    let node = arena.nodes[Int(head.node)]
    return TextContext(
      scanner: head.context, depth: node.open.contexts, isEnclosed: language.isEnclosed[Int(node.state)])
  }

  /// The frontier that these heads make.
  public func frontier(_ heads: [Head]) -> Frontier { Frontier(heads: heads) }
}

/// What a text is read in: strings that are open, and extras of several terminals.
public struct TextContext: Hashable, Sendable {
  /// The external scanner's state but for layout, by number.
  var scanner: Int32
  var depth: Int8
  var isEnclosed: Bool
}

extension Language {
  /// Text for a terminal, empty where none is known.
  public func sample(_ terminal: SymbolID) -> [UInt8] { samples.texts[terminal.index] }

  /// Whether lines and their columns have a meaning.
  public var hasLayout: Bool { layout != nil }
}
