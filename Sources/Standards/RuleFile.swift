import Reporting
import Yams

/// A rule file: YAML with one key, `rules`, and under it a list of rules.
///
/// The nodes are read by hand rather than through `Codable`, since every mistake has to name its line, and a key that is
/// not known must not be passed over.
public struct RuleFile: Equatable, Sendable {
  public var rules: [Rule]

  /// The identifier of findings about syntax, which no rule may take.
  public static let syntaxRule = "syntax"

  /// Reads `text`, the content of `file`. Throws the first mistake: unknown or missing keys, values of the wrong type,
  /// identifiers that occur twice. Queries and expressions are checked by `CompiledRules`.
  public init(_ text: String, file: String) throws(RuleError) {
    let reader = RuleReader(file: file)
    var ids: Set<String> = []
    rules = []
    for node in try reader.ruleNodes(text) {
      let rule = try reader.rule(node)
      guard ids.insert(rule.id).inserted else {
        throw RuleError(reader.location(node), expected: "an id of its own for each rule", found: "'\(rule.id)' again")
      }
      rules.append(rule)
    }
  }
}

/// Turns YAML nodes into rules.
private struct RuleReader {
  let file: String

  private static let tests = ["forbid", "query", "name", "line-length"]
  private static let keys = ["id", "language", "severity", "message", "tab-width"] + tests

  func location(_ node: Node) -> Rule.Location { Rule.Location(file: file, line: node.mark?.line ?? 1) }

  func ruleNodes(_ text: String) throws(RuleError) -> [Node] {
    let start = Rule.Location(file: file, line: 1)
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch {
      throw mistake(error)
    }
    guard let root else { throw RuleError(start, expected: "a mapping with the key 'rules'", found: "an empty file") }
    let fields = try mapping(root, keys: ["rules"], what: "a mapping with the key 'rules'")
    guard let rules = fields["rules"] else {
      throw RuleError(location(root), expected: "the key 'rules'", found: "no such key")
    }
    guard case .sequence(let nodes) = rules else {
      throw RuleError(location(rules), expected: "a list of rules", found: kind(rules))
    }
    return Array(nodes)
  }

