import Diffusion
public import Grammar
public import Repair
import Syntax

/// Repairs valid files, which must stay, and files that are damaged badly, which must not become worse.
public struct RobustnessAudit {
  public struct Report: Encodable, Sendable {
    public var language: String
    public var valid = 0
    /// Valid files that were changed, or that no longer count as valid.
    public var changed = 0
    /// Valid files that the time limit left without a verdict; nothing is written then.
    public var undecided = 0
    public var damaged = 0
    /// Damaged files that the grammar or the language's own parser takes.
    public var stillValid = 0
    public var repaired = 0
    public var unrepaired = 0
    /// Repairs whose bytes outside the edits differ, or that lose words that they do not report.
    public var lost = 0
    /// Repairs that the grammar does not take, or whose first mistake is no further than before.
    public var worse = 0
    /// Repairs that the language's own parser refuses, and that say so.
    public var refused = 0
    public var maximumSeconds = 0.0
  }

  private let repairer: Repairer
  private let reference: ReferenceJudge?
  private let options: RepairOptions
  public private(set) var report: Report

  public init(_ grammar: Grammar, _ repairer: Repairer, options: RepairOptions) throws {
    self.repairer = repairer
    self.options = options
    reference = options.asksReference ? try ReferenceJudge(grammar) : nil
    report = Report(language: grammar.name)
  }

  /// Repairs `count` of the valid files of `inputs`, and as many damaged ones. `failed` gets what went wrong, with the
  /// text.
  public mutating func run(
    _ inputs: [AuditInput], count: Int, seed: UInt64, progress: () -> Void, failed: (String, [UInt8]) throws -> Void
  ) rethrows {
    var generator = SeededGenerator(seed: seed)
    let valid = inputs.filter { repairer.isValid($0.bytes) }
    for input in valid.prefix(count) {
      report.valid += 1
      let outcome = timed(input.bytes)
      if case .valid = outcome {
      } else if case .unrepaired = outcome, isOverTime(input.bytes) {
        report.undecided += 1
      } else if reference?.verdict(on: input.bytes)?.acceptsSyntax != false {
        report.changed += 1
        try failed("\(input.name): changed", input.bytes)
      }
      progress()
    }
    guard !valid.isEmpty else { return }
    for _ in 0..<count {
      let input = valid[Int.random(in: 0..<valid.count, using: &generator)]
      let (name, text) = Self.damage(input.bytes, &generator)
      report.damaged += 1
      switch timed(text) {
      case .valid: report.stillValid += 1
      case .unrepaired: report.unrepaired += 1
      case .repaired(let proposals):
        report.repaired += 1
        for (index, proposal) in proposals.enumerated() {
          guard let fault = fault(proposal, of: text, isFirst: index == 0) else { continue }
          try failed("\(input.name): \(name): \(fault)", text)
          break
        }
      }
      progress()
    }
  }

  private mutating func timed(_ text: [UInt8]) -> RepairOutcome {
    let start = ContinuousClock.now
    let outcome = repairer.repair(text, options)
    report.maximumSeconds = max(
      report.maximumSeconds, ((ContinuousClock.now - start) / .milliseconds(1)).rounded() / 1_000)
    return outcome
  }

  /// Whether a text that was left alone is one that counts as valid when there is time.
  private func isOverTime(_ text: [UInt8]) -> Bool {
    var patient = options
    patient.timeout = max(10, 10 * options.timeout)
    if case .valid = repairer.repair(text, patient) { return true }
    return false
  }

  /// What is wrong with a proposal, and counts it.
  private mutating func fault(_ proposal: RepairProposal, of text: [UInt8], isFirst: Bool) -> String? {
    if EditScript.apply(proposal.edits, to: text) != proposal.text {
      report.lost += 1
      return "differs outside the edits"
    }
    if Self.missing(from: text, in: proposal.text) != proposal.lostWords {
      report.lost += 1
      return "loses words that it does not report"
    }
    if !repairer.isValid(proposal.text) {
      report.worse += 1
      return "the grammar refuses it"
    }
    guard isFirst, case .rejected(let offset)? = reference?.verdict(on: proposal.text) else { return nil }
    if proposal.reference == .rejected { report.refused += 1 }
    guard let offset, case .rejected(let before?)? = reference?.verdict(on: text), offset < before else { return nil }
    report.worse += 1
    return "the language's own parser stops earlier"
  }

  /// Words and numbers that `new` has fewer of, counted over the whole texts; none if the letters of escapes make the
  /// difference.
  private static func missing(from old: [UInt8], in new: [UInt8]) -> [String] {
    func isWord(_ byte: UInt8) -> Bool {
      byte >= 0x80 || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }
    /// With a blank for each escape.
    func plain(_ text: [UInt8]) -> [UInt8] {
      // Nor is a byte order mark a word.
      let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
      var plain = text
      var index = 0
      while index + 1 < text.count {
        if text[index] == 0x5C {
          (plain[index], plain[index + 1]) = (0x20, 0x20)
          index += 1
        }
        index += 1
      }
      return plain
    }
    func missing(_ old: [UInt8], _ new: [UInt8]) -> [String] {
      func words(_ text: [UInt8]) -> [ArraySlice<UInt8>: Int] {
        text.split { !isWord($0) }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      let kept = words(new)
      return words(old).flatMap { word, count in
        [String](repeating: String(decoding: word, as: UTF8.self), count: max(0, count - (kept[word] ?? 0)))
      }.sorted()
    }
    let lost = missing(old, new)
    return lost.isEmpty || missing(plain(old), plain(new)).isEmpty ? [] : lost
  }

  /// A text cut, shortened, with parts in each other's place, or with noise in it; always UTF-8 without zero bytes, as
  /// what is no text never comes so far.
  static func damage(_ text: [UInt8], _ generator: inout SeededGenerator) -> (name: String, text: [UInt8]) {
    func position() -> Int { Int.random(in: 0...text.count, using: &generator) }
    func piece(_ length: Int) -> Range<Int> {
      let start = position()
      return start..<min(text.count, start + Int.random(in: 1...length, using: &generator))
    }
    var (name, bytes) = ("", text)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: (name, bytes) = ("end cut off", Array(text.prefix(position())))
    case 1: (name, bytes) = ("start cut off", Array(text.suffix(position())))
    case 2:
      name = "deletion"
      bytes.removeSubrange(piece(200))
    case 3:
      name = "swap"
      let (a, b) = (piece(80), piece(80))
      let (first, second) = a.lowerBound <= b.lowerBound ? (a, b) : (b, a)
      if first.upperBound <= second.lowerBound {
        bytes.replaceSubrange(second, with: text[first])
        bytes.replaceSubrange(first, with: text[second])
      }
    case 4:
      name = "repetition"
      bytes.insert(contentsOf: text[piece(300)], at: position())
    default:
      name = "noise"
      let noise = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        UInt8.random(in: 1...255, using: &generator)
      }
      bytes.insert(contentsOf: noise, at: position())
    }
    return (name, Array(String(decoding: bytes, as: UTF8.self).utf8))
  }
}
