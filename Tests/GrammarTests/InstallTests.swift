import Foundation
import Testing

@testable import Grammar

/// Installing grammars, and what is wrong with folders that hold none.
@Suite struct InstallTests {
  private func write(_ text: String, to file: URL) throws {
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  @Test func `takes endings and licence from the grammar's metadata`() throws {
    guard let source = TestSupport.source("json") else {
      print("skipped: build/grammars-src/json is missing; run make test")
      return
    }
    try TestSupport.withEmptyStore { store, root in
      let folder = root.appendingPathComponent("repository")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: source.appendingPathComponent("src"), to: folder.appendingPathComponent("src"))
      try write(
        #"{"grammars": [{"name": "json", "file-types": ["json", "jsn"]}], "metadata": {"version": "9.8", "license": "X \"11\""}}"#,
        to: folder.appendingPathComponent("tree-sitter.json"))
      #expect(store.list().isEmpty)
      try store.install(folder: folder)
      #expect(store.list().map(\.name) == ["json"])
      let description = try store.open("json").description
      #expect(description.extensions == ["json", "jsn"])
      #expect(description.version == "9.8")
      #expect(description.licence == #"X "11""#)
      let endings = FileEndings(store)
      #expect(endings.names == ["json"])
      for _ in 0..<2 { #expect(endings.language(of: "/a.b/c.d.jsn") == "json") }
      #expect(endings.language(of: "c.py") == nil)
      #expect(endings.language(of: "json") == nil)
      #expect(endings.language(of: "json.") == nil)
      // The text of the description has it, as another word.
      #expect(endings.language(of: "c.version") == nil)

      // Again, over the first, from the folder of the sources itself.
      try store.install(folder: folder.appendingPathComponent("src"))
      #expect(try store.open("json").description.version == "9.8")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("grammars").path).sorted()
          == [".lock", "json"])
    }
  }

