import Repair
import Reporting

/// What `fix` has to tell.
struct FixReport: Encodable {
  enum Mode { case show, check, write }

  struct Edit: Encodable {
    /// From 1, in the text before the repair.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int
    var deleted: String
    var inserted: String
    /// Every repair that was found makes this edit.
    var isForced: Bool
  }

  struct File: Encodable {
    enum Outcome: String, Encodable { case valid, repaired, unrepaired, failed }
    var path: String
    var outcome: Outcome
    var edits: [Edit] = []
    /// Words and numbers that the repair no longer has.
    var lostWords: [String] = []
    var isWritten = false
    /// How many further repairs were found.
    var alternatives = 0
    /// Who put this repair before the others: cost, model or reference.
    var chosenBy: RepairProposal.Choice?
    var findings: [Finding] = []
    var diff = ""
    var problem: String?
    /// The text to write, where there is one.
    private(set) var repairedText: [UInt8]?

    enum CodingKeys: String, CodingKey {
      case path, outcome, edits, lostWords, isWritten, alternatives, chosenBy, findings, diff, problem
    }

    /// A file that could not be read or written.
    init(path: String, problem: String) {
      self.path = path
      self.problem = problem
      outcome = .failed
    }

    init(path: String, text: [UInt8], _ result: RepairOutcome) {
      self.path = path
      switch result {
      case .valid: outcome = .valid
      case .unrepaired(let reason, let offset):
        outcome = .unrepaired
        let place = Self.place(offset, text)
        findings = [
          Finding(
            path: path, line: place.line, column: place.column, severity: .error, message: reason, rule: "syntax")
        ]
      case .repaired(let proposals):
        outcome = .repaired
        guard let best = proposals.first else { return }
        repairedText = best.text
        alternatives = proposals.count - 1
        chosenBy = best.chosenBy
        lostWords = best.lostWords
        diff = String(decoding: UnifiedDiff.make(path: path, old: text, new: best.text), as: UTF8.self)
        for edit in best.edits {
          let place = Self.place(edit.range.lowerBound, text)
          let deleted = String(decoding: text[edit.range], as: UTF8.self)
          let inserted = String(decoding: edit.replacement, as: UTF8.self)
          edits.append(
            Edit(
              line: place.line, column: place.column, deleted: deleted,
              inserted: inserted, isForced: best.isForced(edit)))
          let isDeletion = text[edit.range].contains { $0 > 0x20 }
          if !isDeletion, best.isForced(edit) { continue }
          let what = edit.range.isEmpty ? "inserted " : edit.replacement.isEmpty ? "deleted " : "replaced "
          let choice = best.isForced(edit) ? "" : ", " + Self.reason(best.chosenBy, alternatives)
          findings.append(
            Finding(
              path: path, line: place.line, column: place.column, severity: .note,
              message: what + Self.quoted(edit.range.isEmpty ? inserted : deleted) + choice, rule: "repair"))
        }
      }
    }

    private static func reason(_ choice: RepairProposal.Choice, _ alternatives: Int) -> String {
      let others = "\(alternatives) other\(alternatives == 1 ? "" : "s")"
      return switch choice {
      case .cost: "the cheapest; \(others) found"
      case .model: "the model's choice; \(others) found"
      case .reference: "the choice of the language's own parser; \(others) found"
      }
    }

    private static func quoted(_ text: String) -> String {
      "'" + text.replacing("\r", with: "\\r").replacing("\n", with: "\\n") + "'"
    }

    private static func place(_ offset: Int, _ text: [UInt8]) -> (line: Int, column: Int) {
      let before = text.prefix(offset)
      let line = before.count { $0 == 0x0A } + 1
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      // Scalars begin at bytes that continue nothing.
      return (line, text[start..<before.endIndex].count { $0 & 0xC0 != 0x80 } + 1)
    }
  }

  var files: [File]
  var problems: [String]
  var hasProblems: Bool { !problems.isEmpty || files.contains { $0.problem != nil } }

  /// Diffs, or names, go to standard output; what was deleted and what went wrong to standard error.
  func write(_ format: OutputFormat, mode: Mode) throws {
    for problem in problems + files.compactMap(\.problem) { ExitStatus.tell(problem) }
    switch format {
    case .json: try StandardOutput.write(JSONText.document(self))
    case .text:
      for file in files {
        if mode == .show { try StandardOutput.write(file.diff) }
        if mode == .check, file.outcome == .repaired { try StandardOutput.write("\(file.path): would be repaired\n") }
        for finding in file.findings where mode != .check || finding.severity == .error {
          StandardError.write(finding.text + "\n")
        }
      }
      ExitStatus.tell(summary(mode))
    }
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
