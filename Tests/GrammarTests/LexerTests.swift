import CGrammar
import Foundation
import Testing

@testable import Grammar

/// The lexer over bytes that scanners are driven with, and automata with limited padding.
@Suite struct LexerTests {
  private struct Scan: Equatable {
    var terminal: String?
    var range: Range<Int> = 0..<0
    var reachedEnd: Bool
  }

  /// Runs Python's scanner once, with all of `valid` allowed.
  private func scan(_ grammar: Grammar, _ text: String, at position: Int, valid names: Set<String>) -> Scan {
    let language = grammar.library.language
    let externals = grammar.tables.externalTerminals.map { grammar.tables.symbols[$0.index].name }
    let valid = externals.map(names.contains)
    let payload = espalier_scanner_create(language)
    defer { espalier_scanner_destroy(language, payload) }
    let bytes = Array(text.utf8)
    var lexer = EspalierTextLexer()
    let found = bytes.withUnsafeBufferPointer { buffer in
      espalier_lexer_start(&lexer, buffer.baseAddress, UInt32(buffer.count), UInt32(position))
      return espalier_scan(language, payload, &lexer, valid)
    }
    return Scan(
      terminal: found ? externals[Int(lexer.lexer.result_symbol)] : nil,
      range: Int(lexer.token_start)..<Int(lexer.token_end), reachedEnd: lexer.reached_end)
  }

  @Test func `drives an external scanner`() throws {
    guard let grammar = try TestSupport.grammar("python") else { return }
    #expect(espalier_has_scanner(grammar.library.language))
    let layout: Set = ["_newline", "_indent", "_dedent"]
    // A zero-width terminal: its start does not lie behind its end, though the scanner has skipped the padding.
    #expect(
      scan(grammar, "if x:\n  y", at: 5, valid: layout) == Scan(terminal: "_indent", range: 5..<5, reachedEnd: false))
    #expect(
      scan(grammar, "x\ny", at: 1, valid: ["_newline"]) == Scan(terminal: "_newline", range: 1..<1, reachedEnd: false))
    // What stands at the end of the bytes could change with more of them.
    #expect(
      scan(grammar, "x\n  ", at: 1, valid: ["_newline"]) == Scan(terminal: "_newline", range: 1..<1, reachedEnd: true))
    #expect(
      scan(grammar, " rb'''a", at: 0, valid: ["string_start"])
        == Scan(terminal: "string_start", range: 1..<6, reachedEnd: false))
    #expect(scan(grammar, "x", at: 0, valid: ["string_start"]).terminal == nil)
  }

  @Test func `a serialised scanner goes on where it was`() throws {
    guard let grammar = try TestSupport.grammar("python") else { return }
    let language = grammar.library.language
    let first = espalier_scanner_create(language)
    let second = espalier_scanner_create(language)
    defer {
      espalier_scanner_destroy(language, first)
      espalier_scanner_destroy(language, second)
    }
    let externals = grammar.tables.externalTerminals.map { grammar.tables.symbols[$0.index].name }
    let bytes = Array("'a'".utf8)
    var lexer = EspalierTextLexer()
    var state = [CChar](repeating: 0, count: Int(ESPALIER_SERIALIZATION_SIZE))
    let ended = bytes.withUnsafeBufferPointer { buffer in
      espalier_lexer_start(&lexer, buffer.baseAddress, 3, 0)
      guard espalier_scan(language, first, &lexer, externals.map { $0 == "string_start" }) else { return false }
      let length = espalier_scanner_serialize(language, first, &state)
      espalier_scanner_deserialize(language, second, state, length)
      espalier_lexer_start(&lexer, buffer.baseAddress, 3, 2)
      return espalier_scan(language, second, &lexer, externals.map { $0 == "string_end" || $0 == "_string_content" })
    }
    #expect(ended)
    #expect(externals[Int(lexer.lexer.result_symbol)] == "string_end")
    #expect(lexer.token_end == 3)
  }

  /// Calls a function of the lexer as a scanner does, with the address of the whole.
  private func advance(_ lexer: inout EspalierTextLexer, skip: Bool) {
    withUnsafeMutablePointer(to: &lexer) { pointer in
      pointer.pointee.lexer.advance(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: EspalierLexer.self), skip)
    }
  }

  private func column(_ lexer: inout EspalierTextLexer) -> UInt32 {
    withUnsafeMutablePointer(to: &lexer) { pointer in
      pointer.pointee.lexer.get_column(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: EspalierLexer.self))
    }
  }

  @Test func `decodes UTF-8, counts columns and sees the end`() {
    func start(_ bytes: [UInt8], at position: UInt32, _ check: (inout EspalierTextLexer) -> Void) {
      bytes.withUnsafeBufferPointer { buffer in
        var lexer = EspalierTextLexer()
        espalier_lexer_start(&lexer, buffer.baseAddress, UInt32(buffer.count), position)
        check(&lexer)
      }
    }
    for scalar: Unicode.Scalar in ["a", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
      start(Array(String(scalar).utf8) + [0x62], at: 0) { lexer in
        #expect(lexer.lexer.lookahead == Int32(scalar.value))
        #expect(!lexer.reached_end)
        advance(&lexer, skip: false)
        #expect(lexer.lexer.lookahead == 0x62)
      }
    }
    // Overlong, a surrogate, too large, a lone continuation, a byte that UTF-8 does not use.
    let malformed: [[UInt8]] = [
      [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xFF],
    ]
    for bytes in malformed {
      start(bytes + [0x62], at: 0) { lexer in
        #expect(lexer.lexer.lookahead == -1)
        #expect(lexer.lookahead_size == 1)
      }
    }
    start([0xE4, 0xB8], at: 0) { lexer in #expect(lexer.reached_end) }
    start(Array("x\néa".utf8), at: 5) { lexer in
      #expect(lexer.reached_end)
      #expect(lexer.lexer.lookahead == 0)
      #expect(lexer.position == lexer.length)
      #expect(column(&lexer) == 2)
      advance(&lexer, skip: true)
      #expect(lexer.position == 5)
    }
    start(Array("\u{feff}x".utf8), at: 0) { lexer in #expect(lexer.lexer.lookahead == 0xFEFF) }
  }

  @Test func `limited padding refuses other white space and nothing else`() throws {
    guard let grammar = try TestSupport.grammar("json") else { return }
    let limited = grammar.lexer.limitingPadding(to: " \t\r\n")
    let start = grammar.tables.lexStates[StateID.start.index]
    for byte in UInt8.min...UInt8.max {
      let before = grammar.lexer.next(start, byte)
      let after = limited.next(start, byte)
      #expect(after == (byte == 0x0B || byte == 0x0C ? LexicalAutomaton.dead : before), "byte \(byte)")
    }
  }
}
