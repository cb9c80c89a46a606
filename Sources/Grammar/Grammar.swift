/// A tree-sitter grammar as data: its tables, its lexical automata, its description and its dialect.
public final class Grammar: Sendable {
  /// The grammar's name as its `tree_sitter_NAME` function spells it.
  public let name: String
  /// As parser.c declares them; a dialect's narrowing is not applied here.
  public let tables: ParseTables
  public let lexer: LexicalAutomaton
  /// The keyword automaton, if `tables.keywordCapture` is set.
  public let keywords: LexicalAutomaton?
  public let description: GrammarDescription
  public let dialect: Dialect
  /// How the parser sees a text: the dialect's `readAs`. What judges or recognises a text applies it first.
  public let reading: TextReading
  /// The compiled grammar: what the runtime and the external scanner are driven through.
  public let library: GrammarLibrary
  /// Where what is computed from the grammar may be kept; nil if it has no folder.
  public let cache: GrammarCache?

  package init(
    name: String, tables: ParseTables, lexer: LexicalAutomaton, keywords: LexicalAutomaton?,
    description: GrammarDescription, dialect: Dialect, reading: TextReading,
    library: GrammarLibrary, cache: GrammarCache? = nil
  ) {
    self.name = name
    self.tables = tables
    self.lexer = lexer
    self.keywords = keywords
    self.description = description
    self.dialect = dialect
    self.reading = reading
    self.library = library
    self.cache = cache
  }
}
