import Grammar

extension Language {
  /// Continuations that an external scanner is tried with where the known text ends.
  ///
  /// A letter, digit, blank, line break, closing delimiters, quotes; under a layout rule a line at every open column
  /// and one deeper; and what the grammar's folder adds. O(open blocks).
  func probes(_ arena: StackArena, _ head: Head, _ text: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
    var result = fixedProbes.texts
    guard let layout else { return result }
    var columns = arena.openColumns(of: head.node)
    columns.insert(columns[0] + 4, at: 0)
    let padding = layout.padding(text, head.position)
    let atIndentation = padding.reachesEnd && padding.crossesLine
    for column in columns {
      if atIndentation, column >= padding.column {
        result.append([UInt8](repeating: 0x20, count: column - padding.column) + [0x61, 0x20])
      }
      result.append([0x0A] + [UInt8](repeating: 0x20, count: column) + [0x61, 0x20])
    }
    if atIndentation { result.append([0x20, 0x20, 0x20, 0x20, 0x61, 0x20]) }
    return result
  }
}

/// Continuations that do not depend on the place, built once for a language.
struct FixedProbes {
  /// What an external scanner is tried with at the end of known text.
  let texts: [[UInt8]]
  /// Text that may end what a scanner has open.
  let closers: [[UInt8]]
  /// What a scanner is tried with to learn in which context it is: both.
  let contextTexts: [[UInt8]]

  init(_ description: GrammarDescription) {
    let own = (description.probes ?? []).map { Array($0.utf8) }
    texts = Self.common + own
    closers = own + Self.closing
    contextTexts = texts + closers.map { $0 + [0x20] }
  }

  private static let common: [[UInt8]] = [
    "a ", "0 ", " a", "\na", ") ", "] ", "} ", "\" ", "' ", "` ", "= ", "a\" ", "a' ", "a` ", "a\"\"\" ", "a''' ",
  ].map { Array($0.utf8) }
  private static let closing: [[UInt8]] = [
    "\"", "'", "`", ")", "]", "}", "\"\"\"", "'''", "*/", "\n", ";", ">",
  ].map { Array($0.utf8) }
}
