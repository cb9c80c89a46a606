import Grammar
import Vocabulary

/// Computes masks over a vocabulary at the frontier of a text with holes.
///
/// From the lexical point at the frontier, each group of tokens that end in one condition is decided once, and each
/// terminal in which tokens end is shifted once; what they go on with is a point of its own. Masks of points are
/// remembered with all that they depend on (`MaskMemory`).
final class MaskEvaluator {
  unowned let session: HoleRecogniser
  let paths: TokenPaths
  let language: Language
  let arena: StackArena
  let completion: Completion
  let scanner: ScannerSession?
  /// What the verdicts of a mask depend on.
  let observed = Completion.Observations()
  /// With the session's numbers of the scanner's states.
  let lexer: TokenLexer
  /// Numbers of the scanner's states, from the session's to those of `paths`, and back.
  var shared: [Int32: Int32] = [:]
  var own: [Int32: Int32] = [:]
  /// Tokens that have to be checked one by one.
  var others: [TokenID] = []
  /// By depth, and by terminal for the point that is computed there.
  var verdicts: [UnsafeMutablePointer<Verdict>] = []
  var depth = 0
  /// A token ends more terminals than this only where terminals have no bytes.
  private static let maximalDepth = 160
  /// Points computed so far.
  var work = 0
  /// The number of the text behind the frontier.
  lazy var textNumber = paths.number(of: session.segments)
  /// Kept for the next use.
  var chain = StackChain()

  /// Whether a terminal can be shifted, with what the verdict was read from.
  struct Verdict: BitwiseCopyable {
    var isViable = false
    var reads = Reads()
    /// Among those of `Completion`; empty and from -1 on where nothing is known.
    var firstQuery: Int32 = -1
    var endOfQueries: Int32 = 0
  }

  /// What was looked at, but for the queries.
  struct Reads: BitwiseCopyable {
    /// The deepest node.
    var lowest = Int32.max
    /// The columns of all open blocks, and that of a node that was looked at.
    var columns = false
    var column = false
    /// The scanner's state as far as it is about layout.
    var layout = false
    /// How the text behind the hole is reached.
    var text = false
    var proofs = NeededProofs()

    mutating func merge(_ other: Reads) {
      proofs.merge(other.proofs)
      lowest = min(lowest, other.lowest)
      columns = columns || other.columns
      column = column || other.column
      layout = layout || other.layout
      text = text || other.text
    }
  }

  /// What was looked at since this was set.
  var reads: Reads {
    get {
      Reads(
        lowest: arena.lowestRead, columns: arena.hasReadColumns, column: arena.hasReadColumn,
        layout: scanner?.hasPassedLine ?? false, text: observed.dependsOnText, proofs: observed.proofs)
    }
    set {
      arena.lowestRead = newValue.lowest
      (arena.hasReadColumns, arena.hasReadColumn) = (newValue.columns, newValue.column)
      scanner?.hasPassedLine = newValue.layout
      observed.dependsOnText = newValue.text
      observed.proofs = newValue.proofs
    }
  }

  /// A parser somewhere in the tokens.
  struct Standing {
    var head: Head
    /// For a terminal that began before the tokens: whether it fits the layout, and whether an extra does, as bits.
    var place: UInt8 = 0
    /// The column of the head's position, where a line starts with it.
    var column: Int32 = 0
  }

  init(_ session: HoleRecogniser, _ paths: TokenPaths) {
    self.session = session
    self.paths = paths
    language = session.language
    arena = session.recogniser.arena
    completion = session.completion
    scanner = session.recogniser.lexer.scanner
    lexer = TokenLexer(language, scanner)
  }

  deinit {
    for row in verdicts { row.deallocate() }
  }

  /// All tokens that may come next.
  func mask() -> TokenMask {
    others.removeAll(keepingCapacity: true)
    observed.queries.removeAll(keepingCapacity: true)
    observed.dependsOnText = false
    observed.proofs = NeededProofs()
    completion.observations = observed
    var parts: [TokenSet] = []
    for head in session.frontier.heads {
      addTokens(behind: head, &parts)
    }
    completion.observations = nil
    var mask = union(of: parts)
    for token in others where !mask.contains(token) {
      if session.canAppend(paths.vocabulary.bytes(of: token)) { mask.insert(token) }
    }
    return mask
  }

  /// The tokens of all `sets`. O(vocabulary / 32 + tokens).
  func union(of sets: [TokenSet]) -> TokenMask {
    var mask = TokenMask(capacity: paths.vocabulary.count)
    mask.withMutableWords { words in
      for set in sets { set.insert(into: words) }
    }
    return mask
  }

  func start(_ state: UInt16, _ head: Head) -> LexicalStart {
    var start = LexicalStart(
      lexState: language.lexStates[Int(state)],
      row: language.scanner == nil ? 0 : language.externalLexStates[Int(state)],
      isTight: language.isTight[Int(state)], startsLine: language.strictLayout && head.startsLine)
    if start.row != 0 {
      let context = shared(head.context)
      start.scanner = ScannerStates(actual: context, context: context)
    }
    return start
  }

  /// The same with the blocks that are open at `head`.
  func bound(_ start: LexicalStart, _ head: Head) -> LexicalStart {
    var start = start
    start.scanner.actual = shared(head.scanner)
    start.isBound = true
    return start
  }

  /// What tokens do of which `rests` are left; where a line ends first, with the blocks that are open at `head`.
  func point(_ start: LexicalStart, _ rests: TokenRests, _ head: Head) -> LexicalPoint {
    let isBound = language.layout != nil && start.row != 0 && rests.startsWithLines
    return paths.point(isBound ? bound(start, head) : start, rests)
  }

  func shared(_ number: Int32) -> Int32 {
    if let known = shared[number] { return known }
    guard let scanner else { return 0 }
    let result = paths.number(ofScannerState: scanner.serialisedState(number))
    shared[number] = result
    return result
  }

  func own(_ number: Int32) -> Int32 {
    if let known = own[number] { return known }
    guard let scanner else { return 0 }
    let result = scanner.intern(paths.scannerState(number))
    own[number] = result
    return result
  }

  /// The tokens that may stand at `point`, remembered or computed.
  func tokens(_ point: LexicalPoint, _ standing: Standing) -> TokenSet {
    if depth > Self.maximalDepth {
      others += paths.tokens(of: point)
      return .empty
    }
    let ground = completion.ground
    completion.ground = Completion.Ground(
      count: Int32(arena.nodeCount), node: standing.head.node, proofs: completion.proofs(of: standing.head.node))
    defer { completion.ground = ground }
    let before = work
    defer { point.note(work: work - before) }
    return isRemembered(point) ? rememberedTokens(point, standing) : compute(point, standing)
  }

  func compute(_ point: LexicalPoint, _ standing: Standing) -> TokenSet {
    work += 1
    begin()
    others += point.others
    var parts: [TokenSet] = []
    for index in 0..<point.partCount { compute(part: index, of: point, standing, &parts) }
    return TokenSet(parts, wordCount: paths.wordCount)
  }

  /// Makes room for the verdicts of a point.
  func begin() {
    if depth == verdicts.count { verdicts.append(.allocate(capacity: language.terminalCount)) }
    verdicts[depth].initialize(repeating: Verdict(), count: language.terminalCount)
  }
}
