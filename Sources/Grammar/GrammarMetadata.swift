import Foundation

/// What a grammar's own files say about it, where we have no description: `tree-sitter.json`, `package.json` and, in
/// source packages, `PKG-INFO`.
struct GrammarMetadata {
  private(set) var version: String?
  private(set) var licence: String?
  private(set) var extensions: [String] = []

  /// Looks in `folder` and the two above it, since a repository may hold several grammars in subfolders.
  init(folder: URL, name: String) {
    var place = folder.standardizedFileURL
    for _ in 0..<3 {
      read(place.appendingPathComponent("tree-sitter.json"), name: name)
      read(place.appendingPathComponent("package.json"), name: name)
      readPackageInformation(place.appendingPathComponent("PKG-INFO"))
      place.deleteLastPathComponent()
    }
  }

  private struct File: Decodable {
    struct Grammar: Decodable {
      var name: String?
      var scope: String?
      var endings: [String]?

      enum CodingKeys: String, CodingKey {
        case name, scope
        case endings = "file-types"
      }
    }

    struct Metadata: Decodable {
      var version: String?
      var license: String?
    }

    var version: String?
    var license: String?
    var metadata: Metadata?
    var grammars: [Grammar]?
    var treeSitter: [Grammar]?

    enum CodingKeys: String, CodingKey {
      case version, license, metadata, grammars
      case treeSitter = "tree-sitter"
    }
  }

  private mutating func read(_ path: URL, name: String) {
    // Foreign metadata that is malformed is as good as none.
    guard let data = try? Data(contentsOf: path), let file = try? JSONDecoder().decode(File.self, from: data) else {
      return
    }
    version = version ?? file.metadata?.version ?? file.version
    licence = licence ?? file.metadata?.license ?? file.license
    let grammars = (file.grammars ?? []) + (file.treeSitter ?? [])
    let own =
      grammars.first { $0.name == name || $0.scope == "source.\(name)" } ?? (grammars.count == 1 ? grammars[0] : nil)
    if extensions.isEmpty { extensions = own?.endings ?? [] }
  }

  private mutating func readPackageInformation(_ path: URL) {
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      // The headers end at the first empty line.
      if line.isEmpty { return }
      if version == nil, let value = Self.value(of: "Version:", in: line) { version = value }
      if licence == nil, let value = Self.value(of: "License:", in: line) { licence = value }
    }
  }

  private static func value(of key: String, in line: Substring) -> String? {
    line.hasPrefix(key) ? line.dropFirst(key.count).trimmingCharacters(in: .whitespaces) : nil
  }

  /// Lines for a `grammar.yml` that lacks them.
  func lines(version needsVersion: Bool, licence needsLicence: Bool) -> String {
    var lines = ""
    if needsVersion, let version { lines += "version: \(Self.quote(version))\n" }
    if needsLicence, let licence { lines += "licence: \(Self.quote(licence))\n" }
    return lines
  }

  /// A whole `grammar.yml`. Without known endings the grammar's name is taken for one.
  func description(name: String) -> String {
    let endings = extensions.isEmpty ? [name] : extensions
    return "name: \(name)\n" + lines(version: true, licence: true)
      + "extensions: [\(endings.map(Self.quote).joined(separator: ", "))]\n"
  }

  /// A double-quoted YAML scalar.
  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: quoted += " "
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
