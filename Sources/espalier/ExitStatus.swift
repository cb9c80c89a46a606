import ArgumentParser
import Foundation
import Reporting

/// How the process ends: the one place where errors become exit codes.
enum ExitStatus {
  /// Findings, a repair shown but not written, or something unrepaired. Thrown by commands that did their work.
  static let findings = ExitCode(1)
  /// Usage, configuration, a missing path, or an internal error. Thrown by commands that have told why.
  static let failure = ExitCode(2)

  /// Says what `error` has to say and ends the process.
  ///
  /// The argument parser's own code for usage errors is 64; here they are failures like all others.
  static func end(for error: any Error) -> Never {
    if let code = error as? ExitCode { exit(code.rawValue) }
    switch Espalier.exitCode(for: error) {
    case .success:
      let message = Espalier.fullMessage(for: error)
      let isWritten = message.isEmpty || (try? StandardOutput.write(message + "\n")) != nil
      exit(isWritten ? 0 : failure.rawValue)
    case .validationFailure:
      StandardError.write(Espalier.fullMessage(for: error) + "\n")
    default:
      tell("\(error)")
    }
    exit(failure.rawValue)
  }

  /// Writes one message to standard error.
  static func tell(_ message: String) { StandardError.write("espalier: \(message)\n") }
}

/// What only the command line can find wrong.
struct CommandError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
