import Grammar

/// Finds the children of nodes that break a rule of the dialect.
struct ChildJudge {
  let parents: Set<SymbolID>
  private let forbidden: Set<SymbolID>
  private let through: Set<SymbolID>
  private let required: Set<SymbolID>
  private let requiredName: String
  private let condition: Set<SymbolID>?
  private let once: Set<SymbolID>
  private let order: [Set<SymbolID>]

  /// Names of symbols that trees do not show count for nothing.
  init(_ rules: ChildRules, _ grammar: Grammar) {
    func symbols(_ kinds: [String]?) -> Set<SymbolID> {
      (kinds ?? []).reduce(into: []) { $0.formUnion(grammar.symbols(ofKind: $1)) }
    }
    parents = symbols(rules.of)
    forbidden = symbols(rules.forbidden)
    through = symbols(rules.through)
    required = symbols(rules.required)
    requiredName = rules.required?.first ?? ""
    condition = rules.when.map(symbols)
    once = symbols(rules.once)
    order = (rules.order ?? []).map(symbols)
  }

  /// The children of `node` that may not stand where they do, and the lack of one that must. O(children).
  func defects(in node: SyntaxNode, _ refusal: (SyntaxNode) -> SyntaxDefect) -> [SyntaxDefect] {
    var defects: [SyntaxDefect] = []
    var seen: Set<SymbolID> = []
    var group = 0
    let children = node.children.flatMap { through.contains($0.symbol) ? $0.children : [$0] }.filter { !$0.isExtra }
    let applies = condition.map { condition in children.contains { condition.contains($0.symbol) } } ?? true
    for child in children {
      let symbol = child.symbol
      let own = order.firstIndex { $0.contains(symbol) }
      if applies && forbidden.contains(symbol) || once.contains(symbol) && seen.contains(symbol)
        || own.map({ $0 < group }) ?? false
      {
        defects.append(refusal(child))
      }
      seen.insert(symbol)
      group = max(group, own ?? 0)
    }
    if applies, !required.isEmpty, seen.isDisjoint(with: required) {
      defects.append(
        SyntaxDefect(
          range: node.byteRange.lowerBound..<node.byteRange.lowerBound, start: node.start,
          message: "expected \(requiredName.replacing("_", with: " "))", isMissing: true))
    }
    return defects
  }
}
