internal import CTreeSitter
public import Grammar

extension Grammar {
  /// The symbols whose nodes have the kind `name` in trees: the named one, the anonymous one, or both; empty if the
  /// grammar has no such kind.
  public func symbols(ofKind name: String) -> Set<SymbolID> {
    let language = OpaquePointer(library.runtimeLanguage)
    let length = UInt32(clamping: name.utf8.count)
    let found = [true, false].map { ts_language_symbol_for_name(language, name, length, $0) }
    return Set(found.filter { $0 != 0 }.map { SymbolID(rawValue: $0) })
  }
}
