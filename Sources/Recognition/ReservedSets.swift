import Grammar

/// Which keywords a state reserves: as the grammar says (from ABI 15 on), and as its dialect does.
struct ReservedSets: @unchecked Sendable {
  /// Shape (stateCount).
  private let sets: Column<UInt16>
  /// Shape (sets, terminalCount), row-major.
  private let members: Column<Bool>
  private let terminalCount: Int
  /// Shape (terminalCount): the words of the dialect.
  private let isInDialect: Column<Bool>

  /// Reads what `append` wrote; nil if there are none.
  init?(_ reader: inout ArrayReader, terminalCount: Int) throws(ArrayReader.Mismatch) {
    sets = try reader.elements(UInt16.self)
    members = try reader.elements(Bool.self)
    isInDialect = try reader.elements(Bool.self)
    self.terminalCount = terminalCount
    if sets.isEmpty { return nil }
  }

  /// Writes the sets of a language. O(states × rules).
  ///
  /// Throws `unknownSymbol` for a name or a word that the grammar does not have.
  static func append(
    _ grammar: Grammar, _ dialect: Dialect, _ narrowed: NarrowedTables, to writer: inout ArrayWriter
  ) throws(RecognitionError) {
    let tables = grammar.tables
    let rules = dialect.reservedWhere ?? []
    let terminalCount = tables.terminalCount
    let hasSets = !tables.reservedSets.isEmpty || !rules.isEmpty
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
    for state in 0..<(hasSets ? narrowed.stateCount : 0) {
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
    writer.append(sets)
    writer.append(members)
    writer.append(isInDialect)
  }

  /// Tells different sets apart.
  func add(to signature: inout CacheSignature) {
    signature.add(sets)
    signature.add(members)
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
