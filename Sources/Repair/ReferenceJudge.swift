import Foundation
public import Grammar
import Syntax

/// The language's own parser: the validator that the dialect names, or the command of the grammar's description.
public struct ReferenceJudge: Sendable {
  /// What it says about a text.
  public enum Verdict: Equatable, Sendable {
    case accepted
    /// The syntax is right; the meaning, as of a name that nobody declares, is not.
    case wrongMeaning
    /// Not a text of the language; the offset is that of the first mistake of syntax, if the parser tells it.
    case rejected(offset: Int?)

    /// Whether nothing is wrong with the syntax.
    public var acceptsSyntax: Bool {
      switch self {
      case .accepted, .wrongMeaning: true
      case .rejected: false
      }
    }
  }

  private enum Authority: Sendable {
    case json
    case command([String], DiagnosticPatterns?)
  }
  /// What stands for one file in a command, and what for any number of them.
  private static let file = "{}"
  private static let files = "{...}"
  /// How many texts one process gets at the most.
  private static let batch = 64

  private let authority: Authority
  private let ending: String

  /// nil if the grammar names neither. Throws `badPattern` for diagnostics that are no regular expressions.
  public init?(_ grammar: Grammar) throws(RepairError) {
    if grammar.dialect.validator == "json" {
      authority = .json
    } else if let command = grammar.description.reference, !command.isEmpty {
      let name = grammar.name
      authority = .command(
        command,
        try grammar.description.diagnostics.map { (text) throws(RepairError) in
          try DiagnosticPatterns(text, grammar: name)
        })
    } else {
      return nil
    }
    ending = grammar.description.extensions.first ?? "txt"
  }

  /// Whether the language's own parser takes `text`; nil if it cannot be asked.
  public func accepts(_ text: [UInt8], timeout: Double = 10) -> Bool? {
    verdict(on: text, timeout: timeout).map { $0 == .accepted }
  }

  /// What the language's own parser says about `text`; nil if it cannot be asked: it is not installed, takes too long,
  /// or misses a file that the text needs.
  public func verdict(on text: [UInt8], timeout: Double = 10) -> Verdict? { verdicts(on: [text], timeout: timeout)[0] }

  /// What the language's own parser says about each of `texts`; nil where it cannot be asked.
  ///
  /// A command runs on temporary copies, on many at once if it can, and is ended after `timeout` seconds for each.
  public func verdicts(on texts: [[UInt8]], timeout: Double = 10) -> [Verdict?] {
    switch authority {
    case .json:
      return texts.map { text in JSONValidator.violation(in: text).map { .rejected(offset: $0.offset) } ?? .accepted }
    case .command(let command, let patterns):
      var verdicts: [Verdict?] = []
      let size = command.contains(Self.files) && patterns != nil ? Self.batch : 1
      for start in stride(from: 0, to: texts.count, by: size) {
        verdicts += run(command, patterns, Array(texts[start..<min(start + size, texts.count)]), timeout)
      }
      return verdicts
    }
  }

  /// Runs the command once on copies of all `texts`.
  private func run(
    _ command: [String], _ patterns: DiagnosticPatterns?, _ texts: [[UInt8]], _ timeout: Double
  ) -> [Verdict?] {
    let none = [Verdict?](repeating: nil, count: texts.count)
    let folder = NSTemporaryDirectory() + "espalier-\(UUID().uuidString)"
    let output = folder + "/output"
    let paths = texts.indices.map { "\(folder)/\($0).\(ending)" }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      for (path, text) in zip(paths, texts) { try Data(text).write(to: URL(fileURLWithPath: path)) }
    } catch {
      return none
    }
    let arguments = command.flatMap { $0 == Self.file || $0 == Self.files ? paths : [$0] }
    guard let status = ReferenceProcess.run(arguments, output: output, timeout: timeout * Double(texts.count)) else {
      return separately(command, patterns, texts, timeout) ?? none
    }
    if status == 0 { return texts.map { _ in .accepted } }
    guard let patterns, let said = FileManager.default.contents(atPath: output) else {
      return texts.map { _ in .rejected(offset: nil) }
    }
    let complaints = paths.map { patterns.complaints(String(decoding: said, as: UTF8.self), path: $0) }
    // A failure that nothing explains may be of any of them.
    if complaints.allSatisfy(\.isEmpty) {
      return separately(command, patterns, texts, timeout) ?? texts.map { _ in .rejected(offset: nil) }
    }
    return zip(texts, complaints).map { text, complaints in
      complaints.isEmpty ? .accepted : patterns.verdict(complaints, on: text)
    }
  }

  /// Runs the command on one text after the other; nil if there is but one.
  private func separately(
    _ command: [String], _ patterns: DiagnosticPatterns?, _ texts: [[UInt8]], _ timeout: Double
  ) -> [Verdict?]? {
    texts.count > 1 ? texts.map { run(command, patterns, [$0], timeout)[0] } : nil
  }
}
