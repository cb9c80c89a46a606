/// A set of kinds of bytes, of which there are 64: a letter in both cases, all digits, each other ASCII character, and all
/// that is left. Coarser than a set of bytes, and so small that each node of a trie has one.
public struct ByteKinds: Sendable, Equatable {
  private var bits: UInt64 = 0

  public init() {}

  /// The kinds all bytes of which satisfy a predicate. O(256).
  public init(allOf isMember: (UInt8) -> Bool) {
    var others = ByteKinds()
    for byte in UInt8.min...UInt8.max {
      if isMember(byte) { insert(byte) } else { others.insert(byte) }
    }
    bits &= ~others.bits
  }

  public mutating func insert(_ byte: UInt8) { bits |= 1 << Self.kinds[Int(byte)] }
  public mutating func formUnion(_ other: ByteKinds) { bits |= other.bits }
  @inline(__always) public func isSubset(of other: ByteKinds) -> Bool { bits & ~other.bits == 0 }

  private static let kinds: [UInt64] = {
    var next: UInt64 = 2
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x30...0x39: return 0
      case 0x41...0x5A: return 38 + UInt64(byte - 0x41)
      case 0x61...0x7A: return 38 + UInt64(byte - 0x61)
      case 0x09, 0x0A, 0x0D, 0x20...0x7E:
        defer { next += 1 }
        return next
      default: return 1
      }
    }
  }()
}
