/// The states of a stack from its top on, as far as one node has one parent; read as far as they are asked for.
///
/// A state stands for itself and what is open there, but for columns in a partial mask.
struct StackChain {
  private(set) var nodes: [Int32] = []
  private(set) var states: [UInt64] = []
  /// Of the first states up to each.
  private var hashes: [UInt64] = []
  private var isPartial = false
  /// The node behind the last one; negative if there is none.
  private var next: Int32 = -1

  /// A node's state and what is open there, in one word. Of many brackets it only matters that there are others when one
  /// is closed: those that are open behind a closed one are those of the node below.
  static func word(_ node: StackArena.Node, isPartial: Bool) -> UInt64 {
    let column = isPartial ? 0 : UInt64(UInt32(bitPattern: node.open.column))
    return UInt64(node.state) << 48 | UInt64(min(node.open.brackets, 2)) << 40
      | UInt64(UInt8(bitPattern: node.open.contexts)) << 32 | column
  }

  /// Starts anew at the top of a stack. Keeps its room.
  mutating func begin(_ top: Int32, isPartial: Bool) {
    nodes.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    self.isPartial = isPartial
    next = top
  }

  /// The hash of the first `count` states; nil if there are fewer. O(1), amortised.
  mutating func hash(_ count: Int, _ arena: StackArena) -> UInt64? {
    while hashes.count < count {
      if next < 0 { return nil }
      let node = arena.nodes[Int(next)]
      let word = Self.word(node, isPartial: isPartial)
      nodes.append(next)
      states.append(word)
      let mixed = ((hashes.last ?? 0x51_7C_C1_B7_27_22_0A_95) ^ word) &* 0x9E37_79B9_7F4A_7C15
      hashes.append(mixed ^ mixed >> 29)
      next = node.more >= 0 ? -1 : node.parent
    }
    return hashes[count - 1]
  }

  /// Whether these are the first states. O(states).
  mutating func starts(with states: [UInt64], _ arena: StackArena) -> Bool {
    hash(states.count, arena) != nil && self.states[..<states.count].elementsEqual(states)
  }

  /// How many states there are down to `lowest`; nil if the stack does not have it as a node.
  mutating func count(downTo lowest: Int32, _ arena: StackArena) -> Int? {
    var count = 1
    while hash(count, arena) != nil {
      if nodes[count - 1] == lowest { return count }
      if nodes[count - 1] < lowest { return nil }
      count += 1
    }
    return nil
  }
}
