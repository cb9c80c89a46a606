import CGrammar
import Grammar

/// The external scanner that a grammar brings: C code, driven through its own interface exactly as the runtime does.
struct ExternalScanner: @unchecked Sendable {
  let language: UnsafeRawPointer
  /// The scanner's numbering as terminals.
  let terminals: [SymbolID]
  /// Shape (rows, terminals.count), row-major.
  let validity: UnsafeMutablePointer<Bool>
  private let rowCount: Int
  /// Shape (256): the bytes that it may skip, nil for all that it does.
  private let padding: [Bool]?
  /// Terminals that `padding` is not about.
  private let unlimited: [SymbolID]
  /// Where its state has numbers of lines, the current one first.
  let lineNumbers: [Int]

  /// nil if the grammar has none. Throws `unknownSymbol` if `dialect` names a terminal that the grammar does not have.
  init?(_ grammar: Grammar, _ dialect: Dialect) throws(RecognitionError) {
    guard espalier_has_scanner(grammar.library.language) else { return nil }
    language = grammar.library.language
    lineNumbers = (grammar.description.lineNumbers ?? []).filter { $0 >= 0 }
    terminals = grammar.tables.externalTerminals
    // Shared by every session of the language, and as long-lived as the loaded grammar.
    validity = .allocate(capacity: max(grammar.tables.externalValidity.count, 1))
    validity.initialize(from: grammar.tables.externalValidity, count: grammar.tables.externalValidity.count)
    rowCount = terminals.isEmpty ? 0 : grammar.tables.externalValidity.count / terminals.count
    padding = dialect.scannerPadding.map { allowed in
      let bytes = Set(allowed.characters.utf8)
      return (0...UInt8.max).map { bytes.contains($0) }
    }
    var unlimited: [SymbolID] = []
    for name in dialect.scannerPadding?.unless ?? [] { unlimited += try grammar.symbols(named: name) }
    self.unlimited = unlimited
  }

  /// Whether `skipped` may stand in front of `terminal`. O(skipped bytes).
  func allows(_ skipped: Slice<UnsafeBufferPointer<UInt8>>, before terminal: SymbolID) -> Bool {
    guard let padding else { return true }
    return unlimited.contains(terminal) || skipped.allSatisfy { padding[Int($0)] }
  }

  /// Shape (rows): whether the scanner is asked for none of `excluded` there.
  func rows(without excluded: [SymbolID]) -> [Bool] {
    (0..<rowCount).map { row in !excluded.contains { isValid($0, row: row) } }
  }

  /// Whether the scanner is asked for `terminal` in a row. O(terminals of the scanner).
  func isValid(_ terminal: SymbolID, row: Int) -> Bool {
    terminals.firstIndex(of: terminal).map { validity[row * terminals.count + $0] } ?? false
  }
}

/// A scanner at work: its payload, and the serialised states that it has been seen in, interned.
final class ScannerSession {
  private let scanner: ExternalScanner
  private var payload: UnsafeMutableRawPointer?
  private var lexer = EspalierTextLexer()
  private var states: [[UInt8]] = []
  private var identifiers: [[UInt8]: Int32] = [:]
  private var wordsOfStates: [Int32: [[UInt8]]] = [:]
  private let buffer: UnsafeMutablePointer<CChar>
  /// As the runtime's TREE_SITTER_SERIALIZATION_BUFFER_SIZE.
  private static let bufferSize = 1024
  /// A run has passed the end of a line since this was last cleared: under a layout rule, where blocks are open matters then.
  var hasPassedLine = false

  init(_ scanner: ExternalScanner) {
    self.scanner = scanner
    payload = espalier_scanner_create(scanner.language)
    buffer = .allocate(capacity: Self.bufferSize)
    // A scanner starts with no bytes; what it makes of them is the same state, and only that compares with later ones.
    espalier_scanner_deserialize(scanner.language, payload, nil, 0)
    states = [serialised()]
    identifiers = [states[0]: 0]
  }

  private func serialised() -> [UInt8] { Array(serialise()) }

