import Foundation

/// A folder with a tree-sitter grammar's generated sources, as a repository or a source package holds it.
struct GrammarSource {
  /// As in `tree_sitter_NAME`.
  let name: String
  let abi: Int
  let parser: URL
  /// `scanner.c`, `scanner.cc` or `scanner.cpp`, if the grammar has an external scanner.
  let scanner: URL?

  /// Looks for `src/parser.c` or `parser.c` in `folder`.
  ///
  /// Throws `notAGrammar` if there is none (naming the subfolders that have one), or if it defines no language;
  /// `unsupportedABI` if it is of an ABI that is not read.
  init(folder: URL, supported: ClosedRange<Int>) throws(GrammarError) {
    let files = FileManager.default
    let candidates = [folder.appendingPathComponent("src/parser.c"), folder.appendingPathComponent("parser.c")]
    guard let parser = candidates.first(where: { files.fileExists(atPath: $0.path) }) else {
      throw .notAGrammar(
        path: folder.path, expected: "a folder with src/parser.c", found: Self.describe(folder))
    }
    guard let text = try? Data(contentsOf: parser) else {
      throw .fileAccess(path: parser.path, reason: "cannot be read")
    }
    guard let abi = Self.number(after: "#define LANGUAGE_VERSION ", in: text) else {
      throw .notAGrammar(
        path: parser.path, expected: "a generated parser with a LANGUAGE_VERSION", found: "none")
    }
    guard supported.contains(abi) else {
      throw .unsupportedABI(path: parser.path, found: abi, supported: supported)
    }
    guard let name = Self.languageName(in: text) else {
      throw .notAGrammar(
        path: parser.path, expected: "a function tree_sitter_NAME(void) that returns the language", found: "none")
    }
    let sources = parser.deletingLastPathComponent()
    self.parser = parser
    self.name = name
    self.abi = abi
    scanner = ["scanner.c", "scanner.cc", "scanner.cpp"].map { sources.appendingPathComponent($0) }
      .first { files.fileExists(atPath: $0.path) }
  }

  private static func describe(_ folder: URL) -> String {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return "nothing" }
    guard isFolder.boolValue else { return "a file" }
    let subfolders = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? []).sorted().filter {
      files.fileExists(atPath: folder.appendingPathComponent("\($0)/src/parser.c").path)
    }
    return subfolders.isEmpty ? "none" : "one each in \(subfolders.joined(separator: ", ")): name the subfolder"
  }

  private static func number(after marker: String, in text: Data) -> Int? {
    guard let found = text.range(of: Data(marker.utf8)) else { return nil }
    return Int(String(decoding: text[found.upperBound...].prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
  }

  /// The definition stands near the end: "TSLanguage *tree_sitter_NAME(void) {", in older parsers without "void".
  private static func languageName(in text: Data) -> String? {
    let marker = Data("TSLanguage *tree_sitter_".utf8)
    guard let found = text.range(of: marker, options: .backwards) else { return nil }
    let name = String(decoding: text[found.upperBound...].prefix { $0 != UInt8(ascii: "(") }.prefix(256), as: UTF8.self)
    return GrammarStore.isName(name) ? name : nil
  }
}
