import Grammar
import Synchronization
import Vocabulary

/// The scanner's state, and that had it never seen layout; numbers of `TokenPaths`.
struct ScannerStates: Hashable {
  var actual: Int32
  var context: Int32
}

/// How the lexer starts: with a terminal of its own, or within one that the text before the tokens has begun.
struct LexicalStart: Hashable {
  /// The state of the lexical automaton.
  var lexState: UInt16
  /// The row of terminals that the external scanner is asked for first; 0 if it is not asked.
  var row: UInt16 = 0
  /// Whether nothing is padding here.
  var isTight = false
  /// Whether the next terminal starts a line, where a rule on lines and columns asks for it.
  var startsLine = false
  /// The scanner's states where it is asked; else 0, since they do not matter. Under a layout rule, both are the context
  /// unless it `isBound`.
  var scanner = ScannerStates(actual: 0, context: 0)
  /// What is open in layout matters: the text goes on where a line has ended.
  var isBound = false
  /// A line has ended in the padding that was read, under a rule on lines and columns.
  var isBehindLine = false
  var unfinished: Unfinished?

  /// The same where the scanner has declined.
  var withoutScanner: LexicalStart {
    var result = self
    result.row = 0
    result.scanner = ScannerStates(actual: 0, context: 0)
    result.isBound = false
    return result
  }

  /// What is known of a terminal, or of the padding before one, whose beginning is no part of the tokens.
  struct Unfinished: Hashable {
    /// Else there was only padding so far.
    var hasBegun: Bool
    /// The automaton has accepted before the tokens, and not at their beginning.
    var hasAccepted = false
    /// The state of the keyword automaton.
    var word: UInt16 = LexicalAutomaton.dead
    /// How far patterns have got, by terminal, where one that can be reached has any.
    var patterns: [UInt16] = []
    /// The text so far where it starts as a reserved word does that is no keyword, else empty.
    var text: [UInt8] = []
  }
}

/// What a rule on lines and columns asks about the beginning of a terminal. All the same where there is no such rule.
///
/// Of a terminal that starts a line it asks for the column, of another one whether it is on the line of that before it.
struct StartPlace: Hashable {
  /// There is padding between the parser's position and the terminal.
  var isPadded = false
  /// A line ends in that padding.
  var breaksLine = false
  /// The terminal's column; from the parser's position on if `isRelative`.
  var column: Int32 = 0
  var isRelative = true
  /// The terminal starts as a comment to the end of the line does.
  var isComment = false
}

/// Tokens that leave the lexer in the same condition.
struct LexicalEnd {
  enum Condition: Hashable {
    /// The token ends where a terminal ends.
    case complete
    /// The token ends in padding.
    case padding(StartPlace)
    /// The token ends within a terminal that may become one of a list, or a keyword of a second one.
    ///
    /// `place` is nil if the terminal began before the token. If it becomes none of them, the text before the token may
    /// also have been a terminal already, with the rest lexed anew, where `mayHaveEnded`.
    indirect case open(terminals: [SymbolID], keywords: [SymbolID], place: StartPlace?, mayHaveEnded: Bool)
    /// The scanner asks for more than the last bytes of the token, or as many that are alike.
    case undecided
    /// As before, where the bytes are a line's end and blanks up to a column.
    case line
  }
  var condition: Condition
  var tokens: TokenSet
  /// One of the tokens, and how many bytes of it and of the text before it the scanner asked for more than.
  var example: TokenID
  var pending: Int32 = 0
}

/// Tokens that end a terminal in the same way, and go on.
final class LexicalCut {
  struct Terminal: Hashable {
    var symbol: SymbolID
    /// What it is instead where the parser takes that; `.end` if its text is no keyword.
    var keyword = SymbolID.end
    /// The column of the block that it opens.
    var column: Int32 = 0
    /// The scanner's states behind it; nil if they are as before.
    var scanner: ScannerStates?
    var place: StartPlace?
    /// The column behind it, counted from the parser's position if `isRelative`.
    var endColumn: Int32 = 0
    var isRelative = true
    /// The automaton could have gone on; what follows is lexed without the scanner, as a hypothesis.
    var isHypothesis = false
  }

  let terminal: Terminal
  /// What is left of the tokens behind it.
  let rests: TokenRests
  /// The tokens, if all of them end with the terminal.
  let endedTokens: TokenSet?
  /// Text that shows what the scanner's state is behind it, where that is open in layout; else empty.
  let example: [UInt8]

  init(_ terminal: Terminal, _ rests: TokenRests, endedTokens: TokenSet?, example: [UInt8]) {
    self.terminal = terminal
    self.rests = rests
    self.endedTokens = endedTokens
    self.example = example
  }
}

/// What tokens do to the lexer from one start on: they end in some condition, or they end a terminal and go on.
///
/// It depends on nothing but the grammar and the vocabulary; the parser decides for each end whether it is viable, and
/// for each cut whether the terminal can be shifted. Nothing but its memory changes once `TokenPaths` hands it out.
final class LexicalPoint: @unchecked Sendable {
  var ends: [LexicalEnd] = []
  /// Ends in lines, by ascending column.
  var lines: [LexicalEnd] = []
  var cuts: [LexicalCut] = []
  /// What the tokens do on which the external scanner declines. It does not depend on the scanner's state.
  var rest: LexicalPoint?
  /// The column at which the tokens stand for `rest`, where that leaves out the padding which ends a line.
  var restColumn: Int32?
  /// What is left of tokens that end a line and go on: what they do depends on the blocks that are open.
  var bound: TokenRests?
  /// Tokens of which this cannot be told in advance: they are checked one by one.
  var others: [TokenID] = []
  /// Tokens that leave the terminal at its last end, which is in the text before them.
  var endedBefore: [TokenID] = []
  /// Ends and cuts, the lines together, what is bound, and the rest: what is decided one by one.
  var partCount: Int {
    ends.count + cuts.count + (lines.isEmpty ? 0 : 1) + (bound == nil ? 0 : 1) + (rest == nil ? 0 : 1)
  }
  /// What is left of tokens that are not decided here.
  var rests: [TokenRests] { cuts.map(\.rests) + (bound.map { [$0] } ?? []) }
  /// What masks from here were, and on which stacks.
  let memory = Mutex(MaskMemory())
  let use = LastUse()
  /// How many points its mask has taken at the most; races only make one forget.
  private let mostWork = Atomic(0)
  var work: Int { mostWork.load(ordering: .relaxed) }

  func note(work: Int) {
    if work > self.work { mostWork.store(work, ordering: .relaxed) }
  }

  /// Bytes of memory, about; without sets of tokens, which are shared.
  var byteCount: Int {
    600 + (ends.count + lines.count) * MemoryLayout<LexicalEnd>.stride
      + cuts.count * MemoryLayout<LexicalCut.Terminal>.stride + (others.count + endedBefore.count)
      * MemoryLayout<TokenID>.stride
  }

  /// Refers to sets that are kept once; the bytes of those that were not. O(tokens).
  func shareTokens(in sets: inout SharedTokenSets) -> Int {
    var bytes = 0
    func share(_ end: inout LexicalEnd) {
      let (tokens, newBytes) = sets.shared(end.tokens)
      end.tokens = tokens
      bytes += newBytes
    }
    for index in ends.indices { share(&ends[index]) }
    for index in lines.indices { share(&lines[index]) }
    return bytes
  }
}
