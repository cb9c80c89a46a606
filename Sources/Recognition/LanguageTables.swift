import Foundation
import Grammar

/// All of a language that is computed from its grammar and dialect, in one block of memory: a file beside the grammar, or
/// what was just made. It is used where it lies.
struct LanguageTables: @unchecked Sendable {
  /// Keeps what all else points into.
  let memory: MappedBytes
  let symbolCount: Int
  /// As in `CellTable`; of the narrowed tables.
  let cellOffsets: Column<UInt32>
  let cellBlocks: Column<UInt16>
  /// Shape (lists + 1): where each action list starts in `actions`.
  let listStarts: Column<UInt32>
  let actions: Column<Language.Action>
  /// Shapes (stateCount); see `Language`.
  let lexStates: Column<UInt16>
  let lexStatesBehindHoles: Column<UInt16>
  let externalLexStates: Column<UInt16>
  let lexClasses: Column<UInt16>
  let isTight: Column<Bool>
  let isEnclosed: Column<Bool>
  let startsExtra: Column<Bool>
  let reductions: ListTable<Language.Row.Reduction>
  let extraReductions: ListTable<Language.Row.Reduction>
  let shifts: ListTable<Language.Row.Shift>
  let lookaheads: Column<LookaheadSet>
  /// The sets that these are numbers of; see `LookaheadSets`.
  let lookaheadBits: Column<UInt64>
  let lexer: ByteAutomaton
  let keywords: ByteAutomaton?
  /// Shape (lexical states).
  let hasPattern: Column<Bool>
  let reserved: ReservedSets?
  let samples: TerminalSamples

  /// Raised with every change of what is stored or of how it is computed.
  private static let format = 2

  /// The tables of a language, from the file beside the grammar if there is one for it, which else is written.
  ///
  /// O(bytes of the file) where there is one. Throws what `LanguageBuilder` does.
  static func cached(
    _ grammar: Grammar, applyingDialect: Bool, _ layout: LayoutRule?
  ) throws(RecognitionError) -> LanguageTables {
    let name = applyingDialect ? "language.bin" : "language-plain.bin"
    var signature = CacheSignature()
    signature.add([
      format, MemoryLayout<Language.Action>.stride, MemoryLayout<Language.Row.Reduction>.stride,
      MemoryLayout<Language.Row.Shift>.stride, CellTable.blockSize,
    ])
    signature.add([grammar.cache?.inputs ?? 0])
    if let file = grammar.cache?.read(name, signature: signature.value),
      let known = try? LanguageTables(file, grammar)
    {
      return known
    }
    let body = try LanguageBuilder(grammar, applyingDialect ? grammar.dialect : Dialect(), layout).encoded()
    grammar.cache?.write(name, signature: signature.value, body: body)
    guard let tables = try? LanguageTables(MappedBytes(copying: body), grammar) else {
      preconditionFailure("the tables of a language that were just written cannot be read")
    }
    return tables
  }

  /// Reads what `LanguageBuilder.encoded` wrote.
  init(_ memory: MappedBytes, _ grammar: Grammar) throws(ArrayReader.Mismatch) {
    self.memory = memory
    let terminalCount = grammar.tables.terminalCount
    var reader = ArrayReader(bytes: memory.bytes)
    symbolCount = Int(try reader.elements(UInt64.self).first ?? 0)
    cellOffsets = try reader.elements(UInt32.self)
    cellBlocks = try reader.elements(UInt16.self)
    listStarts = try reader.elements(UInt32.self)
    actions = try reader.elements(Language.Action.self)
    lexStates = try reader.elements(UInt16.self)
    lexStatesBehindHoles = try reader.elements(UInt16.self)
    externalLexStates = try reader.elements(UInt16.self)
    lexClasses = try reader.elements(UInt16.self)
    isTight = try reader.elements(Bool.self)
    isEnclosed = try reader.elements(Bool.self)
    startsExtra = try reader.elements(Bool.self)
    let stateCount = lexStates.count
    reductions = try ListTable(&reader, rowCount: stateCount)
    extraReductions = try ListTable(&reader, rowCount: stateCount)
    shifts = try ListTable(&reader, rowCount: stateCount)
    lookaheads = try reader.elements(LookaheadSet.self)
    lookaheadBits = try reader.elements(UInt64.self)
    guard let lexer = try ByteAutomaton(&reader, memory) else {
      throw ArrayReader.Mismatch(expected: "a lexer", found: "none")
    }
    self.lexer = lexer
    keywords = try ByteAutomaton(&reader, memory)
    hasPattern = try reader.elements(Bool.self)
    reserved = try ReservedSets(&reader, terminalCount: terminalCount)
    samples = try TerminalSamples(&reader)
    guard reader.isAtEnd, cellOffsets.count == stateCount * CellTable.blocksPerRow(columnCount: symbolCount),
      listStarts.last.map({ Int($0) }) == actions.count, lookaheads.count == stateCount,
      hasPattern.count == lexer.stateCount, samples.texts.count == terminalCount, samples.costs.count == terminalCount,
      [lexStatesBehindHoles, externalLexStates, lexClasses].allSatisfy({ $0.count == stateCount }),
      [isTight, isEnclosed, startsExtra].allSatisfy({ $0.count == stateCount })
    else { throw ArrayReader.Mismatch(expected: "the tables of a language", found: "arrays of other sizes") }
  }
}
