import Foundation
public import Grammar
import Syntax

/// The language's own parser: the validator that the dialect names, or the command of the grammar's description.
public struct ReferenceJudge: Sendable {
  private enum Authority: Sendable {
    case json
    case command([String])
  }
  private let authority: Authority
  private let ending: String

  /// nil if the grammar names neither.
  public init?(_ grammar: Grammar) {
    if grammar.dialect.validator == "json" {
      authority = .json
    } else if let command = grammar.description.reference, !command.isEmpty {
      authority = .command(command)
    } else {
      return nil
    }
    ending = grammar.description.extensions.first ?? "txt"
  }

  /// Whether the language's own parser takes `text`; nil if it cannot be asked: it is not installed, or takes too long.
  ///
  /// A command runs on a temporary copy and is ended after some seconds.
  public func accepts(_ text: [UInt8], timeout: Double = 10) -> Bool? {
    switch authority {
    case .json: return JSONValidator.accepts(text)
    case .command(let command):
      let path = NSTemporaryDirectory() + "espalier-\(UUID().uuidString).\(ending)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command.map { $0 == "{}" ? path : $0 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      do {
        try Data(text).write(to: URL(fileURLWithPath: path))
        try process.run()
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
      if process.terminationStatus == 126 || process.terminationStatus == 127 { return nil }
      return process.terminationReason == .exit && process.terminationStatus == 0
    }
  }
}
