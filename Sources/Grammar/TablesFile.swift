import CGrammar
import Foundation

/// The cache file `tables.bin`: a grammar's tables and automata, laid out so that loading is copying.
///
///     header    "ESPTABLE", format, ABI, fingerprint of the compiled grammar, length and hash of what follows
///     arrays    each: element count (8 bytes), elements (little-endian), zeros up to a multiple of 8
///
/// A file is accepted only if it belongs to this format and to the compiled grammar beside it, its hash is right and
/// every number in it is within bounds, so a damaged or foreign file is an error and never an index out of range.
enum TablesFile {
  /// Raised with every change of the layout or of what is extracted.
  static let format: UInt32 = 3
  static let magic: [UInt8] = Array("ESPTABLE".utf8)
  static let headerSize = 40

  /// What the beginning of a file tells.
  struct Header {
    var abi: Int
    var fingerprint: UInt64
    /// Of all that follows.
    var hash: UInt64
  }

  struct Contents {
    var tables: ParseTables
    var lexer: LexicalAutomaton
    var keywords: LexicalAutomaton?
  }

  // MARK: Writing

  static func encode(_ contents: Contents, language: UnsafeRawPointer) -> Data {
    var body = ArrayWriter()
    let tables = contents.tables
    body.append([UInt32(tables.stateCount), UInt32(tables.terminalCount), UInt32(tables.symbolCount)])
    body.append(tables.symbols.map { UInt8($0.isVisible ? 1 : 0) | UInt8($0.isNamed ? 2 : 0) })
    body.append(tables.symbols.map { UInt32($0.name.utf8.count) })
    body.append(tables.symbols.flatMap { Array($0.name.utf8) })
    body.append(tables.cells.offsets)
    body.append(tables.cells.blocks)
    body.append(tables.actionLists.starts)
    body.append(tables.actionLists.packed)
    body.append(tables.lexStates)
    body.append(tables.externalLexStates)
    body.append(tables.externalTerminals.map(\.rawValue))
    body.append(tables.externalValidity.map { UInt8($0 ? 1 : 0) })
    body.append([tables.keywordCapture?.rawValue ?? 0])
    body.append(tables.reservedSets)
    body.append(tables.reservedWords.map { UInt16($0.count) })
    body.append(tables.reservedWords.flatMap { $0.map(\.rawValue) })
    for automaton in [contents.lexer, contents.keywords] {
      body.append([UInt32(automaton?.stateCount ?? 0), UInt32(automaton?.classCount ?? 0)])
      guard let automaton else { continue }
      body.append(automaton.byteClasses)
      body.append(automaton.transitions)
      body.append(automaton.endTransitions)
      body.append(automaton.accepts)
    }

    var data = Data(magic)
    data.append(bytesOf: format)
    data.append(bytesOf: espalier_language_version(language))
    data.append(bytesOf: espalier_language_fingerprint(language))
    data.append(bytesOf: UInt64(body.data.count))
    data.append(bytesOf: body.data.withUnsafeBytes { espalier_hash($0.baseAddress, UInt64($0.count), 0) })
    data.append(body.data)
    return data
  }

  // MARK: Reading

