import Foundation

/// The installed grammars: folders on disk that are looked through in order.
///
/// Each root holds `include/` (the headers that grammars are compiled with) and, per grammar,
/// `grammars/NAME/{parser.so, tables.bin, grammar.yml, dialect.yml}`. The first root that has a grammar wins.
public struct GrammarStore: Sendable {
  /// In the order in which they are looked through; they need not exist.
  public let roots: [URL]
  /// Where `install` writes.
  public let installRoot: URL

  /// A store over `roots`, at least one, that installs into `installRoot` or else into the first.
  public init(roots: [URL], installRoot: URL? = nil) {
    self.roots = roots
    self.installRoot = installRoot ?? roots.first ?? Self.userRoot(environment: ProcessInfo.processInfo.environment)
  }

  /// `$ESPALIER_HOME`, the folder `share/espalier` beside the executable's own, and the user's store.
  ///
  /// Grammars are installed into the first if it is set, else into the last.
  public static var `default`: GrammarStore {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["ESPALIER_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0, isDirectory: true) }
    var roots = home.map { [$0] } ?? []
    if let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      let prefix = URL(fileURLWithPath: executable).deletingLastPathComponent().deletingLastPathComponent()
      roots.append(prefix.appendingPathComponent("share/espalier", isDirectory: true))
    }
    let user = userRoot(environment: environment)
    return GrammarStore(roots: roots + [user], installRoot: home ?? user)
  }

  private static func userRoot(environment: [String: String]) -> URL {
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      return URL(fileURLWithPath: data, isDirectory: true).appendingPathComponent("espalier", isDirectory: true)
    }
    return FileManager.default.homeDirectoryForCurrentUser
      .appendingPathComponent(".local/share/espalier", isDirectory: true)
  }

  /// An installed grammar.
  public struct Entry: Sendable, Equatable {
    public var name: String
    public var folder: URL
    /// Nil if `grammar.yml` cannot be read; `open` says why.
    public var description: GrammarDescription?

    /// The header of its tables; nil if they cannot be read.
    private var header: TablesFile.Header? { TablesFile.header(path: folder.appendingPathComponent("tables.bin").path) }
    /// The ABI that the grammar was generated for.
    public var abi: Int? { header?.abi }
    /// Tells builds of the grammar apart.
    public var fingerprint: String? { header.map { String($0.fingerprint, radix: 16) } }
    /// Whether a dialect narrows it.
    public var hasDialect: Bool {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("dialect.yml").path)
    }
  }

  /// All grammars by name. A grammar of an earlier root hides one of the same name in a later root.
  public func list() -> [Entry] {
    folders().map { name, folder in
      Entry(
        name: name, folder: folder,
        description: try? GrammarDescription(path: folder.appendingPathComponent("grammar.yml").path))
    }
  }

  /// The folders of all grammars, by name.
  func folders() -> [(name: String, folder: URL)] {
    var folders: [String: URL] = [:]
    for root in roots {
      let grammars = root.appendingPathComponent("grammars", isDirectory: true)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: grammars.path)) ?? []
      for name in names where folders[name] == nil && Self.isName(name) {
        let folder = grammars.appendingPathComponent(name, isDirectory: true)
        guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("tables.bin").path) else { continue }
        folders[name] = folder
      }
    }
    return folders.map { ($0, $1) }.sorted { $0.0 < $1.0 }
  }

  /// The folder of the grammar `name`.
  ///
  /// Throws `unknownGrammar` if no root has it.
  public func folder(of name: String) throws(GrammarError) -> URL {
    if Self.isName(name) {
      for root in roots {
        let folder = root.appendingPathComponent("grammars/\(name)", isDirectory: true)
        if FileManager.default.fileExists(atPath: folder.appendingPathComponent("tables.bin").path) { return folder }
      }
    }
    throw .unknownGrammar(name: name, installed: list().map(\.name))
  }

  /// Loads the grammar `name`: its compiled parser into the process, its tables and automata from the cache file.
  ///
  /// Throws `unknownGrammar`, or whatever is wrong with its files. Takes a few milliseconds; keep the result.
  public func open(_ name: String) throws(GrammarError) -> Grammar {
    let folder = try folder(of: name)
    let library = try GrammarLibrary(path: folder.appendingPathComponent("parser.so").path, name: name)
    let tablesPath = folder.appendingPathComponent("tables.bin").path
    let contents = try TablesFile.read(path: tablesPath, language: library.language)
    let descriptionPath = folder.appendingPathComponent("grammar.yml").path
    let description = try GrammarDescription(path: descriptionPath)
    try Self.check(description.diagnostics, path: descriptionPath)
    let dialectPath = folder.appendingPathComponent("dialect.yml").path
    let dialect = FileManager.default.fileExists(atPath: dialectPath) ? try Dialect(path: dialectPath) : Dialect()
    return Grammar(
      name: name, tables: contents.tables, lexer: contents.lexer, keywords: contents.keywords,
      description: description, dialect: dialect, reading: try Self.reading(dialect, path: dialectPath),
      library: library,
      cache: GrammarCache(
        folder: folder, inputs: Self.inputs(TablesFile.header(path: tablesPath), [descriptionPath, dialectPath])))
  }

  private static func inputs(_ header: TablesFile.Header?, _ descriptions: [String]) -> UInt64 {
    var signature = CacheSignature()
    signature.add([header?.fingerprint ?? 0, header?.hash ?? 0])
    for path in descriptions { signature.add(Array((try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data())) }
    return signature.value
  }

  /// Throws `invalidDescription` for a pattern that is no regular expression.
  static func reading(_ dialect: Dialect, path: String) throws(GrammarError) -> TextReading {
    let readings = dialect.readAs ?? []
    if readings.isEmpty { return .plain }
    do {
      return try TextReading(readings)
    } catch {
      throw badPattern(readings[error.index].pattern, in: "readAs", path: path)
    }
  }

  /// Throws `invalidDescription` for a pattern of the diagnostics that is no regular expression.
  static func check(_ diagnostics: GrammarDescription.Diagnostics?, path: String) throws(GrammarError) {
    guard let diagnostics else { return }
    let file = diagnostics.error.replacingOccurrences(of: "{}", with: "file")
    for pattern in (diagnostics.meaning ?? []) + (diagnostics.undecided ?? []) + [file]
    where (try? NSRegularExpression(pattern: pattern)) == nil {
      throw badPattern(pattern == file ? diagnostics.error : pattern, in: "diagnostics", path: path)
    }
  }

  private static func badPattern(_ pattern: String, in key: String, path: String) -> GrammarError {
    let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.components(separatedBy: "\n") ?? []
    let line = lines.firstIndex { $0.contains(pattern) }.map { $0 + 1 } ?? 1
    return .invalidDescription(
      path: path, line: line, expected: "a regular expression in \(key)", found: "'\(pattern)'")
  }

  /// Whether `name` can be that of a `tree_sitter_NAME` function; nothing else may become part of a path.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
