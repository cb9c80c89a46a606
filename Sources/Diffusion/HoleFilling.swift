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

  /// What one pass sees: tokens, and the cells with their positions in them.
  struct Input {
    var tokens: [TokenID]
    var cells: [Int]
    var positions: [Int]
  }

  /// The cells from the frontier on, half of the canvas at the most, with the text behind if they reach it, and as much
  /// of the text before as there is room for, from the start of a line if one is near.
  func input(mask: TokenID, canvas: Int, breaksLine: (TokenID) -> Bool) -> Input {
    let end = min(cells.count, frontier + canvas / 2)
    let behind = end == cells.count ? right.prefix((canvas - (end - frontier)) / 3) : []
    let room = canvas - (end - frontier) - behind.count
    var before = (left.suffix(room) + written).suffix(room)
    if before.count == room, let line = before.prefix(room / 2).firstIndex(where: breaksLine) {
      before = before[line...]
    }
    var input = Input(tokens: Array(before), cells: [], positions: [])
    for cell in frontier..<end {
      // Placed tokens are asked for too: they may not fit when the frontier reaches them.
      input.cells.append(cell)
      input.positions.append(input.tokens.count)
      switch cells[cell] {
      case .mask: input.tokens.append(mask)
      case .token(let token, _): input.tokens.append(token)
      }
    }
    input.tokens += behind
    return input
  }
}
