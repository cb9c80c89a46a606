import CGrammar
import Foundation

/// A compiled grammar that is loaded into the process, kept for the process's life.
///
/// The memory behind `language` is constant, and the functions in it keep no state of their own, hence `Sendable`.
public final class GrammarLibrary: @unchecked Sendable {
  /// The `const TSLanguage *`.
  public let language: UnsafeRawPointer

  package init(language: UnsafeRawPointer) {
    self.language = language
  }

  /// Loads the shared object at `path` and asks its `tree_sitter_NAME` function for the language.
  ///
  /// Throws `loadFailed` if the linker refuses it or the function is missing, `unsupportedABI` if its layout is unknown.
  package convenience init(path: String, name: String) throws(GrammarError) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .loadFailed(path: path, reason: Self.linkerMessage())
    }
    guard let function = dlsym(handle, "tree_sitter_\(name)") else {
      throw .loadFailed(path: path, reason: Self.linkerMessage())
    }
    typealias LanguageFunction = @convention(c) () -> UnsafeRawPointer?
    guard let language = unsafeBitCast(function, to: LanguageFunction.self)() else {
      throw .loadFailed(path: path, reason: "tree_sitter_\(name) returned no language")
    }
    let supported = Int(ESPALIER_OLDEST_ABI)...Int(ESPALIER_NEWEST_ABI)
    let version = Int(espalier_language_version(language))
    guard supported.contains(version) else {
      throw .unsupportedABI(path: path, found: version, supported: supported)
    }
    self.init(language: language)
  }

  private static func linkerMessage() -> String {
    dlerror().map { String(cString: $0) } ?? "unknown reason"
  }
}
