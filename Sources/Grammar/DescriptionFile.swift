import Foundation
import Yams

/// Which keys a YAML file may have: the files are written by hand, and a mistyped key must not be silently ignored.
indirect enum DescriptionShape: Sendable {
  case value
  case list(DescriptionShape)
  case mapping([String: DescriptionShape])
  /// A mapping whose keys are the author's.
  case dictionary
  /// The same with values of one shape.
  case entries(DescriptionShape)
}

extension GrammarDescription {
  static let shape = DescriptionShape.mapping([
    "name": .value, "version": .value, "licence": .value, "extensions": .list(.value), "lineComment": .value,
    "blockComment": .list(.value), "blanks": .list(.value),
    "layout": .mapping([
      "newline": .value, "indent": .value, "dedent": .value, "tabWidth": .value, "brackets": .list(.value),
    ]),
    "contexts": .list(.list(.value)), "placeholders": .dictionary, "contents": .dictionary,
    "words": .mapping(["sets": .list(.value), "marks": .list(.value), "unless": .list(.value)]),
    "carriesState": .value, "lineNumbers": .list(.value), "probes": .list(.value),
    "functions": .list(.mapping(["node": .value, "name": .value, "body": .value])),
    "reference": .list(.value),
    "diagnostics": .mapping(["error": .value, "meaning": .list(.value), "undecided": .list(.value)]),
  ])

  /// Reads a `grammar.yml`. Throws `fileAccess` or `invalidDescription`.
  package init(path: String) throws(GrammarError) {
    self = try DescriptionFile.read(Self.self, path: path, shape: Self.shape)
  }
}

extension Dialect {
  static let shape = DescriptionShape.mapping([
    "forbiddenSymbols": .list(.value), "reservedWords": .list(.value), "strictLayout": .value, "padding": .value,
    "lineStarts": .mapping(["terminals": .list(.value), "behind": .list(.value)]),
    "scannerPadding": .mapping(["characters": .value, "unless": .list(.value)]),
    "tightTerminals": .list(.value), "lineEnds": .list(.value), "forbiddenPairs": .entries(.list(.value)),
    "children": .list(
      .mapping([
        "of": .list(.value), "forbidden": .list(.value), "through": .list(.value), "required": .list(.value),
        "when": .list(.value),
        "once": .list(.value), "order": .list(.list(.value)),
      ])),
    "reservedWhere": .list(.mapping(["starts": .value, "unless": .list(.value), "words": .list(.value)])),
    "forbiddenProductions": .list(.mapping(["symbol": .value, "children": .value, "last": .value])),
    "terminalPatterns": .dictionary, "forbiddenQueries": .list(.value), "validator": .value,
    "readAs": .list(.mapping(["pattern": .value, "replacement": .value])),
    "repairs": .mapping([
      "lossless": .value, "quotes": .list(.value), "fillers": .list(.value), "emptyBlock": .value,
      "rewrites": .list(.mapping(["pattern": .value, "replacement": .value, "cost": .value])),
    ]),
  ])

  /// Reads a `dialect.yml`; a file without content is the dialect that narrows nothing.
  /// Throws `fileAccess` or `invalidDescription`.
  package init(path: String) throws(GrammarError) {
    self = try DescriptionFile.read(Self.self, path: path, shape: Self.shape, ifEmpty: Dialect())
  }
}

/// Reads the YAML files of a grammar's folder, with errors that name file and line.
enum DescriptionFile {
  static func read<Value: Decodable>(
    _: Value.Type, path: String, shape: DescriptionShape, ifEmpty: Value? = nil
  ) throws(GrammarError) -> Value {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .fileAccess(path: path, reason: "cannot be read as UTF-8 text")
    }
    let root: Node?
    do {
      // What a scalar is follows from what is decoded; guessing it from the text would take most of the time.
      root = try compose(yaml: text, .basic)
    } catch {
      throw syntaxError(error, path: path)
    }
    guard let root else {
      if let ifEmpty { return ifEmpty }
      throw .invalidDescription(path: path, line: 1, expected: "a mapping", found: "an empty file")
    }
    if let ifEmpty, root.null != nil { return ifEmpty }
    try check(root, shape, path: path)
    do {
      return try YAMLDecoder().decode(Value.self, from: root)
    } catch {
      throw decodingError(error, root: root, path: path)
    }
  }

  private static func check(_ node: Node, _ shape: DescriptionShape, path: String) throws(GrammarError) {
    switch (shape, node) {
    case (.mapping(let keys), .mapping(let mapping)):
      for (key, value) in mapping {
        let name = key.string ?? "?"
        guard let expected = keys[name] else {
          throw .invalidDescription(
            path: path, line: line(of: key), expected: "one of the keys " + keys.keys.sorted().joined(separator: ", "),
            found: "'\(name)'")
        }
        try check(value, expected, path: path)
      }
    case (.entries(let element), .mapping(let mapping)):
      for (_, value) in mapping { try check(value, element, path: path) }
    case (.list(let element), .sequence(let sequence)):
      for value in sequence { try check(value, element, path: path) }
    case (.mapping, _), (.entries, _):
      throw .invalidDescription(path: path, line: line(of: node), expected: "a mapping", found: kind(of: node))
    case (.list, _):
      throw .invalidDescription(path: path, line: line(of: node), expected: "a list", found: kind(of: node))
    default: break
    }
  }

  private static func kind(of node: Node) -> String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar): "'\(scalar.string)'"
    case .alias: "an alias"
    }
  }

  private static func line(of node: Node) -> Int { node.mark?.line ?? 1 }

  private static func syntaxError(_ error: any Error, path: String) -> GrammarError {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      .invalidDescription(path: path, line: mark.line, expected: "YAML", found: problem)
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      .invalidDescription(
        path: path, line: context.mark.line, expected: "each key once",
        found: duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ") + " again")
    default:
      .invalidDescription(path: path, line: 1, expected: "YAML", found: "\(error)")
    }
  }

  private static func decodingError(_ error: any Error, root: Node, path: String) -> GrammarError {
    func place(_ codingPath: [any CodingKey]) -> Node {
      var node = root
      for key in codingPath {
        if let index = key.intValue, let sequence = node.sequence, sequence.indices.contains(index) {
          node = sequence[index]
        } else if let value = node.mapping?[Node(key.stringValue)] {
          node = value
        }
      }
      return node
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return .invalidDescription(
        path: path, line: line(of: place(context.codingPath)), expected: "the key '\(key.stringValue)'",
        found: "a mapping without it")
    case DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context):
      let node = place(context.codingPath)
      return .invalidDescription(
        path: path, line: line(of: node), expected: "a value of type \(type)", found: kind(of: node))
    case DecodingError.dataCorrupted(let context):
      let node = place(context.codingPath)
      return .invalidDescription(
        path: path, line: line(of: node), expected: "a fitting value", found: kind(of: node))
    default:
      return .invalidDescription(path: path, line: 1, expected: "a description", found: "\(error)")
    }
  }
}
