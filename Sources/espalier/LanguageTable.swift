import Grammar

/// Which installed grammar a file belongs to, by its ending.
struct LanguageTable {
  /// Names of grammars by ending, without the dot.
  private var languages: [String: String] = [:]
  /// All installed grammars, sorted.
  let names: [String]

  /// Reads the store's list once: asking it for every file would read its folders every time.
  ///
  /// Throws if nothing is installed, since no file could be worked on.
  init(_ store: GrammarStore) throws(CommandError) {
    let entries = store.list()
    guard !entries.isEmpty else {
      throw CommandError(
        "expected installed grammars, found none in \(store.roots.map(\.path).joined(separator: ", ")); "
          + "'espalier grammar install PATH' installs one")
    }
    names = entries.map(\.name)
    for entry in entries {
      for ending in entry.description?.extensions ?? [] where languages[ending] == nil {
        languages[ending] = entry.name
      }
    }
  }

  /// The grammar for `path`; the longest ending wins. Nil if none claims it.
  func language(of path: String) -> String? {
    let name = path.split(separator: "/").last ?? ""
    var rest = name[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let language = languages[String(rest)] { return language }
    }
    return nil
  }

  /// The grammar for `path`, where there has to be one.
  func requiredLanguage(of path: String) throws(CommandError) -> String {
    guard let language = language(of: path) else {
      throw CommandError(
        "\(path): expected a file of an installed language (\(names.joined(separator: ", "))), "
          + "found none with this ending")
    }
    return language
  }
}
