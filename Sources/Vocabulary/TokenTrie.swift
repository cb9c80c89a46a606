/// All tokens that have bytes, as a byte trie that a mask is computed on.
///
/// Nodes stand depth first in one array, and each one knows where its subtree ends:
///
///     index      0     1     2     3     4     5
///     node     root    a    ab   abc     b    ba       depth 0 1 2 3 1 2
///     end        6     4     4     4     6     6
///
/// A walk looks at node `i`, goes on at `i + 1` where the byte may stand, and at `end` of `i` where it may not, so that
/// no pointers are followed and a refused byte prunes all tokens below it in one step. Tokens stand in the order of
/// their nodes; so those of a subtree are one range too, and a subtree that is allowed as a whole is set as a whole.
/// Several tokens with equal bytes share a node.
public struct TokenTrie: Sendable {
  public struct Node: Sendable {
    /// Index of the first node after the subtree.
    public let end: Int32
    /// Index of the node's first token in `tokens`; its last one stands before the first token of the next node.
    public let firstToken: Int32
    /// Number of bytes from the root, 0 for the root itself.
    public let depth: UInt16
    /// The byte that leads here from the parent.
    public let byte: UInt8
  }

  /// Nodes in depth-first order and a last one that closes the ranges of the others.
  let nodes: [Node]
  /// Of each node, the kinds of its byte and of all in the subtree.
  private let kinds: [ByteKinds]
  /// Tokens in the order of their nodes.
  public let tokens: [TokenID]
  /// Number of bytes of the longest token, the greatest depth.
  public let depth: Int

  /// Number of nodes, the root included.
  public var count: Int { nodes.count - 1 }

  /// Builds the trie. O(bytes of the vocabulary · log tokens).
  public init(_ vocabulary: Vocabulary) {
    self.init(vocabulary, tokens: (0..<vocabulary.count).map { TokenID($0) })
  }

  /// Builds the trie of some tokens of a vocabulary only; special tokens are left out.
  public init(_ vocabulary: Vocabulary, tokens: some Sequence<TokenID>) {
    let longest = Int(UInt16.max)
    let sorted = tokens.filter { 1...longest ~= vocabulary.length(of: $0) }.map { ($0, vocabulary.bytes(of: $0)) }
      .sorted { $0.1.lexicographicallyPrecedes($1.1) || ($0.1.elementsEqual($1.1) && $0.0 < $1.0) }

    var bytes: [UInt8] = [0]
    var depths: [UInt16] = [0]
    var ends: [Int32] = [0]
    var firstTokens: [Int32] = [0]
    var path = [0]
    var previous: ArraySlice<UInt8> = []
    for (index, (_, token)) in sorted.enumerated() {
      let shared = zip(previous, token).prefix { $0 == $1 }.count
      while path.count > shared + 1 { ends[path.removeLast()] = Int32(bytes.count) }
      for byte in token.dropFirst(shared) {
        depths.append(UInt16(path.count))
        path.append(bytes.count)
        bytes.append(byte)
        ends.append(0)
        firstTokens.append(Int32(index))
      }
      previous = token
    }
    while let node = path.popLast() { ends[node] = Int32(bytes.count) }

    var kinds = [ByteKinds](repeating: ByteKinds(), count: bytes.count)
    path = []
    for node in bytes.indices.dropFirst().reversed() {
      kinds[node].insert(bytes[node])
      // What was visited last at a depth stands behind this node; it is below it if nothing lies between.
      while let child = path.last, child < Int(ends[node]) { kinds[node].formUnion(kinds[path.removeLast()]) }
      path.append(node)
    }
    var nodes = bytes.indices.map {
      Node(end: ends[$0], firstToken: firstTokens[$0], depth: depths[$0], byte: bytes[$0])
    }
    nodes.append(Node(end: Int32(bytes.count), firstToken: Int32(sorted.count), depth: 0, byte: 0))
    self.kinds = kinds
    self.nodes = nodes
    self.tokens = sorted.map(\.0)
    depth = Int(depths.max() ?? 0)
  }

  /// A view of the arrays without checks or reference counts, valid inside `withHandle` only.
  public struct Handle {
    let nodes: UnsafePointer<Node>
    let kinds: UnsafePointer<ByteKinds>
    let tokens: UnsafePointer<TokenID>
    /// Number of nodes, the root (node 0) included.
    public let count: Int

    @inline(__always) public subscript(node: Int) -> Node { nodes[node] }

    /// The kinds of the byte of a node and of all in its subtree.
    @inline(__always) public func kinds(below node: Int) -> ByteKinds { kinds[node] }

    /// The tokens whose bytes lead exactly to a node.
    @inline(__always) public func tokens(at node: Int) -> UnsafeBufferPointer<TokenID> {
      let first = Int(nodes[node].firstToken)
      return UnsafeBufferPointer(start: tokens + first, count: Int(nodes[node + 1].firstToken) - first)
    }

    /// The tokens whose bytes lead to a node or go through it.
    @inline(__always) public func tokens(below node: Int) -> UnsafeBufferPointer<TokenID> {
      let first = Int(nodes[node].firstToken)
      return UnsafeBufferPointer(start: tokens + first, count: Int(nodes[Int(nodes[node].end)].firstToken) - first)
    }
  }

  /// Calls `body` with a view for a walk over nodes `1..<count`.
  public func withHandle<Result, Failure: Error>(
    _ body: (Handle) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try nodes.withUnsafeBufferPointer { (nodes) throws(Failure) -> Result in
      try kinds.withUnsafeBufferPointer { (kinds) throws(Failure) -> Result in
        try tokens.withUnsafeBufferPointer { (tokens) throws(Failure) -> Result in
          // An empty array may have no address; then no node has a token and the pointer is never read.
          let start = tokens.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<TokenID>.alignment)
          guard let nodes = nodes.baseAddress, let kinds = kinds.baseAddress, let start else {
            preconditionFailure("a trie has a root")
          }
          return try body(Handle(nodes: nodes, kinds: kinds, tokens: start, count: count))
        }
      }
    }
  }

  /// The tokens with exactly these bytes. O(bytes · children).
  public func tokens(matching bytes: some Sequence<UInt8>) -> ArraySlice<TokenID> {
    var node = 0
    for byte in bytes {
      guard let child = child(of: node, byte: byte) else { return [] }
      node = child
    }
    return tokens[Int(nodes[node].firstToken)..<Int(nodes[node + 1].firstToken)]
  }

  /// The node that a byte leads to from another node, if any. O(children).
  public func child(of node: Int, byte: UInt8) -> Int? {
    var child = node + 1
    let end = Int(nodes[node].end)
    while child < end {
      if nodes[child].byte == byte { return child }
      child = Int(nodes[child].end)
    }
    return nil
  }
}
