/// The sum of an audit on damaged files.
public struct SyntheticReport: Sendable {
  public var verdicts: [SyntheticAudit.Verdict]

  public init(_ verdicts: [SyntheticAudit.Verdict]) { self.verdicts = verdicts }

  public struct Row: Encodable {
    public var language: String
    /// A kind of damage, or "all".
    public var damage: String
    public var files: Int
    /// The first proposal is the original, byte by byte.
    public var exact1: Int
    /// One of the proposals is.
    public var exactK: Int
    /// The first proposal differs from the original in blanks only.
    public var alike1: Int
    /// What was proposed parses.
    public var parses: Int
    public var medianSeconds: Double
    public var p95Seconds: Double
    public var maximumSeconds: Double
  }

  /// One row for each language and kind, and one for each language; with several languages, rows for all of them last.
  public var rows: [Row] {
    let languages = Set(verdicts.map(\.language)).sorted()
    var rows: [Row] = languages.flatMap { language in self.rows(language, verdicts.filter { $0.language == language }) }
    if languages.count > 1 { rows += self.rows("all", verdicts) }
    return rows
  }

  private func rows(_ language: String, _ members: [SyntheticAudit.Verdict]) -> [Row] {
    SyntheticDamage.Kind.allCases.compactMap { kind in
      let ofKind = members.filter { $0.kind == kind }
      return ofKind.isEmpty ? nil : row(language, kind.rawValue, ofKind)
    } + [row(language, "all", members)]
  }

  private func row(_ language: String, _ damage: String, _ members: [SyntheticAudit.Verdict]) -> Row {
    let times = members.map(\.seconds).sorted()
    func percentile(_ part: Double) -> Double {
      times.isEmpty ? 0 : (times[min(times.count - 1, Int(Double(times.count) * part))] * 1_000).rounded() / 1_000
    }
    return Row(
      language: language, damage: damage, files: members.count, exact1: members.count { $0.exact == 1 },
      exactK: members.count { $0.exact != nil }, alike1: members.count { $0.alike == 1 },
      parses: members.count { $0.proposal != nil }, medianSeconds: percentile(0.5), p95Seconds: percentile(0.95),
      maximumSeconds: percentile(1))
  }

  /// The rows for people, times in seconds.
  public var table: String {
    func line(_ language: String, _ damage: String, _ cells: [String]) -> String {
      let head = [(language, 12), (damage, 21)].map { $0.0 + String(repeating: " ", count: max(0, $0.1 - $0.0.count)) }
      return (head + cells.map { ReportTable.cell($0, 9) }).joined() + "\n"
    }
    let head = ["files", "exact@1", "exact@k", "alike@1", "parses", "median", "p95", "max"]
    return rows.reduce(line("language", "damage", head)) { table, row in
      let shares = [row.exact1, row.exactK, row.alike1, row.parses].map { ReportTable.share($0, of: row.files) }
      let times = [row.medianSeconds, row.p95Seconds, row.maximumSeconds].map { "\($0)" }
      return table + line(row.language, row.damage, ["\(row.files)"] + shares + times)
    }
  }
}
