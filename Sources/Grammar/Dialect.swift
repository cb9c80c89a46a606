/// What a grammar's folder says in `dialect.yml`: how the language's own parser is narrower than the grammar.
public struct Dialect: Codable, Equatable, Sendable {
  /// Names of symbols that must not occur: actions that shift or reduce to them are removed.
  public var forbiddenSymbols: [String]?
  /// Words that must not stand where the grammar wants its word terminal.
  public var reservedWords: [String]?
  /// The same for keywords of the grammar, in some places only.
  public var reservedWhere: [ReservedWhere]?
  /// Layout: a line's column must be that of an open block, and a block must not be empty.
  public var strictLayout: Bool?
  /// The characters that may stand between terminals, ASCII only; see `LexicalAutomaton.limitingPadding(to:)`.
  public var padding: String?
  /// The same for what the external scanner skips in front of its terminals.
  public var scannerPadding: ScannerPadding?
  /// By terminal name, a regular expression (the subset of `TerminalPattern`) that its text must match as a whole.
  public var terminalPatterns: [String: String]?
  /// Terminals inside strings: where one of them may stand, nothing is padding.
  public var tightTerminals: [String]?
  /// Terminals behind which a line break is no padding: it is a terminal of its own, or nothing.
  public var lineEnds: [String]?
  /// Terminals that begin lines, as directives do.
  public var lineStarts: LineStarts?
  /// Productions that must not occur: the reductions that they describe are removed.
  public var forbiddenProductions: [ForbiddenProduction]?
  /// By the name of a terminal, those of terminals that must not follow it, extras aside.
  public var forbiddenPairs: [String: [String]]?
  /// What is allowed of the direct children of nodes, extras aside.
  public var children: [ChildRules]?
  /// Tree-sitter queries that must not match.
  public var forbiddenQueries: [String]?
  /// Which built-in reference validator judges a file ("json"), if any.
  public var validator: String?
  /// Valid spellings that the grammar does not know, and how the parser is to read them.
  public var readAs: [Reading]?
  /// How to repair what is not of the language.
  public var repairs: RepairHints?

  public init() {}

  /// Matches of a regular expression that the parser sees as other text of as many bytes.
  public struct Reading: Codable, Equatable, Sendable {
    public var pattern: String
    /// As it is: no references to groups.
    public var replacement: String
  }
}

/// Terminals that stand at the beginnings of lines only, behind blanks at the most.
public struct LineStarts: Codable, Equatable, Sendable {
  public var terminals: [String]
  /// Terminals that end their line, behind which a line begins.
  public var behind: [String]?
}

/// What an external scanner may skip in front of a terminal.
public struct ScannerPadding: Codable, Equatable, Sendable {
  /// The characters, ASCII only.
  public var characters: String
  /// Terminals in front of which it may skip anything: the lines of a string that it takes apart.
  public var unless: [String]?
}

/// Rules about the direct children of nodes. Kinds are named as the grammar's symbols are, without aliases.
public struct ChildRules: Codable, Equatable, Sendable {
  /// The kinds of nodes that they are about.
  public var of: [String]
  /// Kinds that must not occur.
  public var forbidden: [String]?
  /// Kinds of which there must be one.
  public var required: [String]?
  /// `forbidden` and `required` hold only where there is one of these kinds, too.
  public var when: [String]?
  /// Kinds that must not occur twice.
  public var once: [String]?
  /// Kinds that do not count: their children are taken for those of the node.
  public var through: [String]?
  /// Groups of kinds in the order in which they come; what is in none may stand anywhere.
  public var order: [[String]]?
}

/// Words that are reserved wherever a symbol may start, as a statement.
public struct ReservedWhere: Codable, Equatable, Sendable {
  /// The symbol's name. Of several names for one thing, one that the tables know in all of the places.
  public var starts: String
  /// Symbols that must not be able to start there, as one that takes any words.
  public var unless: [String]?
  public var words: [String]
}

/// Reductions to be removed from the tables: those that everything which is given here fits.
public struct ForbiddenProduction: Codable, Equatable, Sendable {
  /// The name of the symbol that is reduced to.
  public var symbol: String?
  /// How many symbols it has.
  public var children: Int?
  /// The name of the terminal that it ends with: a word that is a name to the grammar and an operator to the language.
  public var last: String?
}
