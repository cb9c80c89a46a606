public import Grammar

/// One place where a text is not of its language.
public struct SyntaxDefect: Equatable, Sendable {
  /// Bytes of the text; empty where something is missing.
  public var range: Range<Int>
  public var start: TextPosition
  public var message: String
  /// Whether it is the lack of something, which the runtime named.
  public var isMissing: Bool

  public init(range: Range<Int>, start: TextPosition, message: String, isMissing: Bool = false) {
    self.range = range
    self.start = start
    self.message = message
    self.isMissing = isMissing
  }
}

/// Decides whether a text is of its language, with the strictest authority that is built in.
///
/// Where the dialect names a validator, that decides alone: the grammar is an approximation in both directions. Elsewhere
/// the runtime decides, and with it the dialect's forbidden symbols and queries. Belongs to one task at a time.
public final class SyntaxJudge {
  public let parser: SyntaxParser
  private let usesJSONValidator: Bool
  private let forbiddenSymbols: Set<SymbolID>
  private let childRules: [ChildJudge]
  /// All queries of the dialect in one: a walk over the tree costs more than what is asked of each node.
  private let forbiddenQuery: SyntaxQuery?

  /// Throws `unknownValidator` and `query` for a dialect that does not fit, and what `SyntaxParser.init` throws.
  public init(_ grammar: Grammar) throws(SyntaxError) {
    parser = try SyntaxParser(grammar)
    switch grammar.dialect.validator {
    case nil: usesJSONValidator = false
    case "json": usesJSONValidator = true
    case let name?: throw .unknownValidator(grammar: grammar.name, found: name)
    }
    forbiddenSymbols = (grammar.dialect.forbiddenSymbols ?? []).reduce(into: []) {
      $0.formUnion(grammar.symbols(ofKind: $1))
    }
    childRules = (grammar.dialect.children ?? []).map { ChildJudge($0, grammar) }
    let sources = grammar.dialect.forbiddenQueries ?? []
    // One by one first, for the places of mistakes.
    for source in sources { _ = try SyntaxQuery(source, grammar: grammar) }
    forbiddenQuery = sources.isEmpty ? nil : try SyntaxQuery(sources.joined(separator: "\n"), grammar: grammar)
  }

  /// Whether `source` has no defect; a text that cannot be parsed is not accepted.
  public func accepts(_ source: [UInt8]) -> Bool {
    if usesJSONValidator { return JSONValidator.accepts(source) }
    guard let tree = try? parser.parse(source), tree.isClean else { return false }
    return dialectDefects(in: tree).isEmpty
  }

  /// The defects of a parsed text in the order of the text; empty if it is of the language.
  public func defects(in tree: SyntaxTree) -> [SyntaxDefect] {
    if usesJSONValidator {
      guard let violation = JSONValidator.violation(in: tree.source) else { return [] }
      return [
        SyntaxDefect(
          range: violation.offset..<violation.offset,
          start: TextPosition(offset: violation.offset, in: tree.source),
          message: "expected \(violation.expected), found \(violation.found)")
      ]
    }
    let errors = tree.isClean ? [] : tree.errors().flatMap(innermost)
    return (errors.map(defect) + dialectDefects(in: tree)).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private func dialectDefects(in tree: SyntaxTree) -> [SyntaxDefect] {
    var defects: [SyntaxDefect] = []
    if !forbiddenSymbols.isEmpty || !childRules.isEmpty {
      var cursor = tree.root.cursor()
      cursor.walk { cursor in
        if forbiddenSymbols.contains(cursor.symbol) { defects.append(refusal(of: cursor.node)) }
        for rule in childRules where rule.parents.contains(cursor.symbol) {
          defects += rule.defects(in: cursor.node, refusal)
        }
        return true
      }
    }
    for match in forbiddenQuery?.matches(in: tree.root) ?? [] {
      defects.append(refusal(of: match.captures.first?.node ?? tree.root))
    }
    return defects
  }

  private func refusal(of node: SyntaxNode) -> SyntaxDefect {
    SyntaxDefect(
      range: node.byteRange, start: node.start,
      message: "\(parser.grammar.name) does not allow this \(node.kind.replacing("_", with: " "))")
  }

  /// The ERROR and MISSING nodes below an ERROR node that have no further ones below them: an ERROR node can span the
  /// whole text, and what is wrong stands in its depth.
  private func innermost(_ error: SyntaxNode) -> [SyntaxNode] {
    var found: [SyntaxNode] = []
    var cursor = error.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.isMissing || (node.isError && node != error) { found.append(node) }
      return node.hasError
    }
    return found.isEmpty ? [error] : found
  }

  private func defect(_ node: SyntaxNode) -> SyntaxDefect {
    let name = node.isNamed ? node.kind.replacing("_", with: " ") : "'\(node.kind)'"
    let text = node.bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let shown = String(decoding: text, as: UTF8.self)
    let cut = shown.count > 40 || text.count < node.bytes.count ? "\(shown.prefix(40)) …" : shown
    return SyntaxDefect(
      range: node.byteRange, start: node.start,
      message: node.isMissing ? "expected \(name)" : cut.isEmpty ? "unexpected text" : "unexpected '\(cut)'",
      isMissing: node.isMissing)
  }
}
