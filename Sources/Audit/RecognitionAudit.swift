import Diffusion
public import Grammar
import Recognition
import Syntax

/// Compares the recogniser's verdict with the tree-sitter runtime's, on files and on mutated fragments of them.
public struct RecognitionAudit {
  public struct Report: Sendable {
    public var inputs = 0
    public var accepted = 0
    public var disagreements: [Disagreement] = []
  }
  public struct Disagreement: Sendable {
    public var name: String
    public var mutation: String
    /// The runtime's verdict; the recogniser's is the other one.
    public var runtimeAccepts: Bool
    public var bytes: [UInt8]
  }

  private let store: GrammarStore
  private var sessions: [String: (Recogniser, SyntaxParser)] = [:]
  /// Stacks of past inputs fill the arena; a new session now and then keeps memory low.
  private var uses = 0

  public init(store: GrammarStore) { self.store = store }

  /// Runs on every input and on `mutations` mutated fragments of each.
  public mutating func run(
    _ inputs: [AuditInput], mutations: Int, seed: UInt64, progress: (Int) -> Void = { _ in }
  ) throws -> Report {
    var report = Report()
    var generator = SeededGenerator(seed: seed)
    for (index, input) in inputs.enumerated() {
      try compare(input, "as it is", input.bytes, &report)
      for _ in 0..<mutations {
        let (name, bytes) = Mutation.apply(to: input.bytes, using: &generator)
        try compare(input, name, bytes, &report)
      }
      progress(index + 1)
    }
    return report
  }

  private mutating func compare(
    _ input: AuditInput, _ mutation: String, _ bytes: [UInt8], _ report: inout Report
  ) throws {
    guard String(validating: bytes, as: UTF8.self) != nil else { return }
    if sessions[input.language] == nil {
      let grammar = try store.open(input.language)
      sessions[input.language] = (
        Recogniser(try Language(grammar, applyingDialect: false)), try SyntaxParser(grammar)
      )
    }
    guard let (recogniser, parser) = sessions[input.language] else { return }
    let ours = parser.grammar.reading.apply(bytes).withUnsafeBufferPointer { recogniser.accepts($0) }
    let theirs = parser.accepts(bytes)
    report.inputs += 1
    if theirs { report.accepted += 1 }
    if ours != theirs {
      report.disagreements.append(
        Disagreement(name: input.name, mutation: mutation, runtimeAccepts: theirs, bytes: bytes))
    }
  }
}

/// Damage and changes of format as audits make them.
enum Mutation {
  /// A fragment of some lines of `bytes`, changed in one way.
  static func apply(to bytes: [UInt8], using generator: inout SeededGenerator) -> (name: String, bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let count = min(lines.count, Int.random(in: 1...40, using: &generator))
    let first = Int.random(in: 0...lines.count - count, using: &generator)
    var text = Array(lines[first..<first + count].joined(separator: [0x0A])) + [0x0A]
    func position() -> Int { Int.random(in: 0...text.count, using: &generator) }
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: return ("fragment", text)
    case 1: return ("cut", Array(text.prefix(position())))
    case 2:
      let start = position()
      text.removeSubrange(start..<min(text.count, start + Int.random(in: 1...6, using: &generator)))
      return ("drop", text)
    case 3:
      let start = position()
      let end = min(text.count, start + Int.random(in: 1...12, using: &generator))
      text.insert(contentsOf: text[start..<end], at: end)
      return ("duplicate", text)
    case 4: return ("no final newline", Array(text.dropLast()))
    case 5: return ("CRLF", text.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] })
    case 6: return ("tabs", replaceIndentation(text))
    case 7:
      let symbols = Array("(){}[]\"':;,.#\\/*+-=<> \n\t0a".utf8)
      text.insert(symbols[Int.random(in: 0..<symbols.count, using: &generator)], at: position())
      return ("insert", text)
    default:
      guard count > 1 else { return ("fragment", text) }
      var moved = lines[first..<first + count].map(Array.init)
      moved.swapAt(0, Int.random(in: 0..<count, using: &generator))
      return ("swapped lines", Array(moved.joined(separator: [0x0A])) + [0x0A])
    }
  }

  static func replaceIndentation(_ text: [UInt8]) -> [UInt8] {
    text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line -> [UInt8] in
      let spaces = line.prefix { $0 == 0x20 }.count
      return [UInt8](repeating: 0x09, count: spaces / 4) + [UInt8](repeating: 0x20, count: spaces % 4)
        + Array(line.dropFirst(spaces))
    }.joined(separator: [0x0A]).map { $0 }
  }
}
