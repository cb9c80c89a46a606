import ArgumentParser
import Foundation
import Grammar
import Recognition
import Reporting

/// `espalier grammar`: what is installed, and installing more.
struct GrammarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grammar",
    abstract: "List and install tree-sitter grammars.",
    subcommands: [GrammarList.self, Info.self, Install.self])
}

extension GrammarCommand {
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what an installed grammar consists of.")

    @Argument(help: "The grammar's name.")
    var name: String

    func run() throws {
      let folder = try GrammarStore.default.folder(of: name)
      let grammar = try GrammarStore.default.open(name)
      let tables = grammar.tables
      let rows = [
        ("name", grammar.name),
        ("version", grammar.description.version ?? "-"),
        ("licence", grammar.description.licence ?? "-"),
        ("endings", grammar.description.extensions.map { ".\($0)" }.joined(separator: " ")),
        ("folder", folder.path),
        ("states", "\(tables.stateCount)"),
        ("terminals", "\(tables.terminalCount), \(tables.externalTerminals.count) of them from the external scanner"),
        ("nonterminals", "\(tables.symbolCount - tables.terminalCount)"),
        ("lexer states", "\(grammar.lexer.stateCount), byte classes \(grammar.lexer.classCount)"),
        ("keyword states", grammar.keywords.map { "\($0.stateCount)" } ?? "none"),
        ("dialect", grammar.dialect == Dialect() ? "none" : "narrows the grammar"),
      ]
      for (key, value) in rows {
        try StandardOutput.write(key.padding(toLength: 15, withPad: " ", startingAt: 0) + value + "\n")
      }
    }
  }

  struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compile and install a tree-sitter grammar of ABI 13 to 15.",
      discussion: "Needs a C compiler. The grammar's own build files are not run.")

    @Argument(help: "The grammar's folder: the one with src/parser.c.", completion: .directory)
    var path: String

    @Option(help: "A folder with grammar.yml and perhaps dialect.yml; default: the grammar's own metadata.")
    var description: String?

    @Option(help: "The store to install into; default: $ESPALIER_HOME or the user's own store.")
    var into: String?

    func run() throws {
      let entry = try GrammarStore.default.install(
        folder: URL(fileURLWithPath: path, isDirectory: true),
        into: into.map { URL(fileURLWithPath: $0, isDirectory: true) },
        description: description.map { URL(fileURLWithPath: $0, isDirectory: true) })
      // What is computed of it is kept beside it: the first use is as quick as others then, also where the store cannot be
      // written to. A mistake in its dialect shows when it is used.
      let root = entry.folder.deletingLastPathComponent().deletingLastPathComponent()
      _ = try? Language(GrammarStore(roots: [root]).open(entry.name))
      try StandardOutput.write("installed \(entry.name) in \(entry.folder.path)\n")
    }
  }
}