  /// The scanner's state, valid until it is asked for again. Lines are counted from the current one, so that what does not
  /// depend on the line is the same state.
  private func serialise() -> UnsafeRawBufferPointer {
    let count = Int(espalier_scanner_serialize(scanner.language, payload, buffer))
    if let first = scanner.lineNumbers.first, first + 2 <= count {
      let bytes = UnsafeMutableRawPointer(buffer)
      let line = bytes.loadUnaligned(fromByteOffset: first, as: Int16.self)
      for offset in scanner.lineNumbers where offset + 2 <= count {
        let isCurrent = bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self) == line
        bytes.storeBytes(of: isCurrent ? 0 : -1, toByteOffset: offset, as: Int16.self)
      }
    }
    return UnsafeRawBufferPointer(start: buffer, count: count)
  }

  deinit {
    espalier_scanner_destroy(scanner.language, payload)
    buffer.deallocate()
  }

  struct Result {
    var found: Bool
    var terminal: SymbolID
    var start: Int
    var end: Int
    var state: Int32
    /// The scanner saw the end of the text, so that more bytes could change its answer.
    var sawEnd: Bool
    /// The scanner asked for the column, so that other text in front could change its answer.
    var usedColumn: Bool
  }

  func serialisedState(_ number: Int32) -> [UInt8] { states[Int(number)] }

  /// Runs the scanner at `position` in the interned `state` with row `row` of valid terminals.
  ///
  /// - Parameter isFragment: `text` does not start where the file does.
  func scan(
    _ text: UnsafeBufferPointer<UInt8>, _ position: Int, row: Int, state: Int32, isFragment: Bool = false
  ) -> Result {
    let serialised = states[Int(state)]
    enter(serialised)
    espalier_lexer_start(&lexer, text.baseAddress, UInt32(text.count), UInt32(position))
    lexer.is_fragment = isFragment
    let found = espalier_scan(scanner.language, payload, &lexer, scanner.validity + row * scanner.terminals.count)
    let sawEnd = lexer.reached_end
    if lexer.passed_line { hasPassedLine = true }
    let start = Int(min(lexer.token_start, lexer.token_end))
    guard found, Int(lexer.lexer.result_symbol) < scanner.terminals.count,
      start <= position
        || scanner.allows(text[position..<start], before: scanner.terminals[Int(lexer.lexer.result_symbol)])
    else {
      return Result(
        found: false, terminal: .end, start: position, end: position, state: state, sawEnd: sawEnd,
        usedColumn: lexer.used_column)
    }
    let bytes = serialise()
    var after = state
    if !bytes.elementsEqual(serialised) { after = intern(Array(bytes)) }
    return Result(
      found: true, terminal: scanner.terminals[Int(lexer.lexer.result_symbol)], start: Int(lexer.token_start),
      end: Int(lexer.token_end), state: after, sawEnd: sawEnd, usedColumn: lexer.used_column)
  }

  /// Brings the scanner into a state. Some keep more of the state before than they should, as heredocs that were open in
  /// it (tree-sitter-bash 0.23): a new scanner does not.
  private func enter(_ serialised: [UInt8]) {
    deserialise(serialised)
    if serialise().elementsEqual(serialised) { return }
    espalier_scanner_destroy(scanner.language, payload)
    payload = espalier_scanner_create(scanner.language)
    deserialise(serialised)
  }

  private func deserialise(_ serialised: [UInt8]) {
    serialised.withUnsafeBytes { bytes in
      espalier_scanner_deserialize(
        scanner.language, payload, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
    }
  }

  /// What can be read in a serialised state: the words that end what is open, if the scanner keeps them.
  func words(of state: Int32) -> [[UInt8]] {
    if let known = wordsOfStates[state] { return known }
    // Characters may be kept in several bytes each.
    let words = states[Int(state)].filter { $0 != 0 }.split { $0 < 0x20 || $0 == 0x7F }.map(Array.init)
    wordsOfStates[state] = words
    return words
  }

  /// The number of a serialised state.
  func intern(_ bytes: [UInt8]) -> Int32 {
    if let known = identifiers[bytes] { return known }
    let identifier = Int32(states.count)
    states.append(bytes)
    identifiers[bytes] = identifier
    return identifier
  }
}
