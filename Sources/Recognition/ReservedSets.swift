import Grammar

/// Which keywords a state reserves: as the grammar says (from ABI 15 on), and as its dialect does.
struct ReservedSets: Sendable {
  /// Shape (stateCount).
  private let sets: [UInt16]
  /// Shape (sets, terminalCount), row-major.
  private let members: [Bool]
  private let terminalCount: Int
  /// Shape (terminalCount): the words of the dialect.
  private let isInDialect: [Bool]

  /// Nil if there are none. Throws `unknownSymbol` for a name or a word that the grammar does not have.
  init?(_ grammar: Grammar, _ dialect: Dialect, _ narrowed: NarrowedTables) throws(RecognitionError) {
    let tables = grammar.tables
    let rules = dialect.reservedWhere ?? []
    if tables.reservedSets.isEmpty, rules.isEmpty { return nil }
    let terminalCount = tables.terminalCount
    var starters: [Set<Int>] = []
    var exceptions: [Set<Int>] = []
    var words: [[SymbolID]] = []
    for rule in rules {
      starters.append(Set(try grammar.symbols(named: rule.starts).map(\.index)))
      var exception: Set<Int> = []
      for name in rule.unless ?? [] { exception.formUnion(try grammar.symbols(named: name).map(\.index)) }
      exceptions.append(exception)
      var keywords: [SymbolID] = []
      for word in rule.words {
        guard let keyword = grammar.keyword(word.utf8) else {
          throw .unknownSymbol(grammar: grammar.name, name: word)
        }
        keywords.append(keyword)
      }
      words.append(keywords)
    }

    /// The grammar's own set and the rules that apply.
    struct Key: Hashable {
      var own: Int
      var rules: [Int]
    }
    var numbers: [Key: UInt16] = [:]
    var sets: [UInt16] = []
    var members: [Bool] = []
    for state in 0..<narrowed.stateCount {
      let own = tables.reservedSets.isEmpty ? 0 : Int(tables.reservedSets[Int(narrowed.origins[state])])
      func mayStart(_ symbols: Set<Int>) -> Bool {
        symbols.contains { narrowed.starts($0, in: state, terminalCount) }
      }
      let key = Key(
        own: own, rules: rules.indices.filter { mayStart(starters[$0]) && !mayStart(exceptions[$0]) })
      if numbers[key] == nil {
        numbers[key] = UInt16(numbers.count)
        var row = [Bool](repeating: false, count: terminalCount)
        for word in tables.reservedWords.isEmpty ? [] : tables.reservedWords[own] { row[word.index] = true }
        for word in key.rules.flatMap({ words[$0] }) { row[word.index] = true }
        members += row
      }
      sets.append(numbers[key] ?? 0)
    }
    var isInDialect = [Bool](repeating: false, count: terminalCount)
    for word in words.joined() { isInDialect[word.index] = true }
    (self.sets, self.members, self.terminalCount, self.isInDialect) = (sets, members, terminalCount, isInDialect)
  }

  /// Whether the dialect reserves a keyword in some states.
  @inline(__always)
  func isReservedSomewhere(_ keyword: SymbolID) -> Bool { isInDialect[keyword.index] }

  @inline(__always)
  func contains(_ state: UInt16, _ keyword: SymbolID) -> Bool {
    members[Int(sets[Int(state)]) &* terminalCount &+ keyword.index]
  }
}

extension NarrowedTables {
  /// Whether `symbol` may come next in `state`: it is shifted, or there is a goto for it.
  fileprivate func starts(_ symbol: Int, in state: Int, _ terminalCount: Int) -> Bool {
    symbol < terminalCount ? list(state, symbol).contains { $0.kind == .shift } : cell(state, symbol) != 0
  }
}
