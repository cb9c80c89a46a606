public import Grammar
import Repair
import Syntax

/// Repairs the broken texts of a data set and asks the language's own parser, and the people who fixed them, about it.
public struct RepairAudit {
  /// What became of one record.
  public struct Verdict: Sendable {
    public enum Outcome: String, Sendable { case valid, repaired, refused }
    public var id: String
    public var outcome: Outcome
    /// Why nothing was proposed.
    public var reason = ""
    public var proposal: [UInt8]?
    /// By the language's own parser; nil if there is none.
    public var isAccepted: Bool?
    /// Whether it finds nothing wrong with the syntax.
    public var isAcceptedSyntax: Bool?
    public var isClean = false
    public var lostWords: [String] = []
    /// Which proposal is like the person's, from 1; nil if none is, or nobody fixed this.
    public var match: Int?
    /// From the broken text to the person's, in pieces.
    public var distance: Int?
    public var seconds = 0.0
    public var wasFixed = false
    /// A text that is of its language was left alone.
    public var mustStay = false
  }

  private let repairer: Repairer
  private let parser: SyntaxParser
  private let reference: ReferenceJudge?
  public var options: RepairOptions

  public init(_ grammar: Grammar, repairer: Repairer, options: RepairOptions) throws {
    self.repairer = repairer
    parser = try SyntaxParser(grammar)
    reference = try ReferenceJudge(grammar)
    self.options = options
  }

  /// Repairs the text of one record and judges the result.
  public func run(_ record: RepairRecord) -> Verdict {
    var verdict = Verdict(id: record.id, outcome: .refused)
    verdict.mustStay = record.isValid
    guard let broken = record.broken else {
      verdict.reason = "not UTF-8"
      return verdict
    }
    if broken.contains(0) {
      verdict.reason = "a binary file"
      return verdict
    }
    if let fixed = record.fixed { verdict.distance = PieceDistance.between(broken, fixed) }
    let start = ContinuousClock.now
    let outcome = repairer.repair(broken, options)
    let elapsed = (ContinuousClock.now - start).components
    verdict.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    switch outcome {
    case .valid:
      verdict.outcome = .valid
      verdict.proposal = broken
    case .repaired(let proposals):
      verdict.outcome = .repaired
      verdict.proposal = proposals.first?.text
      verdict.lostWords = proposals.first?.lostWords ?? []
      if let fixed = record.fixed {
        let wanted = shape(fixed)
        verdict.match = proposals.firstIndex { shape($0.text) == wanted }.map { $0 + 1 }
      }
    case .unrepaired(let reason, _): verdict.reason = reason
    }
    verdict.wasFixed = record.fixed != nil
    if let proposal = verdict.proposal {
      let judged = reference?.verdict(on: proposal)
      verdict.isAccepted = judged.map { $0 == .accepted }
      verdict.isAcceptedSyntax = judged.map(\.acceptsSyntax)
      verdict.isClean = parser.accepts(proposal)
    }
    return verdict
  }

  /// The tree of a text with names, numbers and strings abstracted: equal for texts of the same terminals.
  private func shape(_ text: [UInt8]) -> [String] {
    guard let tree = try? parser.parse(text) else { return [] }
    var shape: [String] = []
    var cursor = tree.root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.isExtra, !node.isError { return false }
      if node.kind == "string" || node.kind == "string_literal" || node.kind == "char_literal" {
        shape.append("string")
        return false
      }
      shape.append(node.isNamed ? "\(node.kind)/\(node.childCount)" : node.kind)
      return true
    }
    return shape
  }
}
