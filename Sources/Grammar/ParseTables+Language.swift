import CGrammar

extension ParseTables {
  /// Reads the tables out of a loaded language of a supported ABI.
  ///
  /// Repetition shifts and recover actions are dropped on the way. O(states × symbols).
  /// Throws `limitExceeded` if the action lists outgrow a cell.
  init(language: UnsafeRawPointer, name: String) throws(GrammarError) {
    stateCount = Int(espalier_state_count(language))
    terminalCount = Int(espalier_terminal_count(language))
    symbolCount = Int(espalier_symbol_count(language))
    symbols = (0..<UInt32(symbolCount)).map { symbol in
      Symbol(
        name: espalier_symbol_name(language, symbol).map { String(cString: $0) } ?? "",
        isVisible: espalier_symbol_is_visible(language, symbol),
        isNamed: espalier_symbol_is_named(language, symbol))
    }

    var cells = [UInt16](repeating: 0, count: stateCount * symbolCount)
    var actionLists: [[ParseAction]] = [[]]
    // By the language's own index of actions.
    var listOfEntry = [UInt16?](repeating: nil, count: 1 << 16)
    listOfEntry[0] = 0
    for state in 0..<stateCount {
      let row = state * symbolCount
      cells.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        espalier_parse_row(language, UInt32(state), base + row)
      }
      for terminal in row..<row + terminalCount where cells[terminal] != 0 {
        let entry = cells[terminal]
        if let list = listOfEntry[Int(entry)] {
          cells[terminal] = list
          continue
        }
        let actions = Self.actions(language: language, entry: UInt32(entry))
        if actions.isEmpty {
          listOfEntry[Int(entry)] = 0
        } else {
          guard actionLists.count < 1 << 16 else {
            throw .limitExceeded(
              grammar: name, what: "different lists of actions", given: actionLists.count + 1, limit: 1 << 16)
          }
          listOfEntry[Int(entry)] = UInt16(actionLists.count)
          actionLists.append(actions)
        }
        cells[terminal] = listOfEntry[Int(entry)] ?? 0
      }
    }
    self.cells = CellTable(cells, columnCount: symbolCount)
    self.actionLists = ActionTable(actionLists)

    lexStates = (0..<UInt32(stateCount)).map { espalier_lex_state(language, $0) }
    externalLexStates = (0..<UInt32(stateCount)).map { espalier_external_lex_state(language, $0) }
    let externalCount = espalier_external_count(language)
    externalTerminals = (0..<externalCount).map { SymbolID(rawValue: espalier_external_symbol(language, $0)) }
    externalValidity = []
    if externalCount > 0 {
      for row in 0...UInt32(externalLexStates.max() ?? 0) {
        for external in 0..<externalCount {
          // Row 0 says that the scanner is not asked; what a grammar has there does not matter.
          externalValidity.append(row > 0 && espalier_external_is_valid(language, row, external))
        }
      }
    }
    let capture = espalier_keyword_capture(language)
    keywordCapture = capture != 0 && espalier_has_keyword_lexer(language) ? SymbolID(rawValue: capture) : nil
    (reservedSets, reservedWords) = Self.reserved(language: language, stateCount: stateCount)
  }

  private static func reserved(
    language: UnsafeRawPointer, stateCount: Int
  ) -> (sets: [UInt16], words: [[SymbolID]]) {
    let size = espalier_reserved_set_size(language)
    let sets = size == 0 ? [] : (0..<UInt32(stateCount)).map { espalier_reserved_set(language, $0) }
    guard let last = sets.max(), last > 0 else { return ([], []) }
    let words = (0...last).map { set in
      set == 0
        ? [] : (0..<size).map { espalier_reserved_word(language, set, $0) }.prefix { $0 != 0 }.map(SymbolID.init)
    }
    return (sets, words)
  }

  private static func actions(language: UnsafeRawPointer, entry: UInt32) -> [ParseAction] {
    var actions: [ParseAction] = []
    for offset in 0..<espalier_action_count(language, entry) {
      let action = espalier_action(language, entry, offset)
      switch UInt32(action.kind) {
      case EspalierShift.rawValue where action.is_repetition: continue
      case EspalierShift.rawValue where action.is_extra: actions.append(.shiftExtra)
      case EspalierShift.rawValue: actions.append(.shift(StateID(rawValue: action.state)))
      case EspalierReduce.rawValue:
        actions.append(
          .reduce(
            symbol: SymbolID(rawValue: action.symbol), childCount: Int(action.child_count),
            dynamicPrecedence: Int(action.dynamic_precedence), production: Int(action.production)))
      case EspalierAccept.rawValue: actions.append(.accept)
      default: continue
      }
    }
    return actions
  }
}
