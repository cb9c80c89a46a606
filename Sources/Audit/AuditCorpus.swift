import Foundation
public import Grammar

/// A text that an audit runs on.
public struct AuditInput: Sendable {
  /// Where it comes from: a path, with the record behind `#` for data sets.
  public var name: String
  public var language: String
  public var bytes: [UInt8]
}

/// Why an audit cannot run.
public enum AuditError: Error, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case noInputs(paths: [String])
  case unknownLanguage(path: String)
  case badRecord(path: String, line: Int, expected: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .noInputs(let paths): "no files of a known language in \(paths.joined(separator: ", "))"
    case .unknownLanguage(let path): "\(path): no grammar for this file; name one with --language"
    case .badRecord(let path, let line, let expected): "\(path):\(line): expected \(expected)"
    }
  }
}

/// Collects the inputs of an audit: files, folders, and data sets of records (.jsonl).
public struct AuditCorpus: Sendable {
  public var inputs: [AuditInput] = []
  /// The inputs of each language, sorted by its name.
  public var byLanguage: [(language: String, inputs: [AuditInput])] {
    Dictionary(grouping: inputs, by: \.language).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// - Parameters:
  ///   - paths: files and folders; a folder is walked and files of unknown languages in it are passed over.
  ///   - language: the language of all files, or nil to tell it from their names. A data set's name starts with it.
  ///   - limit: files per path at the most.
  public init(paths: [String], language: String?, store: GrammarStore, limit: Int = .max) throws(AuditError) {
    let entries = store.list()
    let known = Set(entries.map(\.name))
    var endings: [String: String] = [:]
    for entry in entries {
      for ending in entry.description?.extensions ?? [] { endings[ending] = entry.name }
    }
    func tell(_ path: String) -> String? { endings[(path as NSString).pathExtension] }
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw .unreadable(path: path, reason: "no such file or folder")
      }
      if !isFolder.boolValue {
        if path.hasSuffix(".jsonl") {
          try addRecords(path, language ?? Self.prefix(path, known))
          continue
        }
        guard let name = language ?? tell(path) else { throw .unknownLanguage(path: path) }
        inputs.append(AuditInput(name: path, language: name, bytes: try Self.read(path)))
        continue
      }
      // The walk does not follow a link, not even the one it was given.
      let folder = (path as NSString).resolvingSymlinksInPath
      guard let walk = FileManager.default.enumerator(atPath: folder) else { continue }
      var files = walk.compactMap { $0 as? String }.filter { !$0.contains("/.") && !$0.hasPrefix(".") }.sorted()
      files = files.filter {
        $0.hasSuffix(".jsonl")
          || (tell($0).map { language == nil || language == $0 } ?? false)
      }
      for file in files.prefix(limit) {
        let full = path + "/" + file
        if file.hasSuffix(".jsonl") {
          if let name = language ?? Self.prefix(full, known) { try addRecords(full, name) }
        } else if let name = tell(file), let bytes = try? Self.read(full) {
          inputs.append(AuditInput(name: full, language: name, bytes: bytes))
        }
      }
    }
    inputs = inputs.filter { String(validating: $0.bytes, as: UTF8.self) != nil }
    if inputs.isEmpty { throw .noInputs(paths: paths) }
  }

  private static func prefix(_ path: String, _ known: Set<String>) -> String? {
    let name = (path as NSString).lastPathComponent
    return known.first { name.hasPrefix($0 + "-") }
  }

  static func read(_ path: String) throws(AuditError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "cannot be read")
    }
    return Array(data)
  }

  private mutating func addRecords(_ path: String, _ language: String?) throws(AuditError) {
    guard let language else { throw .unknownLanguage(path: path) }
    for (index, line) in try Self.read(path).split(separator: 0x0A).enumerated() {
      guard let record = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
        throw .badRecord(path: path, line: index + 1, expected: "a JSON object")
      }
      for key in ["broken", "fixed", "text"] {
        guard let text = record[key] as? String else { continue }
        inputs.append(AuditInput(name: "\(path)#\(index + 1).\(key)", language: language, bytes: Array(text.utf8)))
      }
    }
  }
}
