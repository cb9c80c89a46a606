import ArgumentParser
import Foundation
import Grammar
import Reporting

/// `espalier grammar list`: what is installed, and what is known about it.
struct GrammarList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the installed grammars.",
    discussion: """
      A row has the version, the ABI, what audits have recorded ('espalier audit … --record'), whether a dialect narrows \
      the grammar, the language's own parser and the file endings. --format json has all of it by name.
      """)

  @Argument(help: "The grammars to list; default: all.")
  var names: [String] = []

  @OptionGroup var output: FormatOption

  func run() throws {
    let store = GrammarStore.default
    let installed = store.list()
    for name in names where !installed.contains(where: { $0.name == name }) {
      throw GrammarError.unknownGrammar(name: name, installed: installed.map(\.name))
    }
    let rows = installed.filter { names.isEmpty || names.contains($0.name) }.map { Row($0, store) }
    switch output.format {
    case .json: try StandardOutput.write(JSONText.document(rows))
    case .text: try StandardOutput.write(Self.table(rows))
    }
  }

  private static func table(_ rows: [Row]) -> String {
    if rows.isEmpty { return "no grammars are installed; install one with 'espalier grammar install PATH'\n" }
    let cells = rows.map(\.cells)
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      zip(row, widths).dropLast().map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) + "  " }.joined()
        + (row.last ?? "") + "\n"
    }.joined()
  }
}

/// What is known about an installed grammar.
private struct Row: Encodable {
  var name: String
  var version: String?
  var licence: String?
  var extensions: [String]
  var folder: String
  var abi: Int?
  /// Who judges whether a text parses.
  var judge: Judge?
  var hasDialect: Bool
  var reference: Reference?
  /// By the name of the audit; nil if nothing is recorded about this build.
  var audits: [String: AuditRecords.Record]?
  private var isReadable: Bool

  enum Judge: String, Encodable {
    /// The tree-sitter runtime as it is.
    case runtime
    /// The runtime, which is handed a copy of the grammar in the layout of the newest ABI that it reads.
    case runtimeWithCopy = "runtime with a copy"
  }

  /// The language's own parser.
  struct Reference: Encodable {
    var command: String
    var isInstalled: Bool
  }

  enum CodingKeys: String, CodingKey {
    case name, version, licence, extensions, folder, abi, judge, hasDialect, reference, audits
  }

  init(_ entry: GrammarStore.Entry, _ store: GrammarStore) {
    name = entry.name
    version = entry.description?.version
    licence = entry.description?.licence
    extensions = entry.description?.extensions ?? []
    folder = entry.folder.path
    abi = entry.abi
    judge = abi.map { $0 <= GrammarLibrary.runtimeABI ? .runtime : .runtimeWithCopy }
    hasDialect = entry.hasDialect
    reference = entry.description?.reference?.first.map { Reference(command: $0, isInstalled: Self.isInPath($0)) }
    audits = store.audits(of: entry)
    isReadable = entry.description != nil && abi != nil
  }

  var cells: [String] {
    [
      name, version ?? "-", abi.map { "ABI \($0)" } ?? "-", known, hasDialect ? "dialect" : "-",
      reference.map { $0.isInstalled ? $0.command : "\($0.command) (not installed)" } ?? "-",
      isReadable ? extensions.map { ".\($0)" }.joined(separator: " ") : "(cannot be read; install it again)",
    ]
  }

  /// The audits in brief.
  private var known: String {
    let audits = (audits ?? [:]).sorted { $0.key < $1.key }
    if audits.isEmpty { return "not audited" }
    return audits.map { name, record in
      record.failed == 0 ? "\(name) \(record.checked)" : "\(name) \(record.checked) (\(record.failed) failed)"
    }.joined(separator: ", ")
  }

  private static func isInPath(_ command: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(command)") }
  }
}
