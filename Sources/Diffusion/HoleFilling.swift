import Recognition
import Vocabulary

/// The state of one hole while it is filled.
struct HoleFilling {
  var cells: [Cell]
  /// The tokens left and right of the hole that the model sees.
  let left: [TokenID]
  let right: [TokenID]
  let passLimit: Int
  let hole: Int
  /// Where the hole starts, to go back to.
  let start: HoleRecogniser.Checkpoint
  /// Cells before this are committed for good.
  var frontier = 0
  /// The committed tokens that have bytes.
  var written: [TokenID] = []
  /// How often each cell was masked again.
  var remasks: [Int: Int] = [:]
  /// Blank tokens at the end of `written`.
  var blanks = 0
  /// Tokens of the text on both sides that the last pass saw, and where its cells ended.
  private var context: (left: Int, right: Int, end: Int)?
  var isStuck = false
  var isClosed = false
  /// Whether white space alone does not fill the hole, and whether there is more by now.
  let needsText: Bool
  var hasText = false

  init(
    cells: [Cell], left: [TokenID], right: [TokenID], passLimit: Int, hole: Int,
    start: HoleRecogniser.Checkpoint, needsText: Bool
  ) {
    self.start = start
    self.needsText = needsText
    self.cells = cells
    self.left = left
    self.right = right
    self.passLimit = passLimit
    self.hole = hole
  }

  var mayEnd: Bool { hasText || !needsText }

  var maskedCount: Int { cells[frontier...].reduce(0) { $0 + ($1 == .mask ? 1 : 0) } }

  /// Whether `token` would make the last few tokens stand there more than `limit` times in a row.
  func repeats(_ token: TokenID, limit: Int) -> Bool {
    let end = written.count
    period: for period in 1...Self.longestPeriod {
      let span = period * limit
      if span > end { return false }
      // Token i, counted from the new one, is the same as the one a period before.
      if written[end - period] != token { continue }
      for index in 1..<span - period + 1 where written[end - index] != written[end - index - period] {
        continue period
      }
      return true
    }
    return false
  }
  private static let longestPeriod = 8

  /// What one pass sees of a hole: tokens, and the cells with their positions in them.
  struct Input {
    var tokens: [TokenID]
    var cells: [Int]
    var positions: [Int]
  }

  /// The cells from the frontier on, half of the canvas at the most, with the text behind if they reach it, and as much
  /// of the text before as there is room for, from the start of a line if one is near.
  ///
  /// - Parameter isSteady: keeps tokens at their places from pass to pass, as long as there is room
  mutating func input(mask: TokenID, canvas: Int, isSteady: Bool, breaksLine: (TokenID) -> Bool) -> Input {
    let end = min(cells.count, frontier + canvas / 2)
    var before: ArraySlice<TokenID>
    let behind: ArraySlice<TokenID>
    if isSteady, let context, context.end == end,
      context.left + written.count + end - frontier + context.right <= canvas
    {
      before = (left.suffix(context.left) + written)[...]
      behind = right.prefix(context.right)
    } else {
      behind = end == cells.count ? right.prefix((canvas - (end - frontier)) / 3) : []
      let room = canvas - (end - frontier) - behind.count
      before = (left.suffix(room) + written).suffix(room)
      if before.count == room, let line = before.prefix(room / 2).firstIndex(where: breaksLine) {
        before = before[line...]
      }
      // Where the text before reaches into what was written here, there is nothing to keep.
      let fixed = before.count - written.count
      context = fixed >= 0 ? (left: fixed, right: behind.count, end: end) : nil
    }
    var input = Input(tokens: Array(before), cells: [], positions: [])
    append(frontier..<end, to: &input, mask)
    input.tokens += behind
    return input
  }

  /// The cells behind those of `input`, in parts of half a canvas with as many neighbours on both sides as there is room
  /// for.
  func further(_ count: Int, behind input: Input, mask: TokenID, canvas: Int) -> [Input] {
    var inputs: [Input] = []
    var start = input.cells.last.map { $0 + 1 } ?? frontier
    while inputs.count < count, start < cells.count {
      let end = min(cells.count, start + canvas / 2)
      let room = canvas - (end - start)
      var part = Input(tokens: tokens(max(frontier, start - room / 2)..<start, mask), cells: [], positions: [])
      append(start..<end, to: &part, mask)
      part.tokens += tokens(end..<min(cells.count, end + room / 4), mask)
      if end == cells.count { part.tokens += right.prefix(room / 2) }
      inputs.append(part)
      start = end
    }
    return inputs
  }

  private func append(_ range: Range<Int>, to input: inout Input, _ mask: TokenID) {
    // Placed tokens are asked for too: they may not fit when the frontier reaches them.
    input.cells += range
    input.positions += input.tokens.count..<input.tokens.count + range.count
    input.tokens += tokens(range, mask)
  }

  private func tokens(_ range: Range<Int>, _ mask: TokenID) -> [TokenID] {
    cells[range].map { if case .token(let token, _) = $0 { token } else { mask } }
  }
}
