internal import _StringProcessing

/// A regular expression over the text of nodes, by Unicode scalars, that remembers its verdicts: the same names come
/// back again and again. Belongs to one task at a time.
public final class TextPattern {
  public let source: String
  private let regex: Regex<AnyRegexOutput>
  private var parts: [String: Bool] = [:]
  private var wholes: [String: Bool] = [:]

  /// What is wrong with a pattern.
  public struct Mistake: Error, Equatable, Sendable {
    public var reason: String
  }

  public init(_ source: String) throws(Mistake) {
    self.source = source
    do {
      regex = try Regex(source).matchingSemantics(.unicodeScalar)
    } catch {
      throw Mistake(reason: "\(error)")
    }
  }

  /// Whether the pattern matches somewhere in `text`. An expression that fails at run time does not match.
  public func matchesPart(of text: String) -> Bool {
    if let known = parts[text] { return known }
    let outcome = (try? regex.firstMatch(in: text)) != nil
    parts[text] = outcome
    return outcome
  }

  /// Whether the pattern matches `text` from its start to its end.
  public func matchesWhole(of text: String) -> Bool {
    if let known = wholes[text] { return known }
    let outcome = (try? regex.wholeMatch(in: text)) != nil
    wholes[text] = outcome
    return outcome
  }
}
