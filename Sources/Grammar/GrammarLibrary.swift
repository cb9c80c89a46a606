/// A compiled grammar that is loaded into the process, kept for the process's life.
public final class GrammarLibrary: @unchecked Sendable {
  /// The `const TSLanguage *`.
  public let language: UnsafeRawPointer

  package init(language: UnsafeRawPointer) {
    self.language = language
  }
}
