/// A state of the LR automaton, the row of a parse table.
public struct StateID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable public init(_ value: Int) { rawValue = UInt16(truncatingIfNeeded: value) }
  @inlinable public var index: Int { Int(rawValue) }

  /// The state in which tree-sitter starts to parse a file.
  public static let start = StateID(rawValue: 1)
}

/// A symbol of the grammar: a terminal below `ParseTables.terminalCount`, a nonterminal from there on.
public struct SymbolID: RawRepresentable, Hashable, Sendable, Comparable, BitwiseCopyable {
  public var rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable public init(_ value: Int) { rawValue = UInt16(truncatingIfNeeded: value) }
  @inlinable public var index: Int { Int(rawValue) }
  @inlinable public static func < (a: SymbolID, b: SymbolID) -> Bool { a.rawValue < b.rawValue }

  /// The end of input.
  public static let end = SymbolID(rawValue: 0)
}
