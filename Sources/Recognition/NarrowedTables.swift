import Grammar

/// The parse tables of a grammar without what its dialect forbids, flattened.
struct NarrowedTables {
  /// Shape (stateCount, symbolCount), row-major, as numbers of lists and of states; see `ParseTables.cells`.
  var cells: [UInt16]
  /// Terminals, nonterminals, and what `StateSplitter` tells apart.
  var symbolCount: Int
  /// Shape (stateCount): the state of the grammar that a state is or is a copy of.
  var origins: [UInt16]
  var stateCount: Int { origins.count }
  /// Shape (lists + 1): where each action list starts in `actions`.
  var listStarts: [UInt32] = [0]
  var actions: [Language.Action] = []
  private let tables: ParseTables

  /// Removes forbidden symbols, productions and arrangements of children, and empty blocks under a strict layout rule.
  ///
  /// Throws `unknownSymbol` for a name that the grammar does not have, and `tooManyStates`. O(states × symbols).
  init(_ grammar: Grammar, _ dialect: Dialect, _ layout: LayoutRule?) throws(RecognitionError) {
    tables = grammar.tables
    cells = tables.cells.expanded()
    symbolCount = tables.symbolCount
    origins = (0..<tables.stateCount).map { UInt16($0) }
    var forbidden: Set<SymbolID> = []
    for name in dialect.forbiddenSymbols ?? [] { forbidden.formUnion(try grammar.symbols(named: name)) }

    // Lists are filtered once; cells keep their indices, so a list may have become empty.
    for list in 0..<tables.actionLists.count {
      append(
        tables.actionLists[list].compactMap { action in
          switch action {
          case .shift(let state): Language.Action(kind: .shift, childCount: 0, operand: state.rawValue)
          case .shiftExtra: Language.Action(kind: .shiftExtra, childCount: 0, operand: 0)
          case .reduce(let symbol, _, _, _) where forbidden.contains(symbol): nil
          case .reduce(let symbol, let count, _, _):
            Language.Action(kind: .reduce, childCount: UInt8(count), operand: symbol.rawValue)
          case .accept: Language.Action(kind: .accept, childCount: 0, operand: 0)
          }
        })
    }
    for symbol in forbidden where symbol.index < tables.terminalCount {
      for state in 0..<tables.stateCount { cells[state * tables.symbolCount + symbol.index] = 0 }
    }
    try remove(dialect.forbiddenProductions ?? [], grammar)
    if dialect.strictLayout == true, let layout { removeEmptyBlocks(layout) }
    try remove(dialect.forbiddenPairs ?? [:], grammar)
    try narrow(dialect.children ?? [], grammar)
  }

  mutating func append(_ list: some Collection<Language.Action>) {
    actions += list
    listStarts.append(UInt32(actions.count))
  }

  mutating func removeLists() { (listStarts, actions) = ([0], []) }

  var listCount: Int { listStarts.count - 1 }

  func list(_ cell: UInt16) -> ArraySlice<Language.Action> {
    actions[Int(listStarts[Int(cell)])..<Int(listStarts[Int(cell) + 1])]
  }

  func list(_ state: Int, _ terminal: Int) -> ArraySlice<Language.Action> { list(cell(state, terminal)) }

  func cell(_ state: Int, _ symbol: Int) -> UInt16 { cells[state * symbolCount + symbol] }

  func row(_ state: Int) -> [UInt16] { Array(cells[state * symbolCount..<(state + 1) * symbolCount]) }

  /// Keeps terminals from following others. A state belongs to the terminal that leads to it.
  private mutating func remove(_ pairs: [String: [String]], _ grammar: Grammar) throws(RecognitionError) {
    if pairs.isEmpty { return }
    let behind = shiftedTerminals()
    for (name, names) in pairs {
      let first = Set(try grammar.symbols(named: name))
      for name in names {
        for second in try grammar.symbols(named: name) where second.index < tables.terminalCount {
          for state in origins.indices where first.contains(behind[state]) {
            cells[state * symbolCount + second.index] = 0
          }
        }
      }
    }
  }

