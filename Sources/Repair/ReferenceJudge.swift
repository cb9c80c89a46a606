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
  ///
  /// A command runs on a temporary copy and is ended after `timeout` seconds.
  public func verdict(on text: [UInt8], timeout: Double = 10) -> Verdict? {
    switch authority {
    case .json:
      guard let violation = JSONValidator.violation(in: text) else { return .accepted }
      return .rejected(offset: violation.offset)
    case .command(let command, let patterns):
      let base = NSTemporaryDirectory() + "espalier-\(UUID().uuidString)"
      let path = "\(base).\(ending)"
      defer {
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.removeItem(atPath: base)
      }
      guard let status = Self.run(command.map { $0 == "{}" ? path : $0 }, on: text, path, output: base, timeout)
      else { return nil }
      if status == 0 { return .accepted }
      guard let patterns, let output = FileManager.default.contents(atPath: base) else { return .rejected(offset: nil) }
      return patterns.verdict(String(decoding: output, as: UTF8.self), path: path, text)
    }
  }

  /// Runs a command with both of its outputs in a file; nil if it is not there, is killed or takes too long.
  private static func run(
    _ command: [String], on text: [UInt8], _ path: String, output: String, _ timeout: Double
  ) -> Int32? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    // Diagnostics are read: they must not be translated.
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    do {
      try Data(text).write(to: URL(fileURLWithPath: path))
      try Data().write(to: URL(fileURLWithPath: output))
      let sink = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
      process.standardOutput = sink
      process.standardError = sink
      try process.run()
      try sink.close()
    } catch {
      return nil
    }
    let deadline = ContinuousClock.now + .seconds(timeout)
    while process.isRunning {
      if ContinuousClock.now > deadline {
        process.terminate()
        process.waitUntilExit()
        return nil
      }
      usleep(2_000)
    }
    // 126 and 127 are what `env` says where there is no such command.
    let status = process.terminationStatus
    return process.terminationReason == .exit && status != 126 && status != 127 ? status : nil
  }
}
