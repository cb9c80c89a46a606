import Diffusion
import Foundation
public import Grammar
public import Repair
import Syntax

/// Asks where broken texts are wrong, and compares with where they were changed.
public struct LocalisationAudit {
  /// How often a changed line is among the first lines of a ranking.
  public struct Row: Encodable, Sendable {
    public var language: String
    public var method: String
    public var texts = 0
    public var top1 = 0
    public var top3 = 0
    public var top5 = 0
    /// The same for lines in a random order, summed over the texts.
    public var chance1 = 0.0
    public var chance3 = 0.0
    public var chance5 = 0.0
  }

  private let localiser: Localiser
  public private(set) var rows: [Row]
  private let language: String

  public init(_ grammar: Grammar, _ localiser: Localiser) {
    self.localiser = localiser
    language = grammar.name
    rows = Localiser.Method.allCases.map { Row(language: grammar.name, method: $0.rawValue) }
  }

  /// Counts one text whose mended form is known; one without a changed line is left out.
  public mutating func add(_ broken: [UInt8], fixed: [UInt8]) throws {
    let changed = ChangedLines.between(broken, fixed)
    let lines = ChangedLines.lines(broken).count { ChangedLines.hasText($0) }
    guard !changed.isEmpty, lines > 0 else { return }
    let rankings = try localiser.rankings(broken)
    for (index, method) in Localiser.Method.allCases.enumerated() {
      let ranking = rankings[method] ?? []
      func isHit(_ count: Int) -> Bool { ranking.prefix(count).contains { changed.contains($0) } }
      rows[index].texts += 1
      if isHit(1) { rows[index].top1 += 1 }
      if isHit(3) { rows[index].top3 += 1 }
      if isHit(5) { rows[index].top5 += 1 }
      rows[index].chance1 += Self.chance(changed.count, of: lines, drawn: 1)
      rows[index].chance3 += Self.chance(changed.count, of: lines, drawn: 3)
      rows[index].chance5 += Self.chance(changed.count, of: lines, drawn: 5)
    }
  }

  /// Damages the valid files of `inputs` in one place each, `count` times, and counts them.
  public mutating func damage(
    _ grammar: Grammar, _ repairer: Repairer, _ inputs: [AuditInput], lines: ClosedRange<Int>, count: Int, seed: UInt64
  ) throws {
    let parser = try SyntaxParser(grammar)
    let originals = inputs.compactMap { SyntheticDamage.Original($0.bytes, lines, repairer, parser) }
    guard !originals.isEmpty else { throw SyntheticAudit.Failure.noFiles(language: language, lines: lines) }
    let kinds = SyntheticDamage.Kind.all(of: grammar)
    var generator = SeededGenerator(seed: seed)
    for index in 0..<count {
      let original = originals[Int.random(in: 0..<originals.count, using: &generator)]
      guard
        let damage = SyntheticDamage.make(
          kinds[index % kinds.count], in: original, using: &generator, isBroken: { !repairer.isValid($0) })
      else { continue }
      try add(damage.text, fixed: original.bytes)
    }
  }

  /// How likely one of `wanted` among `lines` lines is among `drawn` of them.
  static func chance(_ wanted: Int, of lines: Int, drawn: Int) -> Double {
    var missed = 1.0
    for index in 0..<min(drawn, lines) {
      missed *= Double(max(lines - wanted - index, 0)) / Double(lines - index)
    }
    return 1 - missed
  }

  /// The rows for people.
  public static func table(_ rows: [Row]) -> String {
    func line(_ cells: [String]) -> String {
      cells.enumerated().map { ReportTable.cell($1, $0 < 2 ? 12 : 8) }.joined() + "\n"
    }
    return rows.reduce(line(["language", "method", "texts", "top 1", "top 3", "top 5"])) { table, row in
      let shares = [row.top1, row.top3, row.top5].map { ReportTable.share($0, of: row.texts) }
      var text = table + line([row.language, row.method, "\(row.texts)"] + shares)
      if row.method == Localiser.Method.allCases.last?.rawValue {
        let chances = [row.chance1, row.chance3, row.chance5].map { ReportTable.share($0, of: row.texts) }
        text += line([row.language, "chance", "\(row.texts)"] + chances)
      }
      return text
    }
  }
}
