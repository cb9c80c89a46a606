import CGrammar
import Foundation

/// A compiled grammar that is loaded into the process, kept for the process's life.
///
/// The memory behind `language` is constant, and the functions in it keep no state of their own, hence `Sendable`.
public final class GrammarLibrary: @unchecked Sendable {
  /// The `const TSLanguage *` as its `parser.c` defines it.
  public let language: UnsafeRawPointer
  /// The same as the system's runtime reads it; see CGrammarBridge.c.
  public let runtimeLanguage: UnsafeRawPointer
  /// The version of the layout of `language`.
  public var abi: Int { Int(espalier_language_version(language)) }
  /// The grammar's own version, which it tells from ABI 15 on.
  public var grammarVersion: String? {
    guard let numbers = espalier_grammar_version(language) else { return nil }
    return "\(numbers[0]).\(numbers[1]).\(numbers[2])"
  }
  /// The newest ABI that the system's runtime reads by itself.
  public static let runtimeABI = Int(ESPALIER_RUNTIME_ABI)

  /// Loads the shared object at `path` and asks its `tree_sitter_NAME` function for the language.
  ///
  /// Throws `loadFailed` if the linker refuses it, the function is missing or the runtime cannot be given the language;
  /// `unsupportedABI` if its layout is unknown.
  package init(path: String, name: String) throws(GrammarError) {
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
    guard let runtimeLanguage = espalier_runtime_language(language) else {
      throw .loadFailed(path: path, reason: "the language cannot be copied for the runtime")
    }
    self.language = language
    self.runtimeLanguage = runtimeLanguage
  }

  /// To be called right before the runtime parses a text, on the thread that does.
  public func enterRuntime() {
    if runtimeLanguage != language { espalier_enter_runtime(runtimeLanguage) }
  }

  private static func linkerMessage() -> String {
    dlerror().map { String(cString: $0) } ?? "unknown reason"
  }
}