  @Test func `concurrent installs of one grammar wait for each other`() async throws {
    guard let source = TestSupport.source("json") else {
      print("skipped: build/grammars-src/json is missing; run make test")
      return
    }
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("espalier-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let store = GrammarStore(roots: [root])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          _ = try store.install(
            folder: source, into: root, description: nil, compiler: GrammarCompiler(headers: TestSupport.headers))
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.open("json").tables.stateCount > 0)
  }

  @Test func `a folder without a grammar is refused with what it holds`() throws {
    try TestSupport.withEmptyStore { store, root in
      let folder = root.appendingPathComponent("repository")
      func message() -> String? {
        do {
          try store.install(folder: folder)
          return nil
        } catch {
          return "\(error)".replacingOccurrences(of: folder.path, with: "FOLDER")
        }
      }
      #expect(message() == "FOLDER: expected a folder with src/parser.c, found nothing")
      try write("", to: folder.appendingPathComponent("README"))
      #expect(message() == "FOLDER: expected a folder with src/parser.c, found none")
      try write("", to: folder.appendingPathComponent("tsx/src/parser.c"))
      try write("", to: folder.appendingPathComponent("typescript/src/parser.c"))
      #expect(
        message()
          == "FOLDER: expected a folder with src/parser.c, found one each in tsx, typescript: name the subfolder")
      let parser = folder.appendingPathComponent("src/parser.c")
      try write("int main() {}", to: parser)
      #expect(message() == "FOLDER/src/parser.c: expected a generated parser with a LANGUAGE_VERSION, found none")
      try write("#define LANGUAGE_VERSION 16\n", to: parser)
      #expect(message() == "FOLDER/src/parser.c: expected a grammar of ABI 13 to 15, found ABI 16")
      try write("#define LANGUAGE_VERSION 14\n", to: parser)
      #expect(
        message()
          == "FOLDER/src/parser.c: expected a function tree_sitter_NAME(void) that returns the language, found none")
      try write("#define LANGUAGE_VERSION 14\nconst TSLanguage *tree_sitter_demo(void) { oops }\n", to: parser)
      let failure = try #require(message())
      #expect(failure.hasPrefix("the C compiler failed: cc "))
      #expect(failure.contains("oops"))
      #expect(store.list().isEmpty)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("grammars").path) == [".lock"])
    }
  }

  @Test func `a missing compiler is named`() throws {
    try TestSupport.withFolder { root in
      let folder = root.appendingPathComponent("demo")
      try write(
        "#define LANGUAGE_VERSION 14\nconst TSLanguage *tree_sitter_demo(void) { return 0; }\n",
        to: folder.appendingPathComponent("parser.c"))
      var compiler = GrammarCompiler(headers: TestSupport.headers)
      compiler.compiler = "no-such-compiler"
      do {
        _ = try GrammarStore(roots: [root]).install(
          folder: folder, into: root, description: nil, compiler: compiler)
        Issue.record("compiled without a compiler")
      } catch {
        #expect("\(error)".hasSuffix("'no-such-compiler' is not in PATH; install a C compiler"))
      }
    }
  }

  @Test func `a scanner that logs does not compile`() throws {
    try TestSupport.withFolder { root in
      let folder = root.appendingPathComponent("demo")
      try write(
        "#define LANGUAGE_VERSION 14\n#include \"tree_sitter/parser.h\"\n"
          + "const TSLanguage *tree_sitter_demo(void) { return 0; }\n",
        to: folder.appendingPathComponent("parser.c"))
      try write(
        "#include \"tree_sitter/parser.h\"\nvoid scan(TSLexer *lexer) { lexer->log(lexer, \"x\"); }\n",
        to: folder.appendingPathComponent("scanner.c"))
      do {
        _ = try GrammarStore(roots: [root]).install(
          folder: folder, into: root, description: nil, compiler: GrammarCompiler(headers: TestSupport.headers))
        Issue.record("compiled a scanner that needs a newer runtime")
      } catch {
        #expect("\(error)".contains("log"))
      }
    }
  }

  @Test func `what a package leaves out comes from the description`() throws {
    guard let source = TestSupport.source("json") else {
      print("skipped: build/grammars-src/json is missing; run make test")
      return
    }
    try TestSupport.withEmptyStore { store, root in
      let folder = root.appendingPathComponent("package/src")
      let parser = try String(contentsOf: source.appendingPathComponent("src/parser.c"), encoding: .utf8)
      try write(
        "#include \"numbers.h\"\n#ifdef NUMBERS\n\(parser)\n#endif\n", to: folder.appendingPathComponent("parser.c"))
      let description = root.appendingPathComponent("description")
      try write("name: json\nextensions: [json]\n", to: description.appendingPathComponent("grammar.yml"))
      #expect(throws: GrammarError.self) { try store.install(folder: folder, description: description) }
      try write("#define NUMBERS 1\n", to: description.appendingPathComponent("include/numbers.h"))
      try store.install(folder: folder, description: description)
      #expect(try store.open("json").tables.stateCount > 0)
    }
  }

  @Test func `an unknown grammar is an error that names the known ones`() throws {
    try TestSupport.withEmptyStore { store, _ in
      for name in ["nothing", "", "../json", "a/b", ".lock"] {
        #expect(throws: GrammarError.unknownGrammar(name: name, installed: [])) { try store.open(name) }
      }
    }
  }

  @Test func `missing or foreign files of an installed grammar are errors`() throws {
    guard let source = TestSupport.source("json") else {
      print("skipped: build/grammars-src/json is missing; run make test")
      return
    }
    try TestSupport.withEmptyStore { store, root in
      let folder = try store.install(folder: source).folder
      let tables = folder.appendingPathComponent("tables.bin")
      let good = try Data(contentsOf: tables)
      try good.prefix(good.count / 2).write(to: tables)
      do {
        _ = try store.open("json")
        Issue.record("opened half a file")
      } catch {
        #expect("\(error)".hasPrefix("\(tables.path): expected "))
        #expect("\(error)".hasSuffix("install the grammar again"))
      }
      try good.write(to: tables)
      _ = try store.open("json")
      // In another place: under the old path the linker would answer with what is loaded already.
      let other = root.appendingPathComponent("other")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: root.appendingPathComponent("grammars"), to: other.appendingPathComponent("grammars"))
      try Data("not a library".utf8).write(to: other.appendingPathComponent("grammars/json/parser.so"))
      #expect(throws: GrammarError.self) { try GrammarStore(roots: [other]).open("json") }
      try FileManager.default.removeItem(at: folder.appendingPathComponent("grammar.yml"))
      #expect(store.list().map(\.description) == [nil])
    }
  }
}
