/// A state on the stack of a run over fixed text.
struct Running: BitwiseCopyable {
  var state: UInt16
  /// Where the text behind the terminal begins that led to it; -1 if none did.
  var position: Int32
}

/// Nodes that runs over fixed text have gone through: where each began, what it is and where it ends.
///
/// How a parser goes on from a state over a text, until it pops that state, does not depend on what is below. So one that
/// comes to the same state at the same place can go to the node's end in one step.
struct RunNodes {
  struct Node: BitwiseCopyable {
    /// Behind its first terminal.
    var start: Running
    var symbol: UInt16
    var end: Int32
    /// The next one that starts in the same place, -1 for none.
    var next: Int32
  }

  private var nodes = Pool<Node>()
  /// Shape (positions, as far as they are known): the last node that starts there, -1 for none.
  private var last = Pool<Int32>()
  /// Shorter ones are as quickly run through as looked up.
  private static let shortest: Int32 = 16

  func deallocate() {
    nodes.deallocate()
    last.deallocate()
  }

  /// Notes that the node which begins with `start` is complete at position `end`. O(1).
  @inline(__always)
  mutating func note(_ start: Running, _ symbol: UInt16, _ end: Int32) {
    // Positions are numbered as they are met, so that their distance tells how much lies between.
    guard start.position >= 0, end - start.position >= Self.shortest else { return }
    while last.count <= start.position { _ = last.append(-1) }
    _ = nodes.append(Node(start: start, symbol: symbol, end: end, next: last[start.position]))
    last[start.position] = Int32(nodes.count - 1)
  }

  /// The node that begins with `start`. O(states that were there).
  @inline(__always)
  func node(_ start: Running) -> Node? {
    guard start.position < last.count else { return nil }
    var index = last[start.position]
    while index >= 0 {
      if nodes[index].start.state == start.state { return nodes[index] }
      index = nodes[index].next
    }
    return nil
  }
}