  func rule(_ node: Node) throws(RuleError) -> Rule {
    let fields = try mapping(node, keys: Self.keys, what: "a rule, which is a mapping")
    let id = try string(required("id", fields, node), "id")
    guard !id.isEmpty, id.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }) else {
      throw RuleError(location(node), expected: "an id without spaces and brackets", found: "'\(id)'")
    }
    guard id != RuleFile.syntaxRule else {
      throw RuleError(location(node), expected: "another id: '\(id)' is that of syntax errors", found: "'\(id)'")
    }
    let present = Self.tests.filter { fields[$0] != nil }
    guard present.count == 1, let test = present.first, let value = fields[test] else {
      throw RuleError(
        location(node), expected: "exactly one of \(Self.tests.joined(separator: ", ")) in the rule '\(id)'",
        found: present.isEmpty ? "none" : present.joined(separator: " and "))
    }
    if let tabWidth = fields["tab-width"], test != "line-length" {
      throw RuleError(location(tabWidth), expected: "tab-width only beside line-length", found: "it beside \(test)")
    }
    let languages = try fields["language"].map { node throws(RuleError) in try strings(node, "language") } ?? []
    if languages.isEmpty, test != "line-length" {
      throw RuleError(location(node), expected: "the key 'language' in the rule '\(id)'", found: "no such key")
    }
    return Rule(
      id: id, languages: languages, severity: try severity(fields["severity"]),
      message: try string(required("message", fields, node), "message"),
      test: try self.test(test, value, fields), location: location(value))
  }

  private func test(_ name: String, _ value: Node, _ fields: [String: Node]) throws(RuleError) -> Rule.Test {
    switch name {
    case "forbid": return .forbid(kinds: try strings(value, name))
    case "query": return .query(try string(value, name))
    case "name":
      let parts = try mapping(value, keys: ["query", "capture", "pattern"], what: "a mapping under 'name'")
      return .name(
        query: try string(required("query", parts, value), "query"),
        capture: try string(required("capture", parts, value), "capture"),
        pattern: try string(required("pattern", parts, value), "pattern"))
    default:
      return .lineLength(
        columns: try count(value, name, upTo: 1_000_000),
        tabWidth: try fields["tab-width"].map { node throws(RuleError) in try count(node, "tab-width", upTo: 64) } ?? 8)
    }
  }

  private func severity(_ node: Node?) throws(RuleError) -> Finding.Severity {
    guard let node else { return .warning }
    let name = try string(node, "severity")
    guard let severity = Finding.Severity(rawValue: name) else {
      let known = Finding.Severity.allCases.map(\.rawValue).joined(separator: ", ")
      throw RuleError(location(node), expected: "one of \(known) for severity", found: "'\(name)'")
    }
    return severity
  }

  private func required(_ key: String, _ fields: [String: Node], _ parent: Node) throws(RuleError) -> Node {
    guard let node = fields[key] else {
      throw RuleError(location(parent), expected: "the key '\(key)'", found: "no such key")
    }
    return node
  }

  private func mapping(_ node: Node, keys: [String], what: String) throws(RuleError) -> [String: Node] {
    guard case .mapping(let mapping) = node else { throw RuleError(location(node), expected: what, found: kind(node)) }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key, keys.contains(scalar.string) else {
        let list = keys.count == 1 ? "the key" : "one of the keys"
        throw RuleError(location(key), expected: "\(list) \(keys.joined(separator: ", "))", found: kind(key))
      }
      fields[scalar.string] = value
    }
    return fields
  }

  /// A scalar that YAML reads as text: `yes` or `3` without quotes is none.
  private func string(_ node: Node, _ key: String) throws(RuleError) -> String {
    guard case .scalar(let scalar) = node, node.tag.description == Tag.Name.str.rawValue else {
      let isScalar = if case .scalar(let scalar) = node { !scalar.string.isEmpty } else { false }
      throw RuleError(
        location(node), expected: "text for \(key)",
        found: kind(node) + (isScalar ? ", which YAML takes for text only in quotes" : ""))
    }
    return scalar.string
  }

  /// One text, or a list of at least one.
  private func strings(_ node: Node, _ key: String) throws(RuleError) -> [String] {
    guard case .sequence(let nodes) = node else { return [try string(node, key)] }
    guard !nodes.isEmpty else {
      throw RuleError(location(node), expected: "text or a list of texts for \(key)", found: "an empty list")
    }
    var strings: [String] = []
    for node in nodes { strings.append(try string(node, key)) }
    return strings
  }

  private func count(_ node: Node, _ key: String, upTo limit: Int) throws(RuleError) -> Int {
    guard case .scalar = node, node.tag.description == Tag.Name.int.rawValue, let value = node.int,
      (1...limit).contains(value)
    else {
      throw RuleError(location(node), expected: "a whole number from 1 to \(limit) for \(key)", found: kind(node))
    }
    return value
  }

  private func kind(_ node: Node) -> String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
    case .alias: "an alias"
    }
  }

  private func mistake(_ error: any Error) -> RuleError {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      RuleError(Rule.Location(file: file, line: mark.line), expected: "YAML", found: "a mistake: \(problem)")
    case YamlError.duplicatedKeysInMapping(let keys, let context):
      RuleError(
        Rule.Location(file: file, line: context.mark.line), expected: "each key once",
        found: "\(keys.sorted().map { "'\($0)'" }.joined(separator: ", ")) twice")
    case YamlError.reader(let problem, _, _, _):
      RuleError(Rule.Location(file: file, line: 1), expected: "YAML", found: "a mistake: \(problem)")
    default:
      RuleError(Rule.Location(file: file, line: 1), expected: "YAML", found: "a mistake: \(error)")
    }
  }
}
