import Repair
import Reporting

/// What `fix` has to tell.
struct FixReport: Encodable {
  enum Mode { case show, check, write }

  struct File: Encodable {
    enum Outcome: String, Encodable { case valid, repaired, unrepaired, failed }
    var path: String
    var outcome: Outcome
    /// The first is what is shown and written.
    var proposals: [FixProposal] = []
    /// How many repairs were found.
    var found = 0
    var isWritten = false
    var findings: [Finding] = []
    var problem: String?
    /// The text before the repair.
    private(set) var original: [UInt8] = []

    enum CodingKeys: String, CodingKey { case path, outcome, proposals, found, isWritten, findings, problem }

    /// A file that could not be read or written.
    init(path: String, problem: String) {
      self.path = path
      self.problem = problem
      outcome = .failed
    }

    /// - Parameters:
    ///   - limit: proposals to keep.
    ///   - isStrict: only what is safe is a repair.
    init(path: String, text: [UInt8], _ result: RepairOutcome, limit: Int, isStrict: Bool) {
      self.path = path
      original = text
      switch result {
      case .valid: outcome = .valid
      case .unrepaired(let reason, let offset):
        outcome = .unrepaired
        findings = [Self.finding(path, .init(offset, text), .error, reason, "syntax")]
      case .repaired(let found):
        let proposals = found.prefix(limit).map { FixProposal($0, of: text, path: path) }
        self.found = found.count
        guard let best = proposals.first else {
          outcome = .unrepaired
          return
        }
        if isStrict, !best.isSafe {
          outcome = .unrepaired
          let place = (best.edits.first { !$0.isForced } ?? best.edits.first)?.start ?? .init(0, text)
          findings = [Self.finding(path, place, .error, best.objection(found: found.count), "strict")]
          self.proposals = proposals
          return
        }
        outcome = .repaired
        self.proposals = proposals
        choose(0)
      }
    }

    /// Takes another proposal than the first, and tells what it does.
    mutating func choose(_ index: Int) {
      let best = proposals.remove(at: index)
      proposals.insert(best, at: 0)
      findings = best.edits.filter { $0.isDeletion || !$0.isForced }.map { edit in
        let choice = edit.isForced ? "" : ", " + best.choice(found: found)
        return Self.finding(path, edit.start, .note, edit.summary + choice, "repair")
      }
      if best.reference == .rejected, let place = best.edits.first?.start {
        findings.append(
          Self.finding(path, place, .warning, "the language's own parser still refuses the repaired text", "repair"))
      }
    }

    private static func finding(
      _ path: String, _ place: FixProposal.Place, _ severity: Finding.Severity, _ message: String, _ rule: String
    ) -> Finding {
      Finding(path: path, line: place.line, column: place.column, severity: severity, message: message, rule: rule)
    }

    /// The text to write, where there is one.
    var repairedText: [UInt8]? { outcome == .repaired ? proposals.first?.text : nil }
  }

  var files: [File]
  var problems: [String]
  var hasProblems: Bool { !problems.isEmpty || files.contains { $0.problem != nil } }

  /// Diffs, or names, go to standard output; what was deleted and what went wrong to standard error.
  ///
  /// - Parameter all: every proposal is shown, not the first alone.
  func write(_ format: OutputFormat, mode: Mode, all: Bool) throws {
    for problem in problems + files.compactMap(\.problem) { ExitStatus.tell(problem) }
    switch format {
    case .json: try StandardOutput.write(JSONText.document(self))
    case .text:
      for file in files {
        if mode == .show { try StandardOutput.write(Self.diffs(of: file, all: all)) }
        if mode == .check, file.outcome == .repaired { try StandardOutput.write("\(file.path): would be repaired\n") }
        for finding in file.findings where mode != .check || finding.severity == .error {
          StandardError.write(finding.text + "\n")
        }
      }
      ExitStatus.tell(summary(mode))
    }
  }

  private static func diffs(of file: File, all: Bool) -> String {
    guard all else { return file.repairedText == nil ? "" : file.proposals[0].diff }
    return file.proposals.enumerated().map { index, proposal in
      proposal.heading(index + 1, of: file.found) + "\n" + proposal.diff
    }.joined()
  }

  private func summary(_ mode: Mode) -> String {
    let repaired = files.count { $0.outcome == .repaired }
    let unrepaired = files.count { $0.outcome == .unrepaired }
    let valid = files.count { $0.outcome == .valid }
    var parts: [String] = []
    if repaired > 0 { parts.append("\(repaired) \(mode == .write ? "repaired" : "can be repaired")") }
    if unrepaired > 0 { parts.append("\(unrepaired) not repaired") }
    parts.append("\(valid) valid")
    return parts.joined(separator: ", ")
  }
}

extension FixProposal {
  /// Why it is this one, for people.
  func choice(found: Int) -> String {
    let others = "\(found - 1) other\(found == 2 ? "" : "s")"
    return switch chosenBy {
    case .cost: "the cheapest; \(others) found"
    case .model: "the model's choice; \(others) found"
    case .reference: "the choice of the language's own parser; \(others) found"
    }
  }

  /// Why it is not safe.
  func objection(found: Int) -> String {
    if !lostWords.isEmpty { return "not repaired: it would lose \(lostWords.prefix(5).joined(separator: ", "))" }
    if reference == .rejected { return "not repaired: the language's own parser refuses the repaired text" }
    let chosen = edits.filter { !$0.isForced }.map(\.summary).prefix(3).joined(separator: ", ")
    return "not repaired: \(found) repairs were found, and only the cheapest of them has \(chosen)"
  }

  /// `# repair 1 of 5: confidence 0.62, chosen by cost`
  func heading(_ number: Int, of count: Int) -> String {
    let choice = edits.allSatisfy(\.isForced) ? "forced" : "chosen by \(chosenBy.rawValue)"
    return "# repair \(number) of \(count): confidence \(confidence), \(number == 1 ? choice : "another")"
  }
}
