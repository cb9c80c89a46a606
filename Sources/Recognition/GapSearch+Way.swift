import Grammar

/// What the ways of a search write.
extension GapSearch {
  /// The edges of the best stack at a node, from its top.
  func way(to node: Int32) -> [Int32] {
    var edges: [Int32] = []
    var node = node
    while node != graph.root {
      let edge = graph.nodes[node].bestEdge
      edges.append(edge)
      node = graph.edges[edge].below
    }
    return edges
  }

  /// The terminals of the first `reached` gaps that a way goes through.
  func terminals(_ way: [Int32], upTo reached: Int) -> [[PlannedTerminal]] {
    enum Part {
      case edge(Int32)
      case exit(node: Int32, Int32)
    }
    var gaps = [[PlannedTerminal]](repeating: [], count: reached)
    func write(_ node: Int32, _ terminals: [PlannedTerminal]) {
      let gap = Int(suffix.positions[graph.nodes[node].key.position].segment)
      if gap < reached { gaps[gap] += terminals }
    }
    func terminals(to move: Int32, _ column: Int32) -> [PlannedTerminal] {
      var terminals = closure.terminals(to: move)
      if column >= 0, let last = terminals.indices.last { terminals[last].columns = .equal(Int(column)) }
      return terminals
    }
    // What is nearest to the bottom is written first.
    var parts = way.map(Part.edge)
    while let part = parts.popLast() {
      switch part {
      case .exit(let node, let exit):
        write(node, exit >= 0 ? closure.terminals(of: exit) : terminals(to: -2 - exit, -1))
      case .edge(let index):
        let edge = graph.edges[index]
        if edge.cost == 0 { continue }
        if edge.move >= 0 { write(edge.below, terminals(to: edge.move, edge.column)) }
        if edge.wait < 0 { continue }
        let (first, edges) = graph.trace(edge.wait, edge.over)
        if first.exit != -1 { parts.append(.exit(node: first.node, first.exit)) }
        parts += edges.map(Part.edge)
      }
    }
    return gaps
  }
}
