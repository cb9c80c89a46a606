import Grammar

/// Holds nodes to rules about their direct children, by telling states apart that the parse tables do not.
///
/// A state that a child of some kind leads to, and those behind it up to the end of a production, get a copy that knows
/// how far below the top of the stack the child lies. There, the reductions are left out that would take it in against a
/// rule. What a hidden symbol takes in counts as children of the node around it, so it goes on as a symbol of its own.
/// Nothing else of the engine knows of any of this: it sees tables with more states and symbols.
struct StateSplitter {
  typealias Action = Language.Action

  /// Children that some rules of a parent are about.
  struct Kind {
    var parents: Set<UInt16>
    var children: Set<UInt16>
    var isForbidden = false
    /// Symbols that hand them on as hidden ones do.
    var carriers: Set<UInt16> = []
    /// Every parent has one.
    var isRequired = false
    /// The kind of the same parent of which there is one where it is forbidden or required; nil for always.
    var condition: UInt8?
    /// The kinds of the same parent, perhaps itself, that do not stand behind one of this kind.
    var notBehind: Set<UInt8> = []
  }

  /// A child on the stack: `depth` states are above the one it was shifted or reduced over.
  private struct Mark: Hashable, Comparable {
    var kind: UInt8
    var depth: UInt8
    static func < (a: Mark, b: Mark) -> Bool { (a.kind, a.depth) < (b.kind, b.depth) }
  }
  private struct State: Hashable {
    var origin: UInt16
    var marks: [Mark]
  }
  /// A hidden symbol with children of some kinds.
  private struct MarkedSymbol: Hashable {
    var origin: UInt16
    var kinds: [UInt8]
  }

  private let kinds: [Kind]
  /// Shape (symbols): the kinds that a symbol is of.
  private var kindsOfSymbol: [[UInt8]]
  private let isHidden: [Bool]
  private let terminalCount: Int
  private let base: NarrowedTables
  private let extras: Set<UInt16>
  /// By kind: shape (states), bit *d* set where a child that lies *d* deep may still be taken in by a parent.
  private var relevance: [[UInt64]] = []
  /// By kind: hidden symbols whose children may become a parent's.
  private var carriers: [Set<UInt16>] = []
  private static let deepest = 63

  private var states: [State] = []
  private var numbers: [State: UInt16] = [:]
  private var symbols: [MarkedSymbol] = []
  private var symbolNumbers: [MarkedSymbol: UInt16] = [:]
  /// Shape (states, base symbols): rows of the result; those of marked symbols are columns.
  private var rows: [[UInt16]] = []
  private var columns: [[UInt16]] = []
  private var lists: [[Action]] = []
  private var listNumbers: [[Action]: UInt16] = [:]
  private var isTooLarge = false

  /// O(states × symbols), and what is copied.
  init(_ base: NarrowedTables, _ grammar: Grammar, _ kinds: [Kind]) {
    self.base = base
    self.kinds = kinds
    kindsOfSymbol = [[UInt8]](repeating: [], count: base.symbolCount)
    for (kind, entry) in kinds.enumerated() {
      for child in entry.children { kindsOfSymbol[Int(child)].append(UInt8(kind)) }
    }
    terminalCount = grammar.tables.terminalCount
    isHidden = grammar.tables.symbols.map { !$0.isVisible }
    var extras: Set<UInt16> = []
    for state in 0..<base.stateCount where grammar.tables.lexStates[state] == ParseTables.noLookahead {
      for action in base.list(state, 0) where action.kind == .reduce { extras.insert(action.operand) }
    }
    self.extras = extras
  }

