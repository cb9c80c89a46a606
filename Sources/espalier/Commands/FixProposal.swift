import Repair
import Reporting

/// One way to repair a file, as `fix` reports it.
struct FixProposal: Encodable {
  /// A place in the text before the repair.
  struct Place: Encodable {
    /// From 0.
    var byte: Int
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int

    init(_ offset: Int, _ text: [UInt8]) {
      let before = text.prefix(offset)
      byte = offset
      line = before.count { $0 == 0x0A } + 1
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      // Scalars begin at bytes that continue nothing.
      column = text[start..<before.endIndex].count { $0 & 0xC0 != 0x80 } + 1
    }
  }

  struct Edit: Encodable {
    var start: Place
    /// Behind the last byte.
    var end: Place
    var deleted: String
    var inserted: String
    /// Every repair that was found makes this edit.
    var isForced: Bool

    var isDeletion: Bool { deleted.utf8.contains { $0 > 0x20 } }

    /// What it does, for people: `inserted ')'`.
    var summary: String {
      if deleted.isEmpty { return "inserted " + Self.quoted(inserted) }
      if inserted.isEmpty { return "deleted " + Self.quoted(deleted) }
      return "replaced " + Self.quoted(deleted) + " by " + Self.quoted(inserted)
    }

    /// In quotes on one line; of much text the beginning and the end.
    private static func quoted(_ text: String) -> String {
      let shown = text.count <= 60 ? text : "\(text.prefix(40)) … \(text.suffix(15))"
      return "'" + shown.replacing("\r", with: "\\r").replacing("\n", with: "\\n") + "'"
    }
  }

  /// How sure the ranking is of this one among all that were found, from 0 to 1.
  var confidence: Double
  /// Nothing was chosen, nothing is lost, and the language's own parser does not object.
  var isSafe: Bool
  /// Who put this repair before the others: cost, model or reference.
  var chosenBy: RepairProposal.Choice
  /// What the language's own parser says about the repaired text, where it was asked.
  var reference: RepairProposal.Reference?
  /// Words and numbers that the repair no longer has.
  var lostWords: [String]
  var edits: [Edit]
  var diff: String
  /// The whole repaired text.
  let text: [UInt8]

  enum CodingKeys: String, CodingKey { case confidence, isSafe, chosenBy, reference, lostWords, edits, diff }

  init(_ proposal: RepairProposal, of text: [UInt8], path: String) {
    self.text = proposal.text
    confidence = (proposal.confidence * 1_000).rounded() / 1_000
    isSafe = proposal.isSafe
    chosenBy = proposal.chosenBy
    reference = proposal.reference
    lostWords = proposal.lostWords
    diff = String(decoding: UnifiedDiff.make(path: path, old: text, new: proposal.text), as: UTF8.self)
    edits = proposal.edits.map { edit in
      Edit(
        start: Place(edit.range.lowerBound, text), end: Place(edit.range.upperBound, text),
        deleted: String(decoding: text[edit.range], as: UTF8.self),
        inserted: String(decoding: edit.replacement, as: UTF8.self), isForced: proposal.isForced(edit))
    }
  }
}
