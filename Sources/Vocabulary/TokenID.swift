/// An entry of a vocabulary, the unit a language model reads and writes.
public struct TokenID: RawRepresentable, Hashable, Sendable, Comparable {
  public var rawValue: Int32
  @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
  @inlinable public init(_ value: Int) { rawValue = Int32(truncatingIfNeeded: value) }
  @inlinable public var index: Int { Int(rawValue) }
  @inlinable public static func < (a: TokenID, b: TokenID) -> Bool { a.rawValue < b.rawValue }
}
