import Constraint
import Diffusion
public import Recognition
import Syntax
import Vocabulary

/// Random edits of texts and canvases, in search of one on which parts of the engine contradict each other.
///
/// A canvas is a mutated text with a hole between two cuts, which may be anywhere in it. Of each it is asked that masks are
/// the check of every single token, that taking tokens back leaves nothing behind, and that what is closed parses.
public struct FuzzAudit {
  /// A mutated text with a hole.
  public struct Case: Sendable {
    public var prefix: [UInt8]
    public var right: [UInt8]
    /// What is drawn while it is examined.
    public var seed: UInt64

    /// Cuts within characters are none of the engine's.
    var isText: Bool { [prefix, right].allSatisfy { String(validating: $0, as: UTF8.self) != nil } }
  }

  public struct Finding: Sendable {
    public var name: String
    /// What was violated.
    public var property: String
    /// As small as it could be made.
    public var canvas: Case
  }

  public struct Report: Sendable {
    public var canvases = 0
    /// Those that can be completed.
    public var viable = 0
    /// Holes that were closed.
    public var closed = 0
    public var findings: [Finding] = []

    public init() {}
  }

  private let paths: TokenPaths
  private let parser: SyntaxParser
  private var generator: SeededGenerator
  /// Tokens written into each hole at the most.
  private static let tokens = 6
  /// Smaller canvases that are tried for each finding.
  private static let shrinkingSteps = 400

  /// Throws where the runtime cannot take the grammar.
  public init(_ paths: TokenPaths, seed: UInt64) throws {
    self.paths = paths
    parser = try SyntaxParser(paths.language.grammar)
    generator = SeededGenerator(seed: seed)
  }

  /// Examines one canvas made of `input`.
  public mutating func run(_ input: AuditInput, _ report: inout Report) {
    let text = Mutation.apply(to: input.bytes, using: &generator).bytes
    let cuts = [0, 1].map { _ in Int.random(in: 0...text.count, using: &generator) }.sorted()
    let isOpenEnded = Bool.random(using: &generator)
    let canvas = Case(
      prefix: Array(text[..<cuts[0]]), right: isOpenEnded ? [] : Array(text[cuts[1]...]), seed: generator.next())
    guard canvas.isText else { return }
    report.canvases += 1
    guard let property = violation(of: canvas, &report) else { return }
    report.findings.append(Finding(name: input.name, property: property, canvas: shrunk(canvas, property)))
  }

  /// What `canvas` violates; nil if nothing.
  private func violation(of canvas: Case, _ report: inout Report) -> String? {
    let recogniser = HoleRecogniser(paths.language, prefix: canvas.prefix, segments: [canvas.right])
    guard recogniser.isViable else { return nil }
    report.viable += 1
    let constraint = TokenConstraint(recogniser, paths)
    var generator = SeededGenerator(seed: canvas.seed)
    for _ in 0..<Self.tokens {
      let mask = constraint.mask()
      for index in 0..<paths.vocabulary.count {
        let token = TokenID(index)
        if mask.contains(token) != constraint.permits(token) {
          let bytes = String(decoding: paths.vocabulary.bytes(of: token), as: UTF8.self).debugDescription
          let written = String(decoding: recogniser.text[canvas.prefix.count...], as: UTF8.self).debugDescription
          return "\(bytes) behind \(written) is \(mask.contains(token) ? "only" : "not") in the mask"
        }
      }
      guard let token = Array(mask).randomElement(using: &generator) else {
        return recogniser.canClose() ? nil : "nothing may come next"
      }
      let before = recogniser.checkpoint
      guard constraint.commit(token) else { return "a token of the mask cannot be committed" }
      _ = constraint.mask()
      recogniser.restore(before)
      if constraint.mask() != mask { return "another mask after a token was taken back" }
      if !constraint.commit(token) { return "a token cannot be committed twice" }
    }
    if recogniser.close() {
      report.closed += 1
      if recogniser.isAccepted, String(validating: recogniser.text, as: UTF8.self) != nil,
        !parser.accepts(recogniser.text)
      {
        return "a closed text does not parse"
      }
    }
    return nil
  }

  /// Drops parts of `canvas`, large ones first, as long as something of the same kind is violated.
  private func shrunk(_ canvas: Case, _ property: String) -> Case {
    var best = canvas
    var steps = 0
    func fails(_ smaller: Case) -> Bool {
      steps += 1
      var ignored = Report()
      guard smaller.isText, let found = violation(of: smaller, &ignored) else { return false }
      return found.hasSuffix("the mask") == property.hasSuffix("the mask")
    }
    for part in [\Case.prefix, \Case.right] {
      var size = max(best[keyPath: part].count / 2, 1)
      while size > 0 {
        var start = 0
        while start < best[keyPath: part].count, steps < Self.shrinkingSteps {
          var smaller = best
          let end = min(start + size, best[keyPath: part].count)
          smaller[keyPath: part].removeSubrange(start..<end)
          if fails(smaller) { best = smaller } else { start = end }
        }
        size /= 2
      }
    }
    return best
  }
}
