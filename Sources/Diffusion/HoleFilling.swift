import Vocabulary

/// The state of one hole while it is filled.
struct HoleFilling {
  var cells: [Cell]
  /// The tokens left and right of the hole that the model sees.
  let left: [TokenID]
  let right: [TokenID]
  let passLimit: Int
  let hole: Int
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

  init(cells: [Cell], left: [TokenID], right: [TokenID], passLimit: Int, hole: Int) {
    self.cells = cells
    self.left = left
    self.right = right
    self.passLimit = passLimit
    self.hole = hole
  }

  var maskedCount: Int { cells[frontier...].reduce(0) { $0 + ($1 == .mask ? 1 : 0) } }

  /// What one pass sees: tokens, and the masked cells with their positions in them.
  struct Input {
    var tokens: [TokenID]
    var cells: [Int]
    var positions: [Int]
  }

  /// Context, the cells from the frontier on, and the text behind if the window reaches it.
  func input(mask: TokenID, window: Int, context: Int) -> Input {
    var input = Input(tokens: Array((left + written).suffix(context)), cells: [], positions: [])
    let end = min(cells.count, frontier + window)
    for cell in frontier..<end {
      switch cells[cell] {
      case .mask:
        input.cells.append(cell)
        input.positions.append(input.tokens.count)
        input.tokens.append(mask)
      case .token(let token, _): input.tokens.append(token)
      }
    }
    if end == cells.count { input.tokens += right }
    return input
  }
}
