/// The shortest edit between two lists of lines.
///
/// Myers, "An O(ND) difference algorithm and its variations" (1986), the greedy forward variant, after common lines at
/// both ends are set aside. O(d (n + m)) time and O(d²) memory for d differing lines.
struct LineDiff {
  /// A run of lines that differ: `old` is replaced by `new`. One of the two may be empty.
  struct Change: Equatable {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// Beyond so many differing lines the middle counts as one change: still right, no longer shortest.
  static let editLimit = 2_000

  /// The changes in order; between them the lines are equal.
  static func changes<Line: Hashable>(from old: [Line], to new: [Line]) -> [Change] {
    let common = min(old.count, new.count)
    var head = 0
    while head < common, old[head] == new[head] { head += 1 }
    var tail = 0
    while tail < common - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
    // Numbers compare faster than lines.
    var numbers: [Line: Int] = [:]
    func number(_ line: Line) -> Int {
      if let known = numbers[line] { return known }
      numbers[line] = numbers.count
      return numbers.count - 1
    }
    let a = old[head..<old.count - tail].map(number)
    let b = new[head..<new.count - tail].map(number)
    if a.isEmpty, b.isEmpty { return [] }
    let matches = matches(a, b)
    var changes: [Change] = []
    var (i, j) = (0, 0)
    for (x, y) in matches + [(a.count, b.count)] {
      if i < x || j < y { changes.append(Change(old: head + i..<head + x, new: head + j..<head + y)) }
      (i, j) = (x + 1, y + 1)
    }
    return changes
  }

  /// The pairs of equal elements on a shortest path, in order.
  private static func matches(_ a: [Int], _ b: [Int]) -> [(Int, Int)] {
    let limit = min(a.count + b.count, editLimit)
    let middle = limit + 1
    // furthest[middle + k] is the furthest x on diagonal k = x - y.
    var furthest = [Int32](repeating: 0, count: 2 * limit + 3)
    var history: [[Int32]] = []
    for d in 0...limit {
      // Only diagonals -d...d are ever looked at again.
      history.append(Array(furthest[middle - d...middle + d]))
      for k in stride(from: -d, through: d, by: 2) {
        let down = k == -d || (k != d && furthest[middle + k - 1] < furthest[middle + k + 1])
        var x = down ? Int(furthest[middle + k + 1]) : Int(furthest[middle + k - 1]) + 1
        var y = x - k
        while x < a.count, y < b.count, a[x] == b[y] { (x, y) = (x + 1, y + 1) }
        furthest[middle + k] = Int32(x)
        if x == a.count, y == b.count { return path(back: history, from: (a.count, b.count)) }
      }
    }
    return []
  }

  private static func path(back history: [[Int32]], from end: (Int, Int)) -> [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    var (x, y) = end
    for d in stride(from: history.count - 1, through: 1, by: -1) {
      let row = history[d]
      let k = x - y
      func at(_ diagonal: Int) -> Int32 { row[diagonal + d] }
      let down = k == -d || (k != d && at(k - 1) < at(k + 1))
      let previousX = down ? Int(at(k + 1)) : Int(at(k - 1))
      let previousY = previousX - (down ? k + 1 : k - 1)
      while x > previousX, y > previousY {
        (x, y) = (x - 1, y - 1)
        pairs.append((x, y))
      }
      (x, y) = (previousX, previousY)
    }
    while x > 0, y > 0 {
      (x, y) = (x - 1, y - 1)
      pairs.append((x, y))
    }
    return pairs.reversed()
  }
}
