import Diffusion
import Grammar
import Repair
import Syntax

/// One mistake as people make them, put into a text that has none.
public struct SyntheticDamage: Sendable {
  public enum Kind: String, CaseIterable, Sendable, Encodable {
    case deleted = "terminal deleted"
    case inserted = "terminal inserted"
    case replaced = "terminal replaced"
    case bracket = "bracket dropped"
    case quote = "quote dropped"
    case indentation = "indentation changed"
    case swapped = "lines swapped"

    /// Those that a language has: indentation means something under a layout rule only.
    static func all(of grammar: Grammar) -> [Kind] {
      allCases.filter { $0 != .indentation || grammar.description.layout != nil }
    }
  }

  public var kind: Kind
  public var text: [UInt8]

  /// How often a kind is drawn again where the text stays valid.
  private static let attempts = 40

  /// A text of a language, with its terminals, to be damaged.
  struct Original {
    let bytes: [UInt8]
    /// What is no comment, in the order of the text.
    fileprivate let terminals: [Range<Int>]
    fileprivate let lines: [Range<Int>]

    /// Nil for a text that is not valid, or has fewer or more lines.
    init?(_ bytes: [UInt8], _ count: ClosedRange<Int>, _ repairer: Repairer, _ parser: SyntaxParser) {
      guard count.contains(bytes.count { $0 == 0x0A }), repairer.isValid(bytes), let tree = try? parser.parse(bytes)
      else { return nil }
      self.bytes = bytes
      var terminals: [Range<Int>] = []
      var cursor = tree.root.cursor()
      cursor.walk { cursor in
        let node = cursor.node
        if node.isExtra { return false }
        if node.childCount == 0, bytes[node.byteRange].contains(where: { $0 > 0x20 }) {
          terminals.append(node.byteRange)
        }
        return true
      }
      self.terminals = terminals
      var lines: [Range<Int>] = []
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        lines.append(start..<end)
        start = end
      }
      self.lines = lines
    }

    fileprivate func terminals(of characters: String) -> [Range<Int>] {
      let wanted = Array(characters.utf8)
      return terminals.filter { range in bytes[range].allSatisfy { wanted.contains($0) } }
    }
  }

  /// Damage of `kind` that `isBroken` calls such; nil if none is found. The same generator draws the same damage.
  static func make(
    _ kind: Kind, in original: Original, using generator: inout SeededGenerator, isBroken: ([UInt8]) -> Bool
  ) -> SyntheticDamage? {
    for _ in 0..<attempts {
      guard let text = draw(kind, original, &generator) else { return nil }
      if text != original.bytes, isBroken(text) { return SyntheticDamage(kind: kind, text: text) }
    }
    return nil
  }

  private static func draw(_ kind: Kind, _ original: Original, _ generator: inout SeededGenerator) -> [UInt8]? {
    let bytes = original.bytes
    func without(_ range: Range<Int>) -> [UInt8] { Array(bytes[..<range.lowerBound] + bytes[range.upperBound...]) }
    func isWord(_ byte: UInt8?) -> Bool {
      guard let byte else { return false }
      return byte >= 0x80 || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }
    switch kind {
    case .deleted: return original.terminals.randomElement(using: &generator).map(without)
    case .bracket: return original.terminals(of: "()[]{}").randomElement(using: &generator).map(without)
    case .quote: return original.terminals(of: "\"'`").randomElement(using: &generator).map(without)
    case .inserted:
      guard let range = original.terminals.randomElement(using: &generator),
        let place = original.terminals.randomElement(using: &generator)
      else { return nil }
      let written = Array(bytes[range])
      let blank: [UInt8] = isWord(written.last) && isWord(bytes[place.lowerBound]) ? [0x20] : []
      return Array(bytes[..<place.lowerBound] + written + blank + bytes[place.lowerBound...])
    case .replaced:
      guard let range = original.terminals.randomElement(using: &generator),
        let place = original.terminals.randomElement(using: &generator), bytes[range] != bytes[place]
      else { return bytes }
      return Array(bytes[..<place.lowerBound] + bytes[range] + bytes[place.upperBound...])
    case .indentation:
      guard let line = original.lines.randomElement(using: &generator) else { return nil }
      let blanks = bytes[line].prefix { $0 == 0x20 || $0 == 0x09 }.count
      guard bytes[line].contains(where: { $0 > 0x20 }) else { return bytes }
      let change = [-8, -4, -2, -1, 1, 2, 4, 8].randomElement(using: &generator) ?? 1
      if change < 0 {
        guard blanks >= -change else { return bytes }
        return without(line.lowerBound..<line.lowerBound - change)
      }
      return Array(bytes[..<line.lowerBound]) + [UInt8](repeating: 0x20, count: change) + bytes[line.lowerBound...]
    case .swapped:
      guard original.lines.count > 1 else { return nil }
      let index = Int.random(in: 0..<original.lines.count - 1, using: &generator)
      let (a, b) = (original.lines[index], original.lines[index + 1])
      guard bytes[b].last == 0x0A else { return bytes }
      return Array(bytes[..<a.lowerBound] + bytes[b] + bytes[a] + bytes[b.upperBound...])
    }
  }
}