  /// Reads the file at `path` for the compiled grammar `language`.
  ///
  /// Throws `fileAccess` if it cannot be read, `invalidTables` if it is damaged or not this grammar's. O(file size).
  static func read(path: String, language: UnsafeRawPointer) throws(GrammarError) -> Contents {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw .fileAccess(path: path, reason: "cannot be read")
    }
    do {
      return try data.withUnsafeBytes { bytes in try decode(bytes, language: language) }
    } catch let mismatch as Mismatch {
      throw .invalidTables(path: path, expected: mismatch.expected, found: mismatch.found)
    } catch {
      throw .invalidTables(path: path, expected: "a file of tables", found: "\(error)")
    }
  }

  /// The header of the file at `path`; nil if it has none of this format.
  static func header(path: String) -> Header? {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: headerSize),
      data.count == headerSize, data.starts(with: magic)
    else { return nil }
    return data.withUnsafeBytes { bytes in
      guard bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == format else { return nil }
      return Header(
        abi: Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)),
        fingerprint: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
        hash: bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
    }
  }

  typealias Mismatch = ArrayReader.Mismatch

  static func decode(_ bytes: UnsafeRawBufferPointer, language: UnsafeRawPointer) throws(Mismatch) -> Contents {
    guard bytes.count >= headerSize, bytes.prefix(magic.count).elementsEqual(magic) else {
      throw Mismatch(expected: "a file of tables", found: "something else")
    }
    let foundFormat = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    guard foundFormat == format else {
      throw Mismatch(expected: "format \(format)", found: "format \(foundFormat)")
    }
    let fingerprint = espalier_language_fingerprint(language)
    guard bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self) == espalier_language_version(language),
      bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self) == fingerprint
    else {
      throw Mismatch(expected: "the tables of the compiled grammar beside it", found: "those of another")
    }
    let body = UnsafeRawBufferPointer(rebasing: bytes[headerSize...])
    let length = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    guard length == UInt64(body.count) else {
      throw Mismatch(expected: "\(length) bytes of tables", found: "\(body.count)")
    }
    guard
      bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
        == espalier_hash(body.baseAddress, UInt64(body.count), 0)
    else {
      throw Mismatch(expected: "intact tables", found: "damaged ones (their hash differs)")
    }

    var reader = ArrayReader(bytes: body)
    let tables = try decodeTables(&reader)
    guard let lexer = try decodeAutomaton(&reader, terminalCount: tables.terminalCount) else {
      throw Mismatch(expected: "a lexer", found: "none")
    }
    let keywords = try decodeAutomaton(&reader, terminalCount: tables.terminalCount)
    try check(reader.isAtEnd, "nothing behind the automata")
    try check(keywords != nil || tables.keywordCapture == nil, "a keyword automaton")
    try check(
      tables.lexStates.allSatisfy { Int($0) < lexer.stateCount || $0 == ParseTables.noLookahead },
      "lex states of the lexer")
    return Contents(tables: tables, lexer: lexer, keywords: keywords)
  }

  private static func check(_ condition: Bool, _ expected: String) throws(Mismatch) {
    if !condition { throw Mismatch(expected: expected, found: "numbers that do not fit together") }
  }

  private static func decodeTables(_ reader: inout ArrayReader) throws(Mismatch) -> ParseTables {
    let counts = try reader.next(UInt32.self).map(Int.init)
    try check(counts.count == 3, "three counts")
    let (states, terminals, symbolCount) = (counts[0], counts[1], counts[2])
    try check(states <= 0xFFFF && symbolCount <= 0xFFFF && terminals > 0 && terminals <= symbolCount, "16-bit counts")

    let flags = try reader.next(UInt8.self)
    let nameLengths = try reader.next(UInt32.self).map(Int.init)
    let names = try reader.next(UInt8.self)
    try check(flags.count == symbolCount && nameLengths.count == symbolCount, "one name per symbol")
    var symbols: [ParseTables.Symbol] = []
    symbols.reserveCapacity(symbolCount)
    var offset = 0
    for (flag, length) in zip(flags, nameLengths) {
      try check(length <= names.count - offset, "names")
      symbols.append(
        .init(
          name: String(decoding: names[offset..<offset + length], as: UTF8.self),
          isVisible: flag & 1 != 0, isNamed: flag & 2 != 0))
      offset += length
    }

    let cells = CellTable(
      rowCount: states, columnCount: symbolCount, offsets: try reader.next(UInt32.self),
      blocks: try reader.next(UInt16.self))
    let lists = ActionTable(
      starts: try reader.next(UInt32.self), packed: try reader.next(UInt64.self), stateCount: states,
      symbolCount: symbolCount)
    guard let cells, let lists, lists.count > 0, lists[0].isEmpty,
      cells.isBelow(lists.count, before: terminals, then: states)
    else { throw Mismatch(expected: "cells and actions", found: "numbers that do not fit together") }

    let lexStates = try reader.next(UInt16.self)
    let externalLexStates = try reader.next(UInt16.self)
    let externals = try reader.next(UInt16.self)
    let validity = try reader.next(UInt8.self)
    let capture = try reader.next(UInt16.self)
    try check(lexStates.count == states && externalLexStates.count == states, "one lex mode per state")
    try check(externals.allSatisfy { Int($0) < terminals }, "external terminals")
    let rows = Int(externalLexStates.max() ?? 0) + 1
    try check(validity.count == (externals.isEmpty ? 0 : rows * externals.count), "rows of external terminals")
    try check(capture.count == 1 && capture.allSatisfy { Int($0) < terminals }, "a word terminal")
    let sets = try reader.next(UInt16.self)
    let words = try decodeReserved(&reader, terminals: terminals)
    try check(
      (sets.count == states || sets.isEmpty) && sets.allSatisfy { Int($0) < words.count }, "one reserved set per state")
    return ParseTables(
      stateCount: states, terminalCount: terminals, symbolCount: symbolCount, symbols: symbols, cells: cells,
      actionLists: lists, lexStates: lexStates, externalLexStates: externalLexStates,
      externalValidity: validity.map { $0 != 0 }, externalTerminals: externals.map { SymbolID(rawValue: $0) },
      keywordCapture: capture.first.flatMap { $0 == 0 ? nil : SymbolID(rawValue: $0) },
      reservedSets: sets, reservedWords: words)
  }

  private static func decodeReserved(
    _ reader: inout ArrayReader, terminals: Int
  ) throws(Mismatch) -> [[SymbolID]] {
    let counts = try reader.next(UInt16.self)
    var rest = try reader.next(UInt16.self)[...]
    try check(rest.allSatisfy { Int($0) < terminals }, "reserved words")
    var sets: [[SymbolID]] = []
    for count in counts {
      try check(Int(count) <= rest.count, "sets of reserved words")
      sets.append(rest.prefix(Int(count)).map { SymbolID(rawValue: $0) })
      rest = rest.dropFirst(Int(count))
    }
    return sets
  }

  private static func decodeAutomaton(
    _ reader: inout ArrayReader, terminalCount: Int
  ) throws(Mismatch) -> LexicalAutomaton? {
    let counts = try reader.next(UInt32.self).map(Int.init)
    try check(counts.count == 2, "two counts")
    let (states, classes) = (counts[0], counts[1])
    if states == 0 { return nil }
    try check(states < Int(LexicalAutomaton.stateMask) && classes <= 256, "counts of an automaton")
    let automaton = LexicalAutomaton(
      stateCount: states, byteClasses: try reader.next(UInt8.self), classCount: classes,
      transitions: try reader.next(UInt16.self), endTransitions: try reader.next(UInt16.self),
      accepts: try reader.next(UInt16.self))
    try check(
      automaton.byteClasses.count == 256 && automaton.byteClasses.allSatisfy { Int($0) < classes }, "byte classes")
    try check(automaton.transitions.count == states * classes, "one transition per state and class")
    try check(automaton.endTransitions.count == states && automaton.accepts.count == states, "one entry per state")
    let limit = UInt16(states)
    let areTargets = automaton.transitions.withUnsafeBufferPointer { transitions in
      transitions.allSatisfy { $0 == LexicalAutomaton.dead || $0 & LexicalAutomaton.stateMask < limit }
    }
    try check(areTargets, "transitions to states")
    try check(
      automaton.endTransitions.allSatisfy { $0 == LexicalAutomaton.dead || $0 < limit }, "transitions to states")
    try check(
      automaton.accepts.allSatisfy { $0 == LexicalAutomaton.noTerminal || Int($0) < terminalCount },
      "accepted terminals")
    return automaton
  }
}

extension Data {
  fileprivate mutating func append<Value: FixedWidthInteger>(bytesOf value: Value) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
