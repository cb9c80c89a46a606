import Constraint
import Recognition
public import Vocabulary

/// Compares masks with the check of every single token, at frontiers of real files.
///
/// The two are computed in different ways: a check appends the token's bytes and parses them, a mask decides groups of
/// tokens and remembers what it decided.
public struct MaskAudit {
  public struct Report: Sendable {
    public var files = 0
    public var frontiers = 0
    /// Tokens compared, and those that the check permits.
    public var tokens = 0
    public var permitted = 0
    public var disagreements: [Disagreement] = []

    public init() {}
  }

  /// A token that the mask permits and the check does not, or the other way round.
  public struct Disagreement: Sendable {
    public var name: String
    /// The text up to the frontier.
    public var prefix: [UInt8]
    public var token: [UInt8]
    public var isInMask: Bool
  }

  private var workload: MaskWorkload
  private let vocabulary: Vocabulary

  public init(_ workload: MaskWorkload, _ vocabulary: Vocabulary) {
    self.workload = workload
    self.vocabulary = vocabulary
  }

  /// Audits one hole of every input.
  public mutating func run(_ inputs: [AuditInput], progress: (Disagreement) -> Void = { _ in }) -> Report {
    var report = Report()
    for input in inputs {
      let frontiers = workload.walk(input.bytes) { constraint, _ in
        let mask = constraint.mask()
        for index in 0..<vocabulary.count {
          let token = TokenID(index)
          let isPermitted = constraint.permits(token)
          report.tokens += 1
          if isPermitted { report.permitted += 1 }
          if mask.contains(token) == isPermitted { continue }
          let found = Disagreement(
            name: input.name, prefix: constraint.recogniser.text, token: Array(vocabulary.bytes(of: token)),
            isInMask: !isPermitted)
          report.disagreements.append(found)
          progress(found)
        }
      }
      if frontiers > 0 { report.files += 1 }
      report.frontiers += frontiers
    }
    return report
  }
}
