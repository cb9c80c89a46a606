import Grammar
import Vocabulary

/// Groups the tokens below nodes of the trie by what they do from one start on.
///
/// A walk down the trie. Within terminals and padding the lexical automaton alone decides (`glide`); all else, scanners,
/// patterns, the ends of terminals that are not the longest match, is asked of `TokenLexer` for all bytes anew.
struct PointBuilder {
  /// The terminals that tokens end, each with what is left of them.
  private(set) var cuts: [(terminal: LexicalCut.Terminal, items: [TokenRests.Item], example: [UInt8])] = []
  /// What depends on the blocks that are open.
  private(set) var bound: [TokenRests.Item] = []
  /// Where the external scanner declines.
  private(set) var declined: [TokenRests.Item] = []
  /// The bytes from the start to the node that is visited.
  private var bytes: [UInt8] = []
  /// What the lexer makes of the last backlog: that of one item is mostly that of the next.
  private var last: (backlog: [UInt8], outcome: TokenLexer.Outcome)?
  private let lexer: TokenLexer
  private let language: Language
  private let start: LexicalStart
  private let trie: TokenTrie.Handle
  private let point = LexicalPoint()
  /// The scanner is run as if no block were open: what it makes of text in which no line ends is the same in all.
  private let leavesLayout: Bool
  private var undecided: [(pending: Pending, tokens: [TokenID], count: Int32)] = []
  private var undecidedIndices: [Pending: Int] = [:]
  private var groups: [Group: Int] = [:]
  private var keys: [Group] = []
  private var tokens: [[TokenID]] = []
  private var cutIndices: [LexicalCut.Terminal: Int] = [:]
  private var simpleCuts: [SimpleCut: Int] = [:]
  private var places: [StartPlace: Int32] = [:]
  private var placeList: [StartPlace] = []
  private var lastBacklog: [UInt8] = []

  /// What the scanner asks for more than.
  private enum Pending: Hashable {
    case text([UInt8])
    /// A line's end and blanks up to a column.
    case line(column: Int32)
  }
  /// A condition by numbers, since it is looked up for every node.
  private struct Group: Hashable {
    enum Kind: UInt8 { case complete, padding, open }
    var kind: Kind
    var state: UInt16 = 0
    var word: UInt16 = 0
    /// An index of `placeList`, -1 for none.
    var place: Int32 = -1
    var mayHaveEnded = false
  }
  private struct SimpleCut: Hashable {
    var symbol: UInt16
    var word: UInt16
    var place: Int32
  }

  /// A way through the automaton: what `ByteAutomaton.match` knows at some byte.
  private struct Run {
    var state: UInt16
    var word: UInt16
    var isPadding: Bool
    /// Where the terminal starts.
    var start: Int
    var accepted: UInt16
    var end: Int
    var place: Int32
  }

  init(_ lexer: TokenLexer, _ start: LexicalStart, _ trie: TokenTrie.Handle) {
    self.lexer = lexer
    language = lexer.language
    self.start = start
    self.trie = trie
    leavesLayout = language.layout != nil && start.row != 0 && !start.isBound
  }

  /// Takes the tokens of `item`.
  mutating func visit(_ item: TokenRests.Item) {
    bytes = item.backlog
    // Where a terminal has ended with the token, whatever comes next starts anew.
    guard !bytes.isEmpty else { return visit(Int(item.node), nil, isSubtree: item.isSubtree) }
    if last?.backlog != bytes { last = (bytes, outcome()) }
    visit(Int(item.node), last?.outcome, isSubtree: item.isSubtree)
  }

  private func outcome() -> TokenLexer.Outcome { bytes.withUnsafeBufferPointer { lexer.outcome($0, start) } }

  /// Takes the tokens at `node`, and those below it.
  private mutating func visit(_ node: Int, isSubtree: Bool) { visit(node, outcome(), isSubtree: isSubtree) }