  private mutating func narrow(_ children: [ChildRules], _ grammar: Grammar) throws(RecognitionError) {
    func symbols(_ names: [String]) throws(RecognitionError) -> Set<UInt16> {
      var result: Set<UInt16> = []
      for name in names { result.formUnion(try grammar.symbols(named: name).map(\.rawValue)) }
      return result
    }
    var kinds: [StateSplitter.Kind] = []
    for rules in children {
      let parents = try symbols(rules.of)
      let carriers = try symbols(rules.through ?? [])
      func add(_ names: [String]) throws(RecognitionError) {
        if kinds.count > Int(UInt8.max) { throw .tooManyStates(grammar: grammar.name) }
        kinds.append(StateSplitter.Kind(parents: parents, children: try symbols(names), carriers: carriers))
      }
      var condition: UInt8?
      if let names = rules.when {
        try add(names)
        condition = UInt8(kinds.count - 1)
      }
      if let names = rules.forbidden {
        try add(names)
        kinds[kinds.count - 1].isForbidden = true
        kinds[kinds.count - 1].condition = condition
      }
      for name in rules.once ?? [] {
        try add([name])
        kinds[kinds.count - 1].notBehind = [UInt8(kinds.count - 1)]
      }
      if let names = rules.required {
        try add(names)
        kinds[kinds.count - 1].isRequired = true
        kinds[kinds.count - 1].condition = condition
      }
      let first = kinds.count
      for names in rules.order ?? [] {
        try add(names)
        kinds[kinds.count - 1].notBehind = Set((first..<kinds.count - 1).map { UInt8($0) })
      }
    }
    if kinds.isEmpty { return }
    var splitter = StateSplitter(self, grammar, kinds)
    guard let split = splitter.split() else { throw .tooManyStates(grammar: grammar.name) }
    self = split
  }

  /// A production as the tables know it; what is nil fits everything.
  private struct Production {
    var symbols: Set<SymbolID>?
    var children: Int?
    var last: Set<SymbolID>?

    func fits(_ action: Language.Action) -> Bool {
      action.kind == .reduce && symbols?.contains(SymbolID(rawValue: action.operand)) ?? true
        && children.map { $0 == Int(action.childCount) } ?? true
    }
  }

  private mutating func remove(
    _ productions: [ForbiddenProduction], _ grammar: Grammar
  ) throws(RecognitionError) {
    if productions.isEmpty { return }
    var forbidden: [Production] = []
    for production in productions {
      var entry = Production(children: production.children)
      if let name = production.symbol { entry.symbols = Set(try grammar.symbols(named: name)) }
      if let name = production.last { entry.last = Set(try grammar.symbols(named: name)) }
      forbidden.append(entry)
    }
    let behind = shiftedTerminals()
    // By what was there and the terminal behind which it stood.
    var known: [[UInt16]: UInt16] = [:]
    for state in 0..<tables.stateCount {
      let fitting = forbidden.filter { $0.last?.contains(behind[state]) ?? true }
      if fitting.isEmpty { continue }
      for terminal in 0..<tables.terminalCount {
        let index = state * tables.symbolCount + terminal
        let list = list(state, terminal)
        let kept = list.filter { action in !fitting.contains { $0.fits(action) } }
        if kept.count == list.count { continue }
        let key = [cells[index], behind[state].rawValue]
        cells[index] = known[key] ?? UInt16(listStarts.count - 1)
        if known.updateValue(cells[index], forKey: key) == nil { append(kept) }
      }
    }
  }

  /// Shape (stateCount): the terminal that leads to a state, `.end` for states that a goto leads to.
  func shiftedTerminals() -> [SymbolID] {
    var result = [SymbolID](repeating: .end, count: stateCount)
    for state in 0..<stateCount {
      for terminal in 0..<tables.terminalCount {
        let cell = Int(cells[state * symbolCount + terminal])
        for action in Int(listStarts[cell])..<Int(listStarts[cell + 1]) where actions[action].kind == .shift {
          result[Int(actions[action].operand)] = SymbolID(terminal)
        }
      }
    }
    return result
  }

  /// A block that starts with a newline instead of an indent, or ends right behind its indent, would be empty.
  private mutating func removeEmptyBlocks(_ layout: LayoutRule) {
    for state in 0..<tables.stateCount {
      let row = state * tables.symbolCount
      if cells[row + layout.indent.index] == 0 { continue }
      cells[row + layout.newline.index] = 0
      for action in list(state, layout.indent.index) where action.kind == .shift {
        cells[Int(action.operand) * tables.symbolCount + layout.dedent.index] = 0
      }
    }
  }
}

extension Grammar {
  /// The symbols with a name; with `#2` behind it, the second of them alone. Throws `unknownSymbol` if there are none.
  ///
  /// O(symbols).
  func symbols(named name: String) throws(RecognitionError) -> [SymbolID] {
    func all(_ name: some StringProtocol) -> [SymbolID] {
      tables.symbols.indices.filter { tables.symbols[$0].name == name }.map { SymbolID($0) }
    }
    let found = all(name)
    if !found.isEmpty { return found }
    if let mark = name.lastIndex(of: "#"), let number = Int(name[name.index(after: mark)...]) {
      let several = all(name[..<mark])
      if several.indices.contains(number - 1) { return [several[number - 1]] }
    }
    throw .unknownSymbol(grammar: self.name, name: name)
  }
}
