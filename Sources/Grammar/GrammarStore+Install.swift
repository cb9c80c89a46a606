import CGrammar
import Foundation

extension GrammarStore {
  /// Builds the tree-sitter grammar in `folder` and installs it; an earlier version of it is replaced.
  ///
  /// `folder` holds `src/parser.c` or `parser.c`, of ABI 13 to 15. `description` is a folder with a `grammar.yml` and
  /// perhaps a `dialect.yml`, an `audits.json`, and in `include` files that the grammar's sources include and its package
  /// leaves out; without it, endings and licence are taken from the grammar's own
  /// metadata files. The grammar appears whole or not at all, and concurrent installs wait for each other. Needs a C
  /// compiler and takes some seconds. Throws `notAGrammar`, `unsupportedABI`, `compilerFailed`, `invalidDescription`, `fileAccess` and
  /// what extracting the automata throws.
  @discardableResult
  public func install(folder: URL, into root: URL? = nil, description: URL? = nil) throws(GrammarError) -> Entry {
    let headers = try headersFolder(also: root)
    return try install(
      folder: folder, into: root ?? installRoot, description: description,
      compiler: GrammarCompiler(headers: headers, supplement: description?.appendingPathComponent("include")))
  }

  func install(
    folder: URL, into root: URL, description: URL?, compiler: GrammarCompiler
  ) throws(GrammarError) -> Entry {
    let supported = Int(ESPALIER_OLDEST_ABI)...Int(ESPALIER_NEWEST_ABI)
    let source = try GrammarSource(folder: folder, supported: supported)
    let grammars = root.appendingPathComponent("grammars", isDirectory: true)
    try Self.makeFolder(grammars)
    let lock = try FileLock(path: grammars.appendingPathComponent(".lock").path)
    defer { lock.unlock() }

    let work = grammars.appendingPathComponent(".install-\(UUID().uuidString)", isDirectory: true)
    try Self.makeFolder(work)
    defer { try? FileManager.default.removeItem(at: work) }
    let new = work.appendingPathComponent("new", isDirectory: true)
    try Self.makeFolder(new)

    // What can be wrong with the description shows before the slow part.
    try Self.writeDescription(of: source, folder: folder, description: description, into: new)
    let built = try compiler.compile(source, into: work)
    let library = try GrammarLibrary(path: built.parser.path, name: source.name)
    let probe = try GrammarLibrary(path: built.probe.path, name: source.name)
    let contents = try Self.extract(name: source.name, library: library, probe: probe)
    try Self.addVersion(of: library, to: new.appendingPathComponent("grammar.yml"))
    do {
      try TablesFile.encode(contents, language: library.language)
        .write(to: new.appendingPathComponent("tables.bin"))
      try FileManager.default.moveItem(at: built.parser, to: new.appendingPathComponent("parser.so"))
    } catch {
      throw .fileAccess(path: new.path, reason: error.localizedDescription)
    }

    let target = grammars.appendingPathComponent(source.name, isDirectory: true)
    let old = work.appendingPathComponent("old", isDirectory: true)
    do {
      if FileManager.default.fileExists(atPath: target.path) {
        try FileManager.default.moveItem(at: target, to: old)
      }
      try FileManager.default.moveItem(at: new, to: target)
    } catch {
      throw .fileAccess(path: target.path, reason: error.localizedDescription)
    }
    return Entry(
      name: source.name, folder: target,
      description: try GrammarDescription(path: target.appendingPathComponent("grammar.yml").path))
  }

  /// Reads tables and automata out of a loaded grammar and its probe build.
  static func extract(
    name: String, library: GrammarLibrary, probe: GrammarLibrary
  ) throws(GrammarError) -> TablesFile.Contents {
    let tables = try ParseTables(language: library.language, name: name)
    let starts = Set(tables.lexStates).subtracting([ParseTables.noLookahead])
    let lexer = try LexicalAutomaton(
      probe: LexerProbe(language: probe.language, keywords: false, starts: starts, name: name), name: name)
    var keywords: LexicalAutomaton?
    if tables.keywordCapture != nil {
      keywords = try LexicalAutomaton(
        probe: LexerProbe(language: probe.language, keywords: true, starts: [0], name: name), name: name)
    }
    return TablesFile.Contents(tables: tables, lexer: lexer, keywords: keywords)
  }

  private func headersFolder(also root: URL?) throws(GrammarError) -> URL {
    let candidates = ([root, installRoot].compactMap { $0 } + roots).map {
      $0.appendingPathComponent("include", isDirectory: true)
    }
    for folder in candidates
    where FileManager.default.fileExists(atPath: folder.appendingPathComponent("tree_sitter/parser.h").path) {
      return folder
    }
    throw .fileAccess(
      path: candidates.first?.path ?? "include",
      reason: "tree_sitter/parser.h is not here, nor in another store's include folder; Espalier is not set up whole")
  }

  private static func writeDescription(
    of source: GrammarSource, folder: URL, description: URL?, into new: URL
  ) throws(GrammarError) {
    let metadata = GrammarMetadata(folder: folder, name: source.name)
    var text: String
    if let description {
      let path = description.appendingPathComponent("grammar.yml")
      let given = try GrammarDescription(path: path.path)
      guard given.name == source.name else {
        throw .notAGrammar(path: folder.path, expected: "the grammar '\(given.name)'", found: "'\(source.name)'")
      }
      text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
      text += metadata.lines(version: given.version == nil, licence: given.licence == nil)
      if let dialect = try copy("dialect.yml", from: description, into: new) { _ = try Dialect(path: dialect.path) }
      if let audits = try copy(AuditRecords.fileName, from: description, into: new) {
        _ = try AuditRecords(path: audits.path)
      }
    } else {
      text = metadata.description(name: source.name)
    }
    do {
      try Data(text.utf8).write(to: new.appendingPathComponent("grammar.yml"))
    } catch {
      throw .fileAccess(path: new.path, reason: error.localizedDescription)
    }
  }

  /// Copies a file of a description's folder, and tells where it is there; nil if there is none.
  private static func copy(_ name: String, from folder: URL, into new: URL) throws(GrammarError) -> URL? {
    let file = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      try FileManager.default.copyItem(at: file, to: new.appendingPathComponent(name))
    } catch {
      throw .fileAccess(path: file.path, reason: error.localizedDescription)
    }
    return file
  }

  /// Where neither the description nor the package tells the version, the grammar may.
  private static func addVersion(of library: GrammarLibrary, to file: URL) throws(GrammarError) {
    guard let version = library.grammarVersion, try GrammarDescription(path: file.path).version == nil else { return }
    do {
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data((text + "version: \"\(version)\"\n").utf8).write(to: file)
    } catch {
      throw .fileAccess(path: file.path, reason: error.localizedDescription)
    }
  }

  private static func makeFolder(_ folder: URL) throws(GrammarError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .fileAccess(path: folder.path, reason: error.localizedDescription)
    }
  }
}
