/// Lists of parse actions, one behind the other.
public struct ActionTable: Equatable, Sendable {
  /// Shape (count + 1): where each list starts in `packed`.
  let starts: [UInt32]
  /// Kind in the low byte, then child count, state or symbol, dynamic precedence, production.
  let packed: [UInt64]

  public var count: Int { starts.count - 1 }

  init(_ lists: [[ParseAction]]) {
    var starts: [UInt32] = [0]
    for list in lists { starts.append(starts[starts.count - 1] + UInt32(list.count)) }
    self.starts = starts
    packed = lists.flatMap { $0.map(Self.pack) }
  }

  /// Lists of numbers that were read from somewhere; nil if they do not fit together, or name states or symbols that there
  /// are not.
  init?(starts: [UInt32], packed: [UInt64], stateCount: Int, symbolCount: Int) {
    guard starts.first == 0, Int(starts[starts.count - 1]) == packed.count,
      zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }),
      packed.allSatisfy({ Self.isValid($0, stateCount: stateCount, symbolCount: symbolCount) })
    else { return nil }
    (self.starts, self.packed) = (starts, packed)
  }

  /// O(actions of the list).
  public subscript(list: Int) -> [ParseAction] {
    packed[Int(starts[list])..<Int(starts[list + 1])].map(Self.unpack)
  }

  private static func pack(_ action: ParseAction) -> UInt64 {
    switch action {
    case .accept: 0
    case .shiftExtra: 1
    case .shift(let state): 2 | UInt64(state.rawValue) << 16
    case .reduce(let symbol, let childCount, let precedence, let production):
      3 | UInt64(UInt8(truncatingIfNeeded: childCount)) << 8 | UInt64(symbol.rawValue) << 16
        | UInt64(UInt16(bitPattern: Int16(truncatingIfNeeded: precedence))) << 32
        | UInt64(UInt16(truncatingIfNeeded: production)) << 48
    }
  }

  private static func isValid(_ word: UInt64, stateCount: Int, symbolCount: Int) -> Bool {
    let target = Int(word >> 16 & 0xFFFF)
    return switch word & 0xFF {
    case 0, 1: true
    case 2: target < stateCount
    case 3: target < symbolCount
    default: false
    }
  }

  private static func unpack(_ word: UInt64) -> ParseAction {
    let target = UInt16(truncatingIfNeeded: word >> 16)
    switch word & 0xFF {
    case 0: return .accept
    case 1: return .shiftExtra
    case 2: return .shift(StateID(rawValue: target))
    default:
      return .reduce(
        symbol: SymbolID(rawValue: target), childCount: Int(word >> 8 & 0xFF),
        dynamicPrecedence: Int(Int16(bitPattern: UInt16(truncatingIfNeeded: word >> 32))),
        production: Int(UInt16(truncatingIfNeeded: word >> 48)))
    }
  }
}
