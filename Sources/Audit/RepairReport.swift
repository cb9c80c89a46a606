/// The sum of an audit of repairs.
public struct RepairReport: Sendable {
  public var verdicts: [RepairAudit.Verdict]

  public init(_ verdicts: [RepairAudit.Verdict]) { self.verdicts = verdicts }

  /// The broken texts alone.
  private var broken: [RepairAudit.Verdict] { verdicts.filter { !$0.mustStay } }

  private func percentile(_ part: Double) -> Double {
    let times = broken.map(\.seconds).sorted()
    guard !times.isEmpty else { return 0 }
    return times[min(times.count - 1, Int(Double(times.count) * part))]
  }

  private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

  /// A table for people, with a row for each distance between the broken and the fixed text.
  public var table: String {
    let buckets: [(String, (Int) -> Bool)] = [
      ("1", { $0 <= 1 }), ("2", { $0 == 2 }), ("3", { $0 == 3 }), ("4-5", { $0 == 4 || $0 == 5 }),
      ("6-10", { (6...10).contains($0) }), (">10", { $0 > 10 }),
    ]
    var lines = ["distance   texts  accepted    syntax  match@1  match@k"]
    func row(_ name: String, _ members: [RepairAudit.Verdict]) {
      guard !members.isEmpty else { return }
      func share(_ count: Int) -> String { ReportTable.share(count, of: members.count) }
      let cells = [
        (name, 8), ("\(members.count)", 8),
        (share(members.count { $0.isAccepted == true && $0.outcome != .refused }), 10),
        (share(members.count { $0.isAcceptedSyntax == true && $0.outcome != .refused }), 10),
        (share(members.count { $0.match == 1 }), 9), (share(members.count { $0.match != nil }), 9),
      ]
      lines.append(cells.map { ReportTable.cell($0.0, $0.1) }.joined())
    }
    for (name, contains) in buckets { row(name, broken.filter { $0.distance.map(contains) ?? false }) }
    row("all", broken)
    return lines.joined(separator: "\n") + "\n"
  }

  public struct Summary: Encodable {
    var inputs: Int
    /// Texts that must stay and did.
    var validUnchanged: Int
    var valid: Int
    var repaired: Int
    var refused: Int
    var accepted: Int
    /// Texts with whose syntax the language's own parser finds nothing wrong, whatever it says about their meaning.
    var acceptedSyntax: Int
    var acceptedRepairs: Int
    var clean: Int
    var lossless: Int
    var lossy: Int
    var fixed: Int
    var match1: Int
    var matchK: Int
    var medianSeconds: Double
    var p95Seconds: Double
    var maximumSeconds: Double
  }

  public var summary: Summary {
    let repaired = broken.filter { $0.outcome == .repaired }
    return Summary(
      inputs: broken.count, validUnchanged: verdicts.count { $0.mustStay && $0.outcome == .valid },
      valid: verdicts.count { $0.mustStay }, repaired: repaired.count,
      refused: broken.count { $0.outcome == .refused }, accepted: broken.count { $0.isAccepted == true },
      acceptedSyntax: broken.count { $0.isAcceptedSyntax == true },
      acceptedRepairs: repaired.count { $0.isAccepted == true },
      clean: repaired.count { $0.isClean },
      lossless: repaired.count { $0.lostWords.isEmpty && $0.isAccepted != false },
      lossy: repaired.count { !$0.lostWords.isEmpty }, fixed: broken.count { $0.wasFixed },
      match1: broken.count { $0.match == 1 }, matchK: broken.count { $0.match != nil },
      medianSeconds: Self.rounded(percentile(0.5)), p95Seconds: Self.rounded(percentile(0.95)),
      maximumSeconds: Self.rounded(percentile(1)))
  }
}
