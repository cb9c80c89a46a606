public import Grammar
public import Reporting
public import Syntax

/// The rules for one language, ready to be tested on its files, and the check of its syntax. Belongs to one task at a
/// time.
public final class CompiledRules {
  private let syntax: SyntaxCheck
  private var kinds: [SymbolID: Rule] = [:]
  private var queries: [(rule: Rule, query: SyntaxQuery)] = []
  private var names: [(rule: Rule, query: SyntaxQuery, capture: Int, pattern: TextPattern)] = []
  private var lengths: [(rule: Rule, columns: Int, tabWidth: Int)] = []

  /// What can be wrong before a file is read.
  public enum Mistake: Error {
    case rule(RuleError)
    /// The grammar or its dialect does not fit the runtime.
    case grammar(SyntaxError)
  }

  /// Compiles those of `rules` that apply to the grammar's language. Throws the first node kind, query, capture or
  /// regular expression that is wrong.
  public init(_ rules: [Rule], grammar: Grammar) throws(Mistake) {
    do throws(SyntaxError) {
      syntax = try SyntaxCheck(grammar)
    } catch {
      throw .grammar(error)
    }
    for rule in rules where rule.applies(to: grammar.name) {
      do throws(RuleError) {
        try add(rule, grammar)
      } catch {
        throw .rule(error)
      }
    }
  }

  private func add(_ rule: Rule, _ grammar: Grammar) throws(RuleError) {
    switch rule.test {
    case .forbid(let forbidden):
      for kind in forbidden {
        let symbols = grammar.symbols(ofKind: kind)
        guard !symbols.isEmpty else {
          throw RuleError(
            rule.location, expected: "a node kind of the grammar \(grammar.name) in the rule '\(rule.id)'",
            found: "'\(kind)'")
        }
        for symbol in symbols where kinds[symbol] == nil { kinds[symbol] = rule }
      }
    case .query(let source):
      let query = try compile(source, rule, grammar)
      guard !query.captureNames.isEmpty else {
        throw RuleError(
          rule.location, expected: "a capture in the query of the rule '\(rule.id)', as the place of its findings",
          found: "none")
      }
      queries.append((rule, query))
    case .name(let source, let capture, let pattern):
      let query = try compile(source, rule, grammar)
      guard let id = query.captureID(capture) else {
        let known = query.captureNames.map { "@\($0)" }.joined(separator: ", ")
        throw RuleError(
          rule.location, expected: "the capture @\(capture) in the query of the rule '\(rule.id)'",
          found: known.isEmpty ? "no capture" : known)
      }
      do {
        names.append((rule, query, id, try TextPattern(pattern)))
      } catch {
        throw RuleError(
          rule.location, expected: "a regular expression in the rule '\(rule.id)'",
          found: "'\(pattern)': \(error.reason)")
      }
    case .lineLength(let columns, let tabWidth):
      lengths.append((rule, columns, tabWidth))
    }
  }

  private func compile(_ source: String, _ rule: Rule, _ grammar: Grammar) throws(RuleError) -> SyntaxQuery {
    do {
      return try SyntaxQuery(source, grammar: grammar)
    } catch {
      guard case .query(let line, let column, let expected, let found) = error else {
        throw RuleError(rule.location, expected: "a query in the rule '\(rule.id)'", found: error.description)
      }
      throw RuleError(
        rule.location, expected: "\(expected) at line \(line), column \(column) of the query of the rule '\(rule.id)'",
        found: found)
    }
  }

  /// The findings in one file, sorted by place. Throws what `SyntaxParser.parse` throws.
  public func findings(in source: [UInt8], path: String) throws(SyntaxError) -> [Finding] {
    let tree = try syntax.parse(source)
    var findings = FindingList(path: path, source: source)
    for defect in syntax.defects(in: tree) {
      findings.add(
        RuleFile.syntaxRule, .error, defect.message, row: defect.start.row, byteColumn: defect.start.column)
    }
    if !kinds.isEmpty {
      var cursor = tree.root.cursor()
      cursor.walk { cursor in
        if let rule = kinds[cursor.symbol] { findings.add(rule, at: cursor.node) }
        return true
      }
    }
    for (rule, query) in queries {
      for match in query.matches(in: tree.root) {
        findings.add(rule, at: match.captures.first?.node ?? tree.root)
      }
    }
    for (rule, query, capture, pattern) in names {
      for match in query.matches(in: tree.root) {
        for node in match.nodes(capture) {
          let text = node.text
          if !pattern.matchesWhole(of: text) { findings.add(rule, at: node, suffix: ": found '\(text)'") }
        }
      }
    }
    for (rule, columns, tabWidth) in lengths {
      for excess in LineLength.excesses(in: source, limit: columns, tabWidth: tabWidth) {
        findings.add(
          rule.id, rule.severity, rule.message + ": found \(excess.width) columns", row: excess.row,
          scalarColumn: excess.column)
      }
    }
    return findings.sorted()
  }
}
