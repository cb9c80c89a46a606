public import Denoiser

/// Why a canvas could not be filled.
public enum DiffusionError: Error, CustomStringConvertible {
  /// The fixed text itself allows no completion; the offset is where its first part stops making sense, if there.
  case fixedTextCannotBeCompleted(offset: Int?)
  /// No text was found that closes a hole, though the grammar promises one.
  /// `known` is the text up to where the search gave up.
  case holeCannotBeClosed(hole: Int, known: [UInt8])
  case model(DenoiserError)

  public var description: String {
    switch self {
    case .fixedTextCannotBeCompleted: "nothing that could be written in the holes makes the text around them parse"
    case .holeCannotBeClosed(let hole, _): "no text was found that closes hole \(hole + 1)"
    case .model(let error): error.description
    }
  }
}