  /// The tables with copies; nil if they outgrow what the numbers of states, symbols and lists can hold.
  mutating func split() -> NarrowedTables? {
    findRelevance()
    for state in 0..<base.stateCount {
      states.append(State(origin: UInt16(state), marks: []))
      rows.append([])
    }
    // In a state without marks, only the edges of children change, and reductions to parents that lack one.
    let children = Set(kinds.flatMap(\.children)).sorted()
    let lacking = kinds.filter(\.isRequired).reduce(into: Set<UInt16>()) { $0.formUnion($1.parents) }
    for state in 0..<base.stateCount {
      let plain = State(origin: UInt16(state), marks: [])
      var row = base.row(state)
      for child in children where row[Int(child)] != 0 { row[Int(child)] = cell(plain, child) }
      if !lacking.isEmpty {
        for terminal in 0..<terminalCount
        where base.list(state, terminal).contains(where: { $0.kind == .reduce && lacking.contains($0.operand) }) {
          row[terminal] = cell(plain, UInt16(terminal))
        }
      }
      rows[state] = row
    }
    var next = base.stateCount
    var done: [Int] = []
    repeat {
      while next < states.count, !isTooLarge {
        rows[next] = (0..<base.symbolCount).map { cell(states[next], UInt16($0)) }
        next += 1
      }
      done += [Int](repeating: 0, count: symbols.count - done.count)
      for symbol in symbols.indices {
        for state in done[symbol]..<states.count { columns[symbol].append(markedGoto(states[state], symbols[symbol])) }
        done[symbol] = columns[symbol].count
      }
    } while !isTooLarge && (next < states.count || done.count < symbols.count || done.contains { $0 < states.count })
    if isTooLarge || base.symbolCount + symbols.count > Int(RightSummary.Exit.extraBit) { return nil }
    return assembled()
  }

  // MARK: What can matter

  /// From which states shifts and gotos lead to each, and what can be reduced in each.
  private struct Edges {
    var sources: [[UInt16]]
    var reductions: [[Action]]
    var accepts: [Bool]

    /// - Parameters:
    ///   - row: the cells of a state, terminals first.
    ///   - list: the actions of a terminal's cell.
    init(
      stateCount: Int, listCount: Int, terminalCount: Int, _ row: (Int) -> [UInt16],
      _ list: (UInt16) -> ArraySlice<Action>
    ) {
      sources = [[UInt16]](repeating: [], count: stateCount)
      reductions = [[Action]](repeating: [], count: stateCount)
      accepts = [Bool](repeating: false, count: stateCount)
      var hasSeenList = [Int](repeating: -1, count: listCount)
      var hasSeenTarget = [Int](repeating: -1, count: stateCount)
      for state in 0..<stateCount {
        for (symbol, cell) in row(state).enumerated() where cell != 0 {
          if symbol >= terminalCount {
            if hasSeenTarget[Int(cell)] != state { sources[Int(cell)].append(UInt16(state)) }
            hasSeenTarget[Int(cell)] = state
            continue
          }
          if hasSeenList[Int(cell)] == state { continue }
          hasSeenList[Int(cell)] = state
          for action in list(cell) {
            switch action.kind {
            case .shift:
              if hasSeenTarget[Int(action.operand)] != state { sources[Int(action.operand)].append(UInt16(state)) }
              hasSeenTarget[Int(action.operand)] = state
            case .reduce: if !reductions[state].contains(action) { reductions[state].append(action) }
            case .accept: accepts[state] = true
            case .shiftExtra: break
            }
          }
        }
      }
    }

    /// For each state, bit *d* set where a symbol *d* deep may still be taken in by a reduction to one of `symbols`.
    func depths(_ symbols: [Bool], acceptanceCounts: Bool = false) -> [UInt64] {
      var result = [UInt64](repeating: 0, count: sources.count)
      var work: [Int] = []
      for state in sources.indices {
        for action in reductions[state] where symbols[Int(action.operand)] {
          // Bits 1 to the number of children.
          result[state] |= (UInt64.max >> UInt64(63 - min(Int(action.childCount), StateSplitter.deepest))) & ~1
        }
        if acceptanceCounts, accepts[state] { result[state] = ~1 }
        if result[state] != 0 { work.append(state) }
      }
      while let state = work.popLast() {
        let reached = (result[state] >> 1) & ~1
        for source in sources[state] where reached & ~result[Int(source)] != 0 {
          result[Int(source)] |= reached
          work.append(Int(source))
        }
      }
      return result
    }
  }

