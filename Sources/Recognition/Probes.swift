import Foundation
import Grammar

extension Language {
  /// Continuations that an external scanner is tried with where the known text ends: a line at every open column and one
  /// deeper. Empty without a layout rule. Scanners find layout even where it is not valid. O(open blocks).
  func layoutProbes(_ arena: StackArena, _ head: Head, _ text: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
    guard let layout else { return [] }
    var result: [[UInt8]] = []
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
  private let contextTexts: [[UInt8]]
  /// What stands around a word of the scanner's state.
  private let templates: [(before: [UInt8], after: [UInt8])]

  init(_ description: GrammarDescription) {
    let probes = description.probes ?? []
    let own = probes.filter { !$0.contains(Self.word) }.map { Array($0.utf8) }
    templates = probes.filter { $0.contains(Self.word) }.map {
      let parts = $0.components(separatedBy: Self.word)
      return (Array(parts[0].utf8), Array(parts[1].utf8))
    }
    // A scanner that looks past comments decides on what follows them.
    let behindComment = (description.blockComment ?? []).dropFirst().flatMap { end in
      ["a ", "\na "].map { Array((end + $0).utf8) }
    }
    texts = Self.common + behindComment + own
    closers = own + Self.closing
    contextTexts = texts + closers.map { $0 + [0x20] }
  }

  /// The continuations that need a word of the scanner's state, as the word that ends a heredoc. O(words).
  func filled(_ words: [[UInt8]]) -> [[UInt8]] {
    words.flatMap { word in templates.map { $0.before + word + $0.after } }
  }

  func contextTexts(_ words: [[UInt8]]) -> [[UInt8]] { filled(words) + contextTexts }

  private static let word = "{}"

  private static let common: [[UInt8]] = [
    "a ", "0 ", " a", "\na", ") ", "] ", "} ", "\" ", "' ", "` ", "= ", "a\" ", "a' ", "a` ", "a\"\"\" ", "a''' ",
  ].map { Array($0.utf8) }
  private static let closing: [[UInt8]] = [
    "\"", "'", "`", ")", "]", "}", "\"\"\"", "'''", "*/", "\n", ";", ">",
  ].map { Array($0.utf8) }
}
