import Diffusion
import Grammar
public import Recognition
import Syntax

/// Finds the function that is to be written, and makes its body a hole.
///
/// The parse tree and the `functions` entries of the grammar's description say where a body is. A body that is missing
/// is found by trial: text after the signature for which the parser sees the function with a body.
public struct FunctionPlan {
  let language: Language
  let entries: [GrammarDescription.Function]
  let parser: SyntaxParser

  /// Text of a body that only stands for one.
  static let stubs: Set<String> = ["...", "pass", "...;", "pass;"]

  /// Throws `functionsUnknown`, and `SyntaxError` for a grammar that does not fit the runtime.
  public init(_ language: Language) throws {
    guard let entries = language.grammar.description.functions, !entries.isEmpty else {
      throw GenerationError.functionsUnknown(grammar: language.grammar.name)
    }
    self.language = language
    self.entries = entries
    parser = try SyntaxParser(language.grammar)
  }

  /// The plan to write the body of the function `name` of `text`, in a hole of `length` tokens.
  ///
  /// Throws `functionNotFound`, `functionHasBody`.
  public func plan(_ text: [UInt8], name: String, length: Int) throws(GenerationError) -> GenerationPlan {
    var complete: SyntaxNode?
    var fewest = 0
    if let tree = try? parser.parse(text) {
      for function in functions(named: name, in: tree) where !(function.body?.hasError ?? true) {
        guard let body = function.body, !body.byteRange.isEmpty else { continue }
        if let gap = BodyGap(body, of: function.node, replacesAll: false) {
          return gap.plan(text, line: function.node.start.line, length: length)
        }
        if complete == nil, !function.node.hasError {
          complete = function.node
          // The parser may take the next function's body for this one's: with a body of its own there is one more.
          fewest = functions(named: nil, in: tree).count + 1
        }
      }
    }
    if let plan = missingBody(text, name: Array(name.utf8), fewest: fewest, length: length) { return plan }
    if let complete { throw .functionHasBody(name: name, line: complete.start.line) }
    throw .functionNotFound(name: name)
  }

  /// The functions of a tree called `name`, or all, in the order of the text; `body` is nil where a function has none.
  func functions(named name: String?, in tree: SyntaxTree) -> [(node: SyntaxNode, body: SyntaxNode?)] {
    var found: [(node: SyntaxNode, body: SyntaxNode?)] = []
    var cursor = tree.root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      for entry in entries where node.kind == entry.node {
        if let title = node.child(field: entry.name), name.map({ Self.names(title, $0) }) ?? true {
          found.append((node, node.child(field: entry.body)))
        }
      }
      return true
    }
    return found
  }

  /// Whether the first leaf that is an identifier in `node` is `name`: a name may stand within a declarator.
  private static func names(_ node: SyntaxNode, _ name: String) -> Bool {
    var first: String?
    var cursor = node.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if first == nil, node.isNamed, node.childCount == 0, node.kind.hasSuffix("identifier") { first = node.text }
      return first == nil
    }
    return (first ?? node.text) == name
  }

  // MARK: A missing body

  /// The lines after a name in which its signature may end.
  private static let signatureLines = 12
  private static let occurrencesTried = 16

  private func missingBody(_ text: [UInt8], name: [UInt8], fewest: Int, length: Int) -> GenerationPlan? {
    for occurrence in Self.occurrences(of: name, in: text).prefix(Self.occurrencesTried) {
      var end = occurrence
      for _ in 0..<Self.signatureLines {
        let lineEnd = text[end...].firstIndex(of: 0x0A) ?? text.count
        var stop = lineEnd
        while stop > end, [0x20, 0x09, 0x0D].contains(text[stop - 1]) { stop -= 1 }
        if stop > end, let plan = body(text, name, signature: occurrence..<stop, fewest, length) { return plan }
        guard lineEnd < text.count else { break }
        end = lineEnd + 1
      }
    }
    return nil
  }

  /// Tries what may open a body right behind `signature`, and takes what makes it a function.
  private func body(
    _ text: [UInt8], _ name: [UInt8], signature: Range<Int>, _ fewest: Int, _ length: Int
  ) -> GenerationPlan? {
    let stop = signature.upperBound
    let recogniser = HoleRecogniser(language, prefix: Array(text[..<stop]), segments: [Array(text[stop...])])
    guard recogniser.isViable else { return nil }
    let start = recogniser.checkpoint
    for opening in [[]] + openings {
      recogniser.restore(start)
      guard opening.isEmpty || recogniser.append(opening), recogniser.completeAndClose(),
        let tree = try? parser.parse(recogniser.text), tree.isClean,
        fewest == 0 || functions(named: nil, in: tree).count >= fewest
      else { continue }
      for function in functions(named: String(decoding: name, as: UTF8.self), in: tree) {
        guard let body = function.body, function.node.byteRange.contains(signature.lowerBound),
          body.byteRange.lowerBound >= stop, body.byteRange.upperBound <= stop + recogniser.text.count - text.count,
          let gap = BodyGap(body, of: function.node, replacesAll: true)
        else { continue }
        let line = TextPosition(offset: signature.lowerBound, in: text).line
        return gap.plan(recogniser.text, line: line, length: length)
      }
    }
    return nil
  }

  /// Fixed terminals that a body may start with: punctuation as it is written after a signature.
  private var openings: [[UInt8]] {
    let tables = language.grammar.tables
    return tables.symbols.prefix(tables.terminalCount).compactMap { symbol in
      let bytes = Array(symbol.name.utf8)
      guard !symbol.isNamed, let first = bytes.first, bytes.count <= 2, first < 0x80, !Self.isWord(first) else {
        return nil
      }
      return ["(", "[", "{", "="].contains(symbol.name) ? [0x20] + bytes : bytes
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// Where `name` stands as a word.
  private static func occurrences(of name: [UInt8], in text: [UInt8]) -> [Int] {
    guard let first = name.first else { return [] }
    return text.indices.filter { index in
      text[index] == first && text[index...].starts(with: name) && (index == 0 || !isWord(text[index - 1]))
        && (index + name.count == text.count || !isWord(text[index + name.count]))
    }
  }
}