  private mutating func findRelevance() {
    let base = base
    let edges = Edges(
      stateCount: base.stateCount, listCount: base.listCount, terminalCount: terminalCount, base.row, base.list)
    let visible = kinds.reduce(into: Set<UInt16>()) { $0.formUnion($1.carriers) }
    // What may hand on children, and where it leads.
    let hidden = (terminalCount..<base.symbolCount).filter { isHidden[$0] || visible.contains(UInt16($0)) }.map {
      symbol in
      (symbol: symbol, targets: Set((0..<base.stateCount).map { base.cell($0, symbol) }).subtracting([0]))
    }
    for kind in kinds {
      var carriers: Set<UInt16> = []
      while true {
        var symbols = [Bool](repeating: false, count: base.symbolCount)
        for symbol in kind.parents.union(carriers) { symbols[Int(symbol)] = true }
        let found = edges.depths(symbols)
        let more = hidden.filter { candidate in
          (isHidden[candidate.symbol] || kind.carriers.contains(UInt16(candidate.symbol)))
            && candidate.targets.contains { found[Int($0)] & 2 != 0 }
        }
        let next = Set(more.map { UInt16($0.symbol) }).subtracting(kind.parents)
        if next == carriers {
          relevance.append(found)
          self.carriers.append(carriers)
          break
        }
        carriers = next
      }
    }
  }

  // MARK: Copies

  private func isRelevant(_ mark: Mark, in state: UInt16) -> Bool {
    mark.depth <= Self.deepest && relevance[Int(mark.kind)][Int(state)] >> UInt64(mark.depth) & 1 == 1
  }

  /// The state that `target` is when it is entered from `state` by `symbol`.
  private mutating func enter(
    _ target: UInt16, from state: State, _ symbol: UInt16, carrying carried: [UInt8] = []
  ) -> UInt16 {
    var marks: [Mark] = []
    func add(_ mark: Mark) {
      if isRelevant(mark, in: target), !marks.contains(mark) { marks.append(mark) }
    }
    for mark in state.marks { add(Mark(kind: mark.kind, depth: mark.depth + 1)) }
    for kind in kindsOfSymbol[Int(symbol)] { add(Mark(kind: kind, depth: 1)) }
    for kind in carried { add(Mark(kind: kind, depth: 1)) }
    return marks.isEmpty ? target : number(State(origin: target, marks: marks.sorted()))
  }

  private mutating func number(_ state: State) -> UInt16 {
    if let known = numbers[state] { return known }
    if states.count > Int(UInt16.max) - 1 {
      isTooLarge = true
      return 0
    }
    let number = UInt16(states.count)
    states.append(state)
    rows.append([])
    numbers[state] = number
    return number
  }

  /// The cell of a state and a symbol of the grammar.
  private mutating func cell(_ state: State, _ symbol: UInt16) -> UInt16 {
    let original = base.cell(Int(state.origin), Int(symbol))
    if original == 0 { return 0 }
    guard symbol < terminalCount else {
      // What an extra ends in leaves the stack as it is.
      if original == state.origin, extras.contains(symbol) {
        return state.marks.isEmpty ? original : number(state)
      }
      return enter(original, from: state, symbol)
    }
    let before = base.list(original)
    let after = before.compactMap { narrowed($0, state, symbol) }
    return after.elementsEqual(before) ? original : number(after)
  }

  private mutating func narrowed(_ action: Action, _ state: State, _ terminal: UInt16) -> Action? {
    var action = action
    switch action.kind {
    case .shift: action.operand = enter(action.operand, from: state, terminal)
    case .reduce:
      let taken = state.marks.filter { $0.depth <= action.childCount }
      if breaksRule(action.operand, taken) { return nil }
      let carried = Set(taken.map(\.kind).filter { carriers[Int($0)].contains(action.operand) }).sorted()
      if !carried.isEmpty { action.operand = number(MarkedSymbol(origin: action.operand, kinds: carried)) }
    case .shiftExtra, .accept: break
    }
    return action
  }

