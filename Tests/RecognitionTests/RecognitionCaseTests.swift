import Foundation
import Grammar
import Recognition
import Syntax
import Testing

/// A case of a data file: `=== LANGUAGE yes|no WHAT IT SHOWS` and below it the text, whose last line break does not count.
struct RecognitionCase: CustomTestStringConvertible, Sendable {
  var language: String
  var isClean: Bool
  var title: String
  var text: String
  var testDescription: String { "\(language): \(title)" }

  static let all: [RecognitionCase] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.flatMap { (try? String(contentsOf: $0, encoding: .utf8)).map(read) ?? [] }
      .filter { TestLanguages.installed.contains($0.language) }
  }()

  private static func read(_ contents: String) -> [RecognitionCase] {
    contents.split(separator: "=== ").compactMap { part in
      guard let end = part.firstIndex(of: "\n") else { return nil }
      let words = part[..<end].split(separator: " ", maxSplits: 2)
      guard words.count == 3 else { return nil }
      var text = String(part[part.index(after: end)...].dropLast())
      for (escape, byte) in [("<CR>", "\r"), ("<TAB>", "\t"), ("<BOM>", "\u{FEFF}")] {
        text = text.replacingOccurrences(of: escape, with: byte)
      }
      return RecognitionCase(
        language: String(words[0]), isClean: words[1] == "yes", title: String(words[2]), text: text)
    }
  }
}

@Suite(.enabled(if: storeIsThere, storeHint)) struct RecognitionCaseTests {
  @Test func thereAreCases() { #expect(RecognitionCase.all.count > 50) }

  @Test(arguments: RecognitionCase.all)
  func verdictIsTheRuntimes(_ example: RecognitionCase) throws {
    let language = try TestLanguages.language(example.language)
    let runtime = try SyntaxParser(language.grammar).accepts(Array(example.text.utf8))
    #expect(runtime == example.isClean, "the case itself")
    #expect(accepts(language, example.text) == example.isClean)
  }

  /// Everything that is cut off from a clean text, byte by byte.
  @Test(arguments: Snippets.all.keys.sorted())
  func verdictIsTheRuntimesOnEveryPrefix(_ name: String) throws {
    let language = try TestLanguages.language(name)
    let parser = try SyntaxParser(language.grammar)
    let text = Array((Snippets.all[name] ?? "").utf8)
    #expect(parser.accepts(text))
    for count in 0...text.count {
      let prefix = Array(text[..<count])
      let ours = prefix.withUnsafeBufferPointer { Recogniser(language).accepts($0) }
      #expect(ours == parser.accepts(prefix), "the first \(count) bytes")
    }
  }
}
