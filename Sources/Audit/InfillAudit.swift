public import Denoiser
public import Diffusion
import Generation
public import Recognition
import Syntax
import Vocabulary

/// Takes a piece out of a text, has it written anew, and compares.
public struct InfillAudit {
  /// How long a hole is.
  public enum Length: String, CaseIterable, Sendable, Encodable {
    /// As many tokens as were taken out.
    case known = "true"
    /// As the tool chooses, from no more than it is told of the text around.
    case chosen
  }

  public struct Verdict: Sendable {
    public var id: String
    public var written: [UInt8]?
    /// Whether the whole text parses.
    public var parses = false
    /// What was written is what was taken out, blanks at both ends aside.
    public var isExact = false
    public var hasRightLineCount = false
    /// Tokens that were taken out, and that were written.
    public var tokens = 0
    public var writtenTokens = 0
    public var isWrittenByModel = false
    public var seconds = 0.0
    public var reason = ""
  }

  private let generator: Generator
  private let denoiser: Denoiser
  private let options: SamplerOptions
  /// Tokens of a hole whose length the tool chooses.
  private let length: Int

  public init(_ language: Language, _ denoiser: Denoiser, options: SamplerOptions, length: Int) throws {
    generator = try Generator(language, denoiser)
    self.denoiser = denoiser
    self.options = options
    self.length = length
  }

  public func run(_ record: InfillRecord, _ length: Length) -> Verdict {
    var verdict = Verdict(id: record.id)
    verdict.tokens = denoiser.tokenizer.encode(record.missing).count
    var options = options
    let positions = length == .known ? max(verdict.tokens, 1) : self.length
    options.steps = positions
    options.mayShorten = length == .chosen
    let plan = GenerationPlan(
      canvas: Canvas(
        prefix: record.prefix, segments: [record.suffix], lengths: [positions]),
      lines: [record.prefix.count { $0 == 0x0A } + 1])
    let started = ContinuousClock.now
    do {
      let result = try generator.fill(plan, options: options)
      let written = result.holes.first.map { Array(result.text[$0]) } ?? []
      verdict.written = written
      verdict.parses = generator.accepts(result.text)
      verdict.isExact = Self.trimmed(written) == Self.trimmed(record.missing)
      verdict.hasRightLineCount = Self.lines(written) == Self.lines(record.missing)
      verdict.writtenTokens = denoiser.tokenizer.encode(written).count
      verdict.isWrittenByModel = result.isWrittenByModel
    } catch {
      verdict.reason = error.description
    }
    verdict.seconds = (ContinuousClock.now - started) / .seconds(1)
    return verdict
  }

  private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte <= 0x20 }
    let start = text.firstIndex { !isBlank($0) } ?? text.count
    let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return text[start..<end]
  }

  private static func lines(_ text: [UInt8]) -> Int { trimmed(text).count { $0 == 0x0A } + 1 }
}

/// The sum of an audit of infilling.
public struct InfillReport: Encodable, Sendable {
  public var denoiser: String
  public var length: String
  public var texts: Int
  public var parses: Int
  public var exact: Int
  /// As many lines as were taken out.
  public var rightLineCount: Int
  /// As many tokens, and at most one more or less.
  public var rightLength: Int
  public var nearLength: Int
  public var writtenByModel: Int
  public var refused: Int
  public var meanTokens: Double
  public var meanWrittenTokens: Double
  public var meanSeconds: Double

  public init(_ verdicts: [InfillAudit.Verdict], denoiser: String, length: InfillAudit.Length) {
    func mean(_ values: [Double]) -> Double {
      values.isEmpty ? 0 : (1_000 * values.reduce(0, +) / Double(values.count)).rounded() / 1_000
    }
    self.denoiser = denoiser
    self.length = length.rawValue
    texts = verdicts.count
    parses = verdicts.count { $0.parses }
    exact = verdicts.count { $0.isExact }
    rightLineCount = verdicts.count { $0.hasRightLineCount }
    rightLength = verdicts.count { $0.written != nil && $0.tokens == $0.writtenTokens }
    nearLength = verdicts.count { $0.written != nil && abs($0.tokens - $0.writtenTokens) <= 1 }
    writtenByModel = verdicts.count { $0.isWrittenByModel }
    refused = verdicts.count { $0.written == nil }
    meanTokens = mean(verdicts.map { Double($0.tokens) })
    meanWrittenTokens = mean(verdicts.map { Double($0.writtenTokens) })
    meanSeconds = mean(verdicts.map(\.seconds))
  }

  /// The reports for people.
  public static func table(_ reports: [InfillReport]) -> String {
    func line(_ cells: [String]) -> String {
      cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined() + "\n"
    }
    let head = ["denoiser", "length", "texts", "parses", "exact", "lines", "tokens", "tokens±1", "refused"]
    return reports.reduce(line(head)) { table, report in
      let counts = [report.parses, report.exact, report.rightLineCount, report.rightLength, report.nearLength]
      return table
        + line(
          [report.denoiser, report.length, "\(report.texts)"] + counts.map { ReportTable.share($0, of: report.texts) }
            + ["\(report.refused)"])
    }
  }
}
