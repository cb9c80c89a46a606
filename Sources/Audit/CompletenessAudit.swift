import Constraint
import Diffusion
public import Grammar
import Recognition
import Syntax
public import Vocabulary

/// Punches holes into clean files and asks whether the mask lets the true text back in, token by token.
///
/// Where a hole's true text ends in another string than it starts in, or in none, the recogniser is told that holes may.
/// Tokens are revealed in the order in which the frontier meets them. Any other order has the same verdicts: a token
/// behind a gap is tentative until the frontier reaches it, and is judged then.
public struct CompletenessAudit {
  public struct Report: Sendable {
    /// Files audited, and texts: a file counts once more in another format.
    public var files = 0
    public var texts = 0
    /// Files that the runtime does not parse clean, and clean ones that the dialect refuses, with the offset.
    public var unclean = 0
    public var narrowed: [(name: String, offset: Int)] = []
    public var tokens = 0
    public var refusals: [Refusal] = []
  }

  /// A place where the true text was not permitted.
  public struct Refusal: Sendable {
    public var name: String
    public var format: String
    /// All holes of the text, and the index of the one concerned.
    public var holes: [Range<Int>]
    public var hole: Int
    public var offset: Int
    /// The token's bytes; nil where the hole did not close, or could not be filled at all.
    public var token: [UInt8]?
    public var text: [UInt8]
  }

  private let store: GrammarStore
  private let tokenizer: Tokenizer
  private let applyingDialect: Bool
  private var languages: [String: (Language, SyntaxParser)] = [:]

  public init(store: GrammarStore, tokenizer: Tokenizer, applyingDialect: Bool) {
    self.store = store
    self.tokenizer = tokenizer
    self.applyingDialect = applyingDialect
  }

  /// Runs on every clean input as it is, and in one other format of line ends, indentation or file ends.
  ///
  /// - Parameter holes: the most holes per text.
  public mutating func run(
    _ inputs: [AuditInput], holes: Int, seed: UInt64, progress: (Refusal) -> Void = { _ in }
  ) throws -> Report {
    var report = Report()
    var generator = SeededGenerator(seed: seed)
    for var input in inputs {
      let (language, parser) = try session(input.language)
      input.bytes = parser.grammar.reading.apply(input.bytes)
      guard parser.accepts(input.bytes) else {
        report.unclean += 1
        continue
      }
      let recogniser = Recogniser(language)
      guard input.bytes.withUnsafeBufferPointer({ recogniser.accepts($0) }) else {
        report.narrowed.append((input.name, recogniser.failure?.position ?? 0))
        continue
      }
      report.files += 1
      let other = TextFormat.allCases.randomElement(using: &generator) ?? .lineFeeds
      for format in [TextFormat.original, other] {
        let text = format.apply(to: input.bytes)
        if format != .original, text == input.bytes || !parser.accepts(text) || !accepts(language, text) { continue }
        report.texts += 1
        let ranges = Self.holes(in: try parser.parse(text), most: holes, using: &generator)
        let (refused, tokens) = audit(language, text, ranges)
        report.tokens += tokens
        if var refused {
          refused.name = input.name
          refused.format = format.rawValue
          progress(refused)
          report.refusals.append(refused)
        }
      }
    }
    return report
  }

  private mutating func session(_ name: String) throws -> (Language, SyntaxParser) {
    if let known = languages[name] { return known }
    let grammar = try store.open(name)
    let session = (try Language(grammar, applyingDialect: applyingDialect), try SyntaxParser(grammar))
    languages[name] = session
    return session
  }

  private func accepts(_ language: Language, _ text: [UInt8]) -> Bool {
    text.withUnsafeBufferPointer { Recogniser(language).accepts($0) }
  }

  /// Fills the holes with their true text; stops at the first refusal.
  private func audit(_ language: Language, _ text: [UInt8], _ holes: [Range<Int>]) -> (Refusal?, tokens: Int) {
    guard let first = holes.first else { return (nil, 0) }
    let ends = holes.dropFirst().map(\.lowerBound) + [text.count]
    let boundaries = TerminalBoundaries(language, text)
    let recogniser = HoleRecogniser(
      language, prefix: Array(text[..<first.lowerBound]),
      segments: zip(holes, ends).map { Array(text[$0.upperBound..<$1]) },
      opensStrings: holes.contains { boundaries.context(at: $0.lowerBound) != boundaries.context(at: $0.upperBound) })
    let constraint = TokenConstraint(recogniser, TokenPaths(language, tokenizer.vocabulary))
    var count = 0
    func refusal(_ hole: Int, _ offset: Int, _ token: [UInt8]?) -> (Refusal?, Int) {
      (Refusal(name: "", format: "", holes: holes, hole: hole, offset: offset, token: token, text: text), count)
    }
    if !recogniser.isViable { return refusal(0, first.lowerBound, nil) }
    for (index, hole) in holes.enumerated() {
      var offset = hole.lowerBound
      for token in tokenizer.encode(text[hole]) {
        count += 1
        guard constraint.permits(token), constraint.commit(token) else {
          return refusal(index, offset, Array(tokenizer.vocabulary.bytes(of: token)))
        }
        offset += tokenizer.vocabulary.length(of: token)
      }
      if !recogniser.close() { return refusal(index, offset, nil) }
    }
    return (nil, count)
  }

  /// Up to `most` holes of 1 to 40 terminals, each with or without the padding around it, in order and apart.
  private static func holes(
    in tree: SyntaxTree, most: Int, using generator: inout SeededGenerator
  ) -> [Range<Int>] {
    let leaves = tree.terminals
    if leaves.isEmpty { return [] }
    let start = tree.source.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var taken: [Range<Int>] = []
    for _ in 0..<Int.random(in: 1...max(most, 1), using: &generator) {
      let size = [1, 1, 2, 3, 5, 10, 20, 40].randomElement(using: &generator) ?? 1
      let first = Int.random(in: 0..<leaves.count, using: &generator)
      let last = min(first + size, leaves.count) - 1
      if taken.contains(where: { first <= $0.upperBound && $0.lowerBound <= last + 1 }) { continue }
      taken.append(first..<last + 1)
    }
    return taken.sorted { $0.lowerBound < $1.lowerBound }.map { range in
      let before = range.lowerBound == 0 ? start : leaves[range.lowerBound - 1].upperBound
      let after = range.upperBound == leaves.count ? tree.source.count : leaves[range.upperBound].lowerBound
      let lower = Bool.random(using: &generator) ? before : leaves[range.lowerBound].lowerBound
      let upper = Bool.random(using: &generator) ? after : leaves[range.upperBound - 1].upperBound
      return lower..<max(lower, upper)
    }
  }
}

/// Formats that leave a program's meaning as it is.
enum TextFormat: String, CaseIterable {
  case original = "as it is"
  case lineFeeds = "LF"
  case carriageReturns = "CRLF"
  case tabs = "tabs"
  case noFinalNewline = "no final newline"
  case byteOrderMark = "byte order mark"

  func apply(to text: [UInt8]) -> [UInt8] {
    switch self {
    case .original: text
    case .lineFeeds: text.filter { $0 != 0x0D }
    case .carriageReturns: TextFormat.lineFeeds.apply(to: text).flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    case .tabs: Mutation.replaceIndentation(text)
    case .noFinalNewline: Array(text[..<(text.lastIndex { $0 != 0x0A && $0 != 0x0D }.map { $0 + 1 } ?? 0)])
    case .byteOrderMark: text.starts(with: [0xEF, 0xBB, 0xBF]) ? text : [0xEF, 0xBB, 0xBF] + text
    }
  }
}
