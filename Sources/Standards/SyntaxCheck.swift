import Grammar
import Recognition
import Syntax

/// Finds what is wrong with a file's syntax. Belongs to one task at a time.
///
/// The runtime's ERROR nodes show what its recovery threw away, often lines from the mistake, and one mistake leaves many
/// of them. Where the text stops being viable is known exactly from the recogniser, so that place is reported, as one
/// finding; what the runtime calls missing just before it says more and is kept.
final class SyntaxCheck {
  private let judge: SyntaxJudge
  /// Made when a file first needs it.
  private lazy var recogniser: Recogniser? = (try? Language(judge.parser.grammar, applyingDialect: false)).map(
    Recogniser.init)

  /// Throws what `SyntaxJudge.init` throws.
  init(_ grammar: Grammar) throws(SyntaxError) {
    judge = try SyntaxJudge(grammar)
  }

  /// Throws what `SyntaxParser.parse` throws.
  func parse(_ source: [UInt8]) throws(SyntaxError) -> SyntaxTree { try judge.parser.parse(source) }

  /// The defects of a parsed file in the order of the text.
  func defects(in tree: SyntaxTree) -> [SyntaxDefect] {
    let defects = judge.defects(in: tree)
    // What a validator or the dialect finds has an exact place already.
    guard judge.parser.grammar.dialect.validator == nil, !tree.isClean else { return defects }
    guard let offset = failure(in: tree.source) else { return defects }
    let first = SyntaxDefect(
      range: offset..<offset, start: TextPosition(offset: offset, in: tree.source),
      message: "unexpected \(Self.describe(tree.source, at: offset))")
    if let missing = defects.first, missing.isMissing, missing.range.lowerBound <= offset { return [missing] }
    return [first]
  }

  /// The offset of the first terminal that cannot follow the text before it; nil if the recogniser has no objection.
  private func failure(in source: [UInt8]) -> Int? {
    guard let recogniser else { return nil }
    return judge.parser.grammar.reading.apply(source).withUnsafeBufferPointer { buffer in
      recogniser.accepts(buffer) ? nil : recogniser.failure.map { min($0.position, buffer.count) }
    }
  }

  /// The word or character at `offset`, in quotes, or a name for a place without one.
  private static func describe(_ source: [UInt8], at offset: Int) -> String {
    let rest = source[offset...]
    guard let byte = rest.first else { return "end of the file" }
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return "end of the line"
    case UInt8(ascii: " "), UInt8(ascii: "\t"): return "space"
    default: break
    }
    let text = String(decoding: rest.prefix(160), as: UTF8.self)
    let word = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return "'\(word.isEmpty ? text.prefix(1) : word.prefix(40))'"
  }
}
