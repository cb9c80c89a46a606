import Syntax

extension SyntaxTree {
  /// The ranges of all leaves that have text, in order.
  var terminals: [Range<Int>] {
    var leaves: [Range<Int>] = []
    var cursor = root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.childCount == 0, !node.byteRange.isEmpty { leaves.append(node.byteRange) }
      return true
    }
    return leaves
  }
}