  /// Whether a node or hidden symbol must not have the children that it would take in.
  private func breaksRule(_ symbol: UInt16, _ taken: [Mark]) -> Bool {
    func applies(_ kind: Kind) -> Bool {
      kind.condition.map { condition in taken.contains { $0.kind == condition } } ?? true
    }
    for (index, kind) in kinds.enumerated() where kind.isRequired && kind.parents.contains(symbol) {
      if applies(kind), !taken.contains(where: { $0.kind == index }) { return true }
    }
    return taken.contains { mark in
      let kind = kinds[Int(mark.kind)]
      if kind.isForbidden, kind.parents.contains(symbol), applies(kind) { return true }
      return (kind.parents.contains(symbol) || carriers[Int(mark.kind)].contains(symbol))
        && taken.contains { $0.depth < mark.depth && kind.notBehind.contains($0.kind) }
    }
  }

  private mutating func number(_ symbol: MarkedSymbol) -> UInt16 {
    if let known = symbolNumbers[symbol] { return known }
    let number = UInt16(base.symbolCount + symbols.count)
    symbols.append(symbol)
    columns.append([])
    symbolNumbers[symbol] = number
    return number
  }

  private mutating func number(_ list: [Action]) -> UInt16 {
    if list.isEmpty { return 0 }
    if let known = listNumbers[list] { return known }
    let number = base.listCount + lists.count
    if number > Int(UInt16.max) {
      isTooLarge = true
      return 0
    }
    lists.append(list)
    listNumbers[list] = UInt16(number)
    return UInt16(number)
  }

  private mutating func markedGoto(_ state: State, _ symbol: MarkedSymbol) -> UInt16 {
    let target = base.cell(Int(state.origin), Int(symbol.origin))
    return target == 0 ? 0 : enter(target, from: state, symbol.origin, carrying: symbol.kinds)
  }

  // MARK: The result

  private mutating func assembled() -> NarrowedTables {
    var result = base
    result.origins = states.map(\.origin)
    result.symbolCount = base.symbolCount + symbols.count
    let (useful, alive) = usefulParts()
    var cells: [UInt16] = []
    cells.reserveCapacity(states.count * result.symbolCount)
    for state in states.indices {
      cells += rows[state][..<terminalCount]
      for target in rows[state][terminalCount...] { cells.append(alive[Int(target)] ? target : 0) }
      for symbol in symbols.indices {
        let target = columns[symbol][state]
        cells.append(useful[base.symbolCount + symbol] && alive[Int(target)] ? target : 0)
      }
    }
    result.cells = cells
    result.removeLists()
    for list in (0..<UInt16(base.listCount)).lazy.map({ Array(base.list($0)) }) + lists {
      result.append(
        list.filter { action in
          switch action.kind {
          case .shift: alive[Int(action.operand)]
          case .reduce: useful[Int(action.operand)]
          case .shiftExtra, .accept: true
          }
        })
    }
    return result
  }

  /// Which symbols and states lead to more than further ones of the marked symbols: behind the others a text fails sooner
  /// or later, and had better do so at once.
  private func usefulParts() -> (symbols: [Bool], states: [Bool]) {
    let edges = Edges(
      stateCount: states.count, listCount: base.listCount + lists.count, terminalCount: terminalCount,
      { state in rows[state] + columns.map { $0[state] } },
      { cell in cell < base.listCount ? base.list(cell) : lists[Int(cell) - base.listCount][...] })
    var useful = [Bool](repeating: true, count: base.symbolCount) + [Bool](repeating: false, count: symbols.count)
    while true {
      let depths = edges.depths(useful, acceptanceCounts: true)
      let more = symbols.indices.filter { symbol in
        !useful[base.symbolCount + symbol]
          && columns[symbol].contains { $0 != 0 && depths[Int($0)] & 2 != 0 }
      }
      if more.isEmpty { return (useful, depths.map { $0 & 2 != 0 }) }
      for symbol in more { useful[base.symbolCount + symbol] = true }
    }
  }
}
