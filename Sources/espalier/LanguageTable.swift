import Grammar

/// Which installed grammar a file belongs to, by its ending.
struct LanguageTable {
  private let endings: FileEndings
  /// All installed grammars, sorted.
  var names: [String] { endings.names }

  /// Throws if nothing is installed, since no file could be worked on.
  init(_ store: GrammarStore) throws(CommandError) {
    endings = FileEndings(store)
    guard !endings.names.isEmpty else {
      throw CommandError(
        "expected installed grammars, found none in \(store.roots.map(\.path).joined(separator: ", ")); "
          + "'espalier grammar install PATH' installs one")
    }
  }

  /// The grammar for `path`; the longest ending wins. Nil if none claims it.
  func language(of path: String) -> String? { endings.language(of: path) }

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