  private mutating func visit(_ node: Int, _ outcome: TokenLexer.Outcome?, isSubtree: Bool) {
    if leavesLayout, let outcome, dependsOnLayout(outcome) {
      // Within a character, nothing is decided for those below.
      let isCutOff = if case .undecided = outcome { true } else { false }
      bound.append(TokenRests.Item(backlog: bytes, node: Int32(node), isSubtree: isSubtree && !isCutOff))
      if isCutOff, isSubtree { visitChildren(of: node) }
      return
    }
    switch outcome {
    case .refused: return
    case .terminal(let terminal, let end):
      cut(terminal, TokenRests.Item(backlog: backlog(from: end), node: Int32(node), isSubtree: isSubtree))
      return
    case .unknown:
      point.others += isSubtree ? trie.tokens(below: node) : trie.tokens(at: node)
      return
    case .endedBefore:
      point.endedBefore += isSubtree ? trie.tokens(below: node) : trie.tokens(at: node)
      return
    case .undecided(let alike?):
      if let word = alike.word { return goOn(node, word, isSubtree: isSubtree) }
      guard let ordinary = alike.ordinary else {
        addUndecided(alike.bytes, node)
        break
      }
      goOn(node, alike.bytes, ordinary, isSubtree: isSubtree)
      return
    case .undecided(nil):
      if !addCutOff(node) { addUndecided(bytes, node) }
    case .declined:
      declined.append(TokenRests.Item(backlog: bytes, node: Int32(node), isSubtree: isSubtree))
      return
    case nil: add(Group(kind: .complete), node)
    case .unfinished(let unfinished):
      add(unfinished, node)
      if isSubtree, !language.hasPattern[Int(unfinished.state)] {
        glide(below: node, run(unfinished))
        return
      }
    }
    if isSubtree { visitChildren(of: node) }
  }

  private mutating func visitChildren(of node: Int) {
    var child = node + 1
    let end = Int(trie[node].end)
    while child < end {
      bytes.append(trie[child].byte)
      visit(child, isSubtree: true)
      bytes.removeLast()
      child = Int(trie[child].end)
    }
  }

  /// Whether the scanner may answer otherwise where other blocks are open: it decides on text in which a line ends, or
  /// finds layout.
  private func dependsOnLayout(_ outcome: TokenLexer.Outcome) -> Bool {
    if case .terminal(let terminal, _) = outcome, language.layout?.isLayout(terminal.symbol) ?? false { return true }
    guard bytes.contains(where: \.isLineBreak) else { return false }
    if case .undecided = outcome { return bytes.withUnsafeBufferPointer(\.endsInsideCharacter) }
    return true
  }

  /// Takes tokens within text all of which is alike, for which `text` stands, as far as they consist of `ordinary` bytes.
  private mutating func goOn(_ node: Int, _ text: [UInt8], _ ordinary: ByteSet, isSubtree: Bool) {
    goOn(node, undecided(text, node), ordinary, lexer.kinds(in: ordinary), isSubtree: isSubtree)
  }

  private mutating func goOn(
    _ node: Int, _ group: Int, _ ordinary: ByteSet, _ kinds: ByteKinds, isSubtree: Bool
  ) {
    add(trie.tokens(at: node), toUndecided: group)
    guard isSubtree else { return }
    var child = node + 1
    let end = Int(trie[node].end)
    while child < end {
      let byte = trie[child].byte
      bytes.append(byte)
      // The first token is the example, of which it matters how long it is.
      if trie.kinds(below: child).isSubset(of: kinds), !undecided[group].tokens.isEmpty {
        add(trie.tokens(below: child), toUndecided: group)
      } else if ordinary.contains(byte) {
        goOn(child, group, ordinary, kinds, isSubtree: true)
      } else {
        visit(child, isSubtree: true)
      }
      bytes.removeLast()
      child = Int(trie[child].end)
    }
  }

  /// Takes tokens within a word that the scanner passes.
  private mutating func goOn(_ node: Int, _ word: TokenLexer.Word, isSubtree: Bool) {
    if !trie.tokens(at: node).isEmpty { addUndecided(lexer.text(of: word) ?? bytes, node) }
    guard isSubtree else { return }
    var child = node + 1
    let end = Int(trie[node].end)
    while child < end {
      bytes.append(trie[child].byte)
      if let next = bytes.withUnsafeBufferPointer({ lexer.word(word, behind: $0) }) {
        goOn(child, next, isSubtree: true)
      } else {
        visit(child, isSubtree: true)
      }
      bytes.removeLast()
      child = Int(trie[child].end)
    }
  }

