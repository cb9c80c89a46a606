import Diffusion
public import Grammar
public import Repair
import Syntax

/// Damages real files in one place each and looks whether the repair gives the file back.
public struct SyntheticAudit {
  /// What became of one damaged file.
  public struct Verdict: Sendable {
    public var language: String
    public var kind: SyntheticDamage.Kind
    /// The file that was damaged.
    public var name: String
    public var damaged: [UInt8]
    public var original: [UInt8]
    public var proposal: [UInt8]?
    /// Which proposal is the original, byte by byte, from 1; nil if none is.
    public var exact: Int?
    /// Which proposal has the original's words and symbols in the original's order, whatever blanks are between them.
    public var alike: Int?
    public var reason = ""
    public var seconds = 0.0
  }

  public enum Failure: Error, CustomStringConvertible {
    case noFiles(language: String, lines: ClosedRange<Int>)
    public var description: String {
      switch self {
      case .noFiles(let language, let lines):
        "\(language): expected valid files of \(lines.lowerBound) to \(lines.upperBound) lines, found none"
      }
    }
  }

  private let repairer: Repairer
  private let language: String
  private let originals: [(name: String, original: SyntheticDamage.Original)]
  private let kinds: [SyntheticDamage.Kind]
  private let options: RepairOptions
  private var generator: SeededGenerator
  /// Learns from every damaged file.
  public var fit = WeightFit()

  /// - Parameters:
  ///   - inputs: files of the grammar's language; those that are not valid, or shorter or longer than `lines`, are left.
  ///   - excerpts: takes parts of files that have so many lines instead of whole files.
  ///   - seed: the same seed damages the same files in the same places.
  public init(
    _ grammar: Grammar, _ repairer: Repairer, _ inputs: [AuditInput], lines: ClosedRange<Int>, excerpts: Bool = false,
    options: RepairOptions, seed: UInt64
  ) throws {
    self.repairer = repairer
    self.options = options
    language = grammar.name
    generator = SeededGenerator(seed: seed)
    kinds = SyntheticDamage.Kind.all(of: grammar)
    let parser = try SyntaxParser(grammar)
    let texts = excerpts ? inputs.flatMap { Self.excerpts($0, lines, parser) } : inputs
    originals = texts.compactMap { input in
      SyntheticDamage.Original(input.bytes, lines, repairer, parser).map { (input.name, $0) }
    }
    if originals.isEmpty { throw Failure.noFiles(language: language, lines: lines) }
  }

  /// The most parts of one file.
  private static let excerptLimit = 4

  /// Nodes of a file that fill whole lines, indented as little as they can be; spread over the file.
  private static func excerpts(
    _ input: AuditInput, _ lines: ClosedRange<Int>, _ parser: SyntaxParser
  ) -> [AuditInput] {
    guard let tree = try? parser.parse(input.bytes), tree.isClean else { return [] }
    let bytes = input.bytes
    var found: [AuditInput] = []
    var cursor = tree.root.cursor()
    cursor.walk { cursor in
      let range = cursor.node.byteRange
      let count = bytes[range].count { $0 == 0x0A } + 1
      guard count >= lines.lowerBound else { return false }
      let start = (bytes[..<range.lowerBound].lastIndex(of: 0x0A) ?? -1) + 1
      let end = bytes[range.upperBound...].firstIndex(of: 0x0A) ?? bytes.count
      let indentation = bytes[start..<range.lowerBound]
      let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
      guard count <= lines.upperBound, cursor.node.isNamed, indentation.allSatisfy(isBlank),
        bytes[range.upperBound..<end].allSatisfy(isBlank)
      else { return true }
      var text: [UInt8] = []
      for line in bytes[start..<end].split(separator: 0x0A, omittingEmptySubsequences: false) {
        guard line.starts(with: indentation) || line.allSatisfy(isBlank) else { return false }
        text += line.dropFirst(indentation.count) + [0x0A]
      }
      found.append(AuditInput(name: input.name, language: input.language, bytes: text))
      return false
    }
    let step = max(1, found.count / excerptLimit)
    return stride(from: 0, to: found.count, by: step).prefix(excerptLimit).map { found[$0] }
  }

  /// Damages files `count` times, every kind as often, and repairs each.
  public mutating func run(_ count: Int, each: (Verdict) throws -> Void) rethrows {
    var index = 0
    var misses = 0
    while index < count, misses < 20 * kinds.count {
      let kind = kinds[(index + misses) % kinds.count]
      let (name, original) = originals[Int.random(in: 0..<originals.count, using: &generator)]
      guard
        let damage = SyntheticDamage.make(
          kind, in: original, using: &generator, isBroken: { !repairer.isValid($0) })
      else {
        misses += 1
        continue
      }
      index += 1
      try each(judge(damage, name, original.bytes))
    }
  }

  private mutating func judge(_ damage: SyntheticDamage, _ name: String, _ original: [UInt8]) -> Verdict {
    var verdict = Verdict(
      language: language, kind: damage.kind, name: name, damaged: damage.text, original: original)
    let start = ContinuousClock.now
    let outcome = repairer.repair(damage.text, options)
    verdict.seconds = (ContinuousClock.now - start) / .seconds(1)
    switch outcome {
    case .valid: verdict.reason = "the language's own parser takes it"
    case .unrepaired(let reason, _): verdict.reason = reason
    case .repaired(let proposals):
      verdict.proposal = proposals[0].text
      verdict.exact = proposals.firstIndex { $0.text == original }.map { $0 + 1 }
      fit.add(proposals, original: original)
      let wanted = Self.dense(original)
      verdict.alike = proposals.firstIndex { Self.dense($0.text) == wanted }.map { $0 + 1 }
    }
    return verdict
  }

  /// A text without the blanks inside its lines and at their ends; indentation stays.
  private static func dense(_ text: [UInt8]) -> [UInt8] {
    var dense: [UInt8] = []
    dense.reserveCapacity(text.count)
    var isIndentation = true
    for byte in text {
      let isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0D
      if byte == 0x0A {
        isIndentation = true
      } else if !isBlank {
        isIndentation = false
      }
      if !isBlank || isIndentation { dense.append(byte) }
    }
    return dense
  }
}
