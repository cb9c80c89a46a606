import ArgumentParser
import Constraint
import Foundation
import Grammar
import Recognition
import Reporting
import Syntax
import Vocabulary

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what may stand at a place in a file.",
    discussion: """
      The text in front of the place and the text behind it stay as they are. Exits with 0, or with 1 if the text of \
      --token may not stand there, or if nothing may.
      """)

  @Argument(help: ArgumentHelp("File, line and column (in bytes), both from 1.", valueName: "file:line:column"))
  var place: String

  @Option(help: "Text that may or may not stand there; the answer tells why not.")
  var token: String?

  @Flag(help: "Leave out the text behind the place, as where text is written left to right.")
  var openEnded = false

  @OptionGroup var tokens: TokenizerOption
  @OptionGroup var output: FormatOption

  func run() throws {
    let store = GrammarStore.default
    let (file, position) = try parse(place)
    let text = try InputFile.read(file)
    let name = try LanguageTable(store).requiredLanguage(of: file)
    let offset = try offset(of: position, in: text, file)
    let language = try Language(try store.open(name))
    let recogniser = HoleRecogniser(
      language, prefix: Array(text[..<offset]), segments: [openEnded ? [] : Array(text[offset...])])
    let tokenizer = try tokens.tokenizer()
    let report = Report(
      file: file, line: position.line, column: position.column + 1, language: name, recogniser, tokenizer, token)
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(report))
    case .text: try StandardOutput.write(report.text)
    }
    if !report.canBeCompleted || report.token?.isPermitted == false { throw ExitStatus.findings }
  }

  private func parse(_ place: String) throws -> (file: String, TextPosition) {
    let parts = place.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, let line = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1]), line > 0,
      column > 0
    else { throw CommandError("expected FILE:LINE:COLUMN, both from 1, found '\(place)'") }
    return (parts.dropLast(2).joined(separator: ":"), TextPosition(row: line - 1, column: column - 1))
  }

  private func offset(of position: TextPosition, in text: [UInt8], _ file: String) throws -> Int {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard position.row < lines.count else {
      throw CommandError("\(file): expected a line up to \(lines.count), found \(position.line)")
    }
    let line = lines[position.row]
    guard position.column <= line.count else {
      throw CommandError(
        "\(file):\(position.line): expected a column up to \(line.count + 1), found \(position.column + 1)")
    }
    return line.startIndex + position.column
  }

  private struct Report: Encodable {
    struct Token: Encodable {
      var text: String
      var isPermitted: Bool
      /// The longest beginning of it that may stand there, and what may follow that.
      var beginning: String
      var expected: [String]
    }
    var file: String
    var line: Int
    var column: Int
    var language: String
    var canBeCompleted: Bool
    /// The terminal that is under way there.
    var unfinished: String
    var terminals: [String]
    var vocabulary: Int
    var tokens: Int
    /// Some of the tokens.
    var examples: [String]
    var token: Token?

    init(
      file: String, line: Int, column: Int, language: String, _ recogniser: HoleRecogniser, _ tokenizer: Tokenizer,
      _ token: String?
    ) {
      self.file = file
      self.line = line
      self.column = column
      self.language = language
      canBeCompleted = recogniser.isViable
      vocabulary = tokenizer.vocabulary.count
      let expectation = canBeCompleted ? recogniser.expectation() : .init()
      unfinished = String(decoding: expectation.unfinished, as: UTF8.self)
      terminals = Self.names(expectation.terminals, recogniser.language)
      let paths = TokenPaths(recogniser.language, tokenizer.vocabulary)
      let mask = canBeCompleted ? Array(recogniser.mask(paths)) : []
      tokens = mask.count
      let step = max(mask.count / 12, 1)
      examples = stride(from: 0, to: mask.count, by: step).prefix(12).map {
        String(decoding: tokenizer.vocabulary.bytes(of: mask[$0]), as: UTF8.self)
      }
      self.token = token.map { Self.judge($0, recogniser) }
    }

    private static func names(_ terminals: [SymbolID], _ language: Language) -> [String] {
      let symbols = language.grammar.tables.symbols
      return Set(terminals.map { symbols[$0.index].name }).sorted()
    }

    private static func judge(_ token: String, _ recogniser: HoleRecogniser) -> Token {
      let bytes = Array(token.utf8)
      if recogniser.canAppend(bytes) { return Token(text: token, isPermitted: true, beginning: token, expected: []) }
      let start = recogniser.checkpoint
      defer { recogniser.restore(start) }
      let count = bytes.prefix { recogniser.append([$0]) }.count
      let beginning = String(decoding: bytes[..<count], as: UTF8.self)
      return Token(
        text: token, isPermitted: false, beginning: beginning,
        expected: names(recogniser.expectation().terminals, recogniser.language))
    }

    var text: String {
      guard canBeCompleted else { return "\(file):\(line):\(column): nothing that stands there parses\n" }
      var lines = ["\(file):\(line):\(column): \(tokens) of \(vocabulary) tokens may stand there"]
      if !unfinished.isEmpty { lines.append("unfinished: \(unfinished)") }
      lines.append("terminals: \(terminals.joined(separator: " "))")
      lines.append("tokens, for example: \(examples.map(\.debugDescription).joined(separator: " "))")
      if let token {
        if token.isPermitted {
          lines.append("\(token.text.debugDescription) may stand there")
        } else {
          lines.append(
            "\(token.text.debugDescription) may not stand there: behind \(token.beginning.debugDescription) may come "
              + token.expected.joined(separator: " "))
        }
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