  /// Takes tokens that end within a character on which the scanner decides in one way, whatever the character is.
  private mutating func addCutOff(_ node: Int) -> Bool {
    if trie.tokens(at: node).isEmpty { return true }
    var outcomes: [TokenLexer.Outcome] = []
    for end in bytes.withUnsafeBufferPointer(\.endsOfCharacter) {
      let outcome = (bytes + end).withUnsafeBufferPointer { lexer.outcome($0, start) }
      switch outcome {
      case .declined, .refused: break
      case .terminal(_, let end) where end <= bytes.count: break
      default: return false
      }
      outcomes.append(outcome)
    }
    if outcomes.isEmpty { return false }
    var isDeclined = false
    // Where the character does not matter, the ends of it are one.
    var ended: [(terminal: LexicalCut.Terminal, end: Int)] = []
    for outcome in outcomes {
      if case .terminal(let terminal, let end) = outcome {
        if ended.contains(where: { $0 == (terminal, end) }) { continue }
        ended.append((terminal, end))
        add(terminal, backlog(from: end), node)
      } else if case .declined = outcome, !isDeclined {
        isDeclined = true
        declined.append(TokenRests.Item(backlog: bytes, node: Int32(node), isSubtree: false))
      }
    }
    return true
  }

  private mutating func addUndecided(_ pending: [UInt8], _ node: Int) {
    if trie.tokens(at: node).isEmpty { return }
    add(trie.tokens(at: node), toUndecided: undecided(pending, node))
  }

  /// The index of the group of tokens on which the scanner is as undecided as on `pending`.
  private mutating func undecided(_ pending: [UInt8], _ node: Int) -> Int {
    let pending = line(pending) ?? .text(pending)
    if let known = undecidedIndices[pending] { return known }
    undecidedIndices[pending] = undecided.count
    undecided.append((pending, [], 0))
    return undecided.count - 1
  }

  private mutating func add(_ tokens: UnsafeBufferPointer<TokenID>, toUndecided group: Int) {
    if tokens.isEmpty { return }
    if undecided[group].tokens.isEmpty { undecided[group].count = Int32(bytes.count) }
    undecided[group].tokens += tokens
  }

