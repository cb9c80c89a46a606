import Foundation
public import Tensor

/// How a model computes.
public struct DenoiserOptions: Sendable {
  /// Element type of the matrix products; nil for what `ESPALIER_PRECISION` names, or the fastest that loses nothing.
  public var elementType: ElementType?
  /// Threads; nil for what `ESPALIER_THREADS` says, or as many as there are processors.
  public var threads: Int?

  public init(elementType: ElementType? = nil, threads: Int? = nil) {
    self.elementType = elementType
    self.threads = threads
  }

  /// The type for a checkpoint whose matrices are stored `inEightBits` or not.
  ///
  /// - Throws: `DenoiserError.precision` for a type that the processor does not have, or a name that is none.
  func resolvedType(inEightBits: Bool) throws(DenoiserError) -> ElementType {
    let types = ElementType.allCases.filter(\.isSupported)
    func refused(_ name: String) -> DenoiserError { .precision(name, supported: types.map(\.rawValue)) }
    if let elementType {
      guard elementType.isSupported else { throw refused(elementType.rawValue) }
      return elementType
    }
    guard let name = ProcessInfo.processInfo.environment["ESPALIER_PRECISION"], name != "auto", !name.isEmpty else {
      return .preferred(inEightBits: inEightBits)
    }
    guard let type = ElementType(rawValue: name), type.isSupported else { throw refused(name) }
    return type
  }
}

/// What a pass may take from the pass before it.
public enum ContextReuse: Sendable, Equatable {
  /// Nothing that could have changed: every pass computes every token. A causal model keeps what stands before the first
  /// change, which is exact.
  case exact
  /// Keys and values of tokens that neither changed nor are asked for stay those of an earlier pass, although the
  /// tokens that they saw have changed since. After so many passes everything is computed anew.
  case approximate(passes: Int)
}
