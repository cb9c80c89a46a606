import Foundation
import Synchronization

/// Which grammar of a store a file belongs to, by its ending.
///
/// Descriptions are read once, and decoded only if their text has an ending that is asked for: most of a short run of the
/// tool would go into decoding the others.
public final class FileEndings: Sendable {
  private struct Description {
    var name: String
    var path: String
    var text: Data
    /// Nil as long as it has not been decoded.
    var endings: [String]?
  }
  private struct State {
    var descriptions: [Description]
    var languages: [String: String?] = [:]
  }

  /// All installed grammars, sorted.
  public let names: [String]
  private let state: Mutex<State>

  /// O(grammars).
  public init(_ store: GrammarStore) {
    let descriptions = store.folders().map { name, folder in
      let path = folder.appendingPathComponent("grammar.yml").path
      return Description(name: name, path: path, text: FileManager.default.contents(atPath: path) ?? Data())
    }
    names = descriptions.map(\.name)
    state = Mutex(State(descriptions: descriptions))
  }

  /// The name of the grammar that claims the file's ending; the longest ending wins. Nil if none does.
  ///
  /// O(bytes of all descriptions) for the first file of an ending, O(length of the name) for others.
  public func language(of path: String) -> String? {
    let name = path.split(separator: "/").last ?? ""
    var rest = name[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let language = language(ending: String(rest)) { return language }
    }
    return nil
  }

  private func language(ending: String) -> String? {
    if ending.isEmpty { return nil }
    return state.withLock { state in
      if let known = state.languages[ending] { return known }
      let found = state.descriptions.indices.first { index in
        guard state.descriptions[index].text.range(of: Data(ending.utf8)) != nil else { return false }
        let endings =
          state.descriptions[index].endings
          ?? (try? GrammarDescription(path: state.descriptions[index].path))?.extensions ?? []
        state.descriptions[index].endings = endings
        return endings.contains(ending)
      }
      let language = found.map { state.descriptions[$0].name }
      state.languages[ending] = .some(language)
      return language
    }
  }
}