  /// Lines that start at one column are alike, however many blank ones there are before.
  private func line(_ bytes: [UInt8]) -> Pending? {
    guard language.strictLayout, let layout = language.layout,
      bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }), bytes.contains(0x0A)
    else { return nil }
    return .line(column: Int32(bytes.withUnsafeBufferPointer { layout.padding($0, 0).column }))
  }

  // MARK: Within terminals

  private mutating func run(_ unfinished: TokenLexer.Unfinished) -> Run {
    let match = unfinished.match
    return Run(
      state: match.openState, word: unfinished.word, isPadding: unfinished.isPadding, start: match.openStart,
      accepted: match.terminal, end: match.end, place: unfinished.isPadding ? -1 : index(of: unfinished.place))
  }

  /// Takes the tokens below `node`, where `run` has got to.
  private mutating func glide(below node: Int, _ run: Run) {
    var child = node + 1
    let end = Int(trie[node].end)
    let loops = loops(run)
    while child < end {
      if let loops, trie.kinds(below: child).isSubset(of: loops.kinds) {
        add(loops.group, trie.tokens(below: child))
        child = Int(trie[child].end)
        continue
      }
      let byte = trie[child].byte
      let next = language.lexer.table[Int(run.state) &* 256 &+ Int(byte)]
      bytes.append(byte)
      if next == LexicalAutomaton.dead {
        stop(run, child)
      } else {
        glide(to: child, run, next, byte)
      }
      bytes.removeLast()
      child = Int(trie[child].end)
    }
  }

  /// The kinds of bytes that leave a run where it is, and the group of tokens that end there; nil if there are none.
  private func loops(_ run: Run) -> (kinds: ByteKinds, group: Group)? {
    let accepted = language.lexer.accepts[Int(run.state)]
    guard !run.isPadding, language.keywords == nil || run.word == LexicalAutomaton.dead,
      !language.lexer.isFinal[Int(run.state)], !language.hasPattern[Int(run.state)],
      accepted != LexicalAutomaton.noTerminal || run.accepted == LexicalAutomaton.noTerminal
    else { return nil }
    let group = Group(
      kind: .open, state: run.state, word: run.word, place: run.place, mayHaveEnded: mayHaveEnded(accepted))
    return (lexer.loops(run.state), group)
  }

  private mutating func glide(to node: Int, _ run: Run, _ next: UInt16, _ byte: UInt8) {
    let state = next & LexicalAutomaton.stateMask
    let isSkipped = next & LexicalAutomaton.skipBit != 0
    if language.lexer.isFinal[Int(state)] || language.hasPattern[Int(state)]
      || isSkipped && (start.isTight || !run.isPadding)
    {
      visit(node, isSubtree: true)
      return
    }
    var run = run
    run.state = state
    if isSkipped {
      run.start = bytes.count
    } else {
      if run.isPadding {
        run.isPadding = false
        run.place = index(of: bytes.withUnsafeBufferPointer { lexer.place($0, run.start, start) })
        run.word = language.wordTerminal == .end || language.keywords == nil ? LexicalAutomaton.dead : 0
        if start.isTight, run.start > 0 || start.unfinished != nil { return }
      }
      if let keywords = language.keywords { run.word = keywords.next(run.word, byte) }
    }
    let accepted = language.lexer.accepts[Int(state)]
    if accepted != LexicalAutomaton.noTerminal {
      run.accepted = accepted
      run.end = bytes.count
    }
    let own = trie.tokens(at: node)
    if !own.isEmpty {
      let endedBefore = run.accepted != LexicalAutomaton.noTerminal && run.end < bytes.count
      if endedBefore {
        visit(node, isSubtree: false)
      } else if run.isPadding {
        add(padding: bytes.withUnsafeBufferPointer { lexer.place($0, $0.count, start) }, node)
      } else {
        add(
          Group(
            kind: .open, state: state, word: run.word, place: run.place, mayHaveEnded: mayHaveEnded(run.accepted)),
          node)
      }
    }
    glide(below: node, run)
  }

  /// The last byte ends the terminal.
  private mutating func stop(_ run: Run, _ node: Int) {
    guard run.accepted != LexicalAutomaton.noTerminal else {
      if start.unfinished?.hasAccepted ?? false { point.endedBefore += trie.tokens(below: node) }
      return
    }
    let symbol = SymbolID(rawValue: run.accepted)
    guard run.end == bytes.count - 1, language.patterns[symbol.index] == nil,
      symbol != language.wordTerminal || language.reservedWords.isEmpty, language.layout == nil, !start.isTight
    else {
      visit(node, isSubtree: true)
      return
    }
    let item = TokenRests.Item(backlog: backlog(from: bytes.count - 1), node: Int32(node), isSubtree: true)
    let key = SimpleCut(
      symbol: run.accepted, word: symbol == language.wordTerminal ? run.word : LexicalAutomaton.dead, place: run.place)
    if let known = simpleCuts[key] {
      cuts[known].items.append(item)
      return
    }
    var terminal = LexicalCut.Terminal(symbol: symbol)
    terminal.place = run.place < 0 ? nil : placeList[Int(run.place)]
    if key.word != LexicalAutomaton.dead, let keyword = language.keywords?.accepts[Int(key.word)],
      keyword != LexicalAutomaton.noTerminal
    {
      terminal.keyword = SymbolID(rawValue: keyword)
    }
    cut(terminal, item)
    simpleCuts[key] = cutIndices[terminal]
  }

  private mutating func index(of place: StartPlace?) -> Int32 {
    guard let place else { return -1 }
    if let known = places[place] { return known }
    placeList.append(place)
    places[place] = Int32(placeList.count - 1)
    return Int32(placeList.count - 1)
  }

  // MARK: Groups

  private mutating func add(_ unfinished: TokenLexer.Unfinished, _ node: Int) {
    let own = trie.tokens(at: node)
    if own.isEmpty { return }
    if unfinished.isPadding {
      add(padding: unfinished.place, node)
    } else if unfinished.refused.isEmpty {
      add(
        Group(
          kind: .open, state: unfinished.state, word: unfinished.word, place: index(of: unfinished.place),
          mayHaveEnded: mayHaveEnded(unfinished.match.terminal)), node)
    } else {
      let condition = open(
        unfinished.state, unfinished.word, refused: unfinished.refused, unfinished.place,
        mayHaveEnded(unfinished.match.terminal))
      point.ends.append(LexicalEnd(condition: condition, tokens: .list(Array(own)), example: own[0]))
    }
    if let (terminal, end) = unfinished.earlier { add(terminal, backlog(from: end), node) }
  }

  /// Whether the terminal's last end, if the automaton has `accepted` none in the bytes, is in the text before them.
  private func mayHaveEnded(_ accepted: UInt16) -> Bool {
    accepted == LexicalAutomaton.noTerminal && start.unfinished?.hasAccepted ?? false
  }

  private mutating func add(padding place: StartPlace?, _ node: Int) {
    add(Group(kind: .padding, place: index(of: place ?? StartPlace())), node)
  }

  private mutating func add(_ group: Group, _ node: Int) { add(group, trie.tokens(at: node)) }

  private mutating func add(_ group: Group, _ own: UnsafeBufferPointer<TokenID>) {
    if own.isEmpty { return }
    if let index = groups[group] {
      tokens[index] += own
      return
    }
    groups[group] = keys.count
    keys.append(group)
    tokens.append(Array(own))
  }

  private mutating func add(_ terminal: LexicalCut.Terminal, _ backlog: [UInt8], _ node: Int) {
    cut(terminal, TokenRests.Item(backlog: backlog, node: Int32(node), isSubtree: false))
  }

  /// The bytes from `start` on. Many tokens leave the same: they share an array.
  private mutating func backlog(from start: Int) -> [UInt8] {
    if start == bytes.count - 1 { return Self.singleBytes[Int(bytes[start])] }
    if !lastBacklog.elementsEqual(bytes[start...]) { lastBacklog = Array(bytes[start...]) }
    return lastBacklog
  }
  private static let singleBytes = (UInt8.min...UInt8.max).map { [$0] }

  private mutating func cut(_ terminal: LexicalCut.Terminal, _ item: TokenRests.Item) {
    let node = Int(item.node)
    if item.isSubtree ? trie.tokens(below: node).isEmpty : trie.tokens(at: node).isEmpty { return }
    if let known = cutIndices[terminal] {
      cuts[known].items.append(item)
      return
    }
    cutIndices[terminal] = cuts.count
    cuts.append((terminal, [item], leavesLayout && terminal.scanner != nil ? bytes : []))
  }

  /// States of the automata from which the same can be reached are alike to the parser.
  mutating func finish(wordCount: Int) -> LexicalPoint {
    var merged: [LexicalEnd.Condition: [TokenID]] = [:]
    var conditions: [LexicalEnd.Condition] = []
    func add(_ condition: LexicalEnd.Condition, _ tokens: [TokenID]) {
      if merged[condition] == nil { conditions.append(condition) }
      merged[condition, default: []] += tokens
    }
    for end in point.ends {
      if case .list(let tokens) = end.tokens { add(end.condition, tokens) }
    }
    for (key, tokens) in zip(keys, tokens) {
      let place = key.place < 0 ? nil : placeList[Int(key.place)]
      switch key.kind {
      case .complete: add(.complete, tokens)
      case .padding: add(.padding(place ?? StartPlace()), tokens)
      case .open: add(open(key.state, key.word, refused: [], place, key.mayHaveEnded), tokens)
      }
    }
    point.ends = []
    // There may be thousands: no room is left behind them.
    point.ends.reserveCapacity(conditions.count + undecided.count)
    for condition in conditions {
      let tokens = merged[condition] ?? []
      point.ends.append(
        LexicalEnd(condition: condition, tokens: TokenSet(tokens, wordCount: wordCount), example: tokens[0]))
    }
    var lines: [(column: Int32, end: LexicalEnd)] = []
    for (pending, tokens, count) in undecided where !tokens.isEmpty {
      var end = LexicalEnd(
        condition: .undecided, tokens: TokenSet(tokens, wordCount: wordCount), example: tokens[0], pending: count)
      if case .line(let column) = pending {
        end.condition = .line
        lines.append((column, end))
      } else {
        point.ends.append(end)
      }
    }
    point.lines = lines.sorted { $0.column < $1.column }.map(\.end)
    return point
  }

  private func open(
    _ state: UInt16, _ word: UInt16, refused: [SymbolID], _ place: StartPlace?, _ mayHaveEnded: Bool
  ) -> LexicalEnd.Condition {
    let reachable = Array(language.lexer.reachable[Int(state)])
    var keywords: [SymbolID] = []
    if word != LexicalAutomaton.dead, language.wordTerminal != .end, reachable.contains(language.wordTerminal) {
      keywords = language.keywords.map { Array($0.reachable[Int(word)]) } ?? []
    }
    return .open(
      terminals: refused.isEmpty ? reachable : reachable.filter { !refused.contains($0) }, keywords: keywords,
      place: place,
      mayHaveEnded: mayHaveEnded)
  }
}
