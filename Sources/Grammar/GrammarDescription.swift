/// What a grammar's folder says in `grammar.yml`: facts about the language that its tables do not hold.
public struct GrammarDescription: Codable, Equatable, Sendable {
  public var name: String
  public var version: String?
  public var licence: String?
  /// File name endings, without the dot.
  public var extensions: [String]
  /// How a comment to the end of the line starts; used for probes and for the generation marker.
  public var lineComment: String?
  /// How a comment of several lines starts and ends; for comments that the external scanner looks past.
  public var blockComment: [String]?
  /// Sets of blanks of which the external scanner takes any number in a row as it takes one; under the off-side rule, on
  /// lines that have begun.
  public var blanks: [String]?
  /// The off-side rule, where the language has one.
  public var layout: Layout?
  /// Pairs of external terminals between which the scanner is in another state, as those that start and end a string; or
  /// one terminal alone behind which all of the rest is something else.
  public var contexts: [[String]]?
  /// Terminals with text all of which is alike, as the words of a string: behind a character that the pattern
  /// matches, the scanner goes on as it does behind the letter a. Also comments that scanners look past. Masks are fast in
  /// such text.
  public var contents: [String: String]?
  /// Words that the external scanner passes to see what stands behind them.
  public var words: Words?
  /// Whether the external scanner's state says what is open in the text, as blocks or tags, and text reads alike in all
  /// such states: what stands behind a hole goes on in the state that the hole ends in.
  public var carriesState: Bool?
  /// Where in the external scanner's state there are numbers of lines, as offsets of 16 bits in the byte order of the
  /// machine: of the current line first, then of others, of which only whether they are the current one matters.
  public var lineNumbers: [Int]?
  /// Sample text for terminals that have no fixed spelling, by symbol name; used for shortest completions.
  public var placeholders: [String: String]?
  /// Further text that the external scanner is probed with at the end of known bytes; "{}" stands for each word that its
  /// state holds, as that which ends a heredoc.
  public var probes: [String]?
  /// How functions look in the parse tree, for `generate --function`.
  public var functions: [Function]?
  /// The command that is the language's own parser: an argument list in which "{}" is a file, or "{...}" any number of
  /// them; nil if there is none.
  public var reference: [String]?
  /// How to read what that command says.
  public var diagnostics: Diagnostics?

  public struct Layout: Codable, Equatable, Sendable {
    /// Names of the external terminals.
    public var newline: String
    public var indent: String
    public var dedent: String
    /// How many columns a tab counts.
    public var tabWidth: Int
    /// Pairs of terminals, each in one word of two characters, between which lines are joined.
    public var brackets: [String]?
  }

  /// Words that are alike to the external scanner; where it declines, each is what the generated lexer makes of it.
  public struct Words: Codable, Equatable, Sendable {
    /// The characters that they consist of; of several sets, the first that a word fits counts.
    public var sets: [String]
    /// What may stand in front of them, as the minus sign of an option.
    public var marks: [String]?
    /// Terminals of the scanner that may be made of words: where it is asked for one, they are not alike.
    public var unless: [String]?
  }

  public struct Function: Codable, Equatable, Sendable {
    /// The node kind of a function, and its fields; the name is the first identifier in its field's node.
    public var node: String
    public var name: String
    public var body: String
  }

  /// What the reference command reports, as regular expressions over the lines of its output.
  public struct Diagnostics: Codable, Equatable, Sendable {
    /// A line that reports an error; "{}" stands for the file. Groups: line, column (both from 1, bytes) and message.
    public var error: String
    /// Messages that are about the meaning of the text, such as names that nobody declares, and not about its syntax.
    public var meaning: [String]?
    /// Messages that say that the text has not been judged to its end, such as a missing file.
    public var undecided: [String]?
  }
}
