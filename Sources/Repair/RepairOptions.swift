/// Limits of one repair.
public struct RepairOptions: Sendable {
  /// The most places that a repair may change.
  public var maximumEdits = 40
  /// Seconds.
  public var timeout = 10.0
  /// How many proposals to look for.
  public var proposals = 5
  /// Whether the language's own parser is asked, where the grammar's folder names one and it is installed: what it
  /// accepts is valid, and proposals that it accepts come first.
  public var asksReference = true
  /// Orders repairs of the same cost: 0 as they are found, another seed at random.
  public var seed: UInt64 = 0

  public init() {}
}

/// One way to repair a text.
public struct RepairProposal: Sendable {
  public var text: [UInt8]
  let script: EditScript
  /// What the edits cost; the cheapest proposal comes first.
  public var cost: Double
  /// Words and numbers of the original that the proposal no longer has.
  public var lostWords: [String]
  /// The mean log probability that the model gives the text around the edits, if there is a model.
  public var likelihood: Double?
  /// Who put it before the others.
  public internal(set) var chosenBy = Choice.cost
  /// The edits that every repair found makes: nothing else was possible there, as far as the search went.
  var forcedEdits: Set<TextEdit> = []

  public enum Choice: String, Sendable, Encodable {
    /// It is the cheapest.
    case cost
    /// The model found it likelier than a cheaper one.
    case model
    /// The language's own parser refused what came before it.
    case reference
  }

  init(text: [UInt8], script: EditScript, cost: Double, _ lostWords: [String]) {
    self.text = text
    self.script = script
    self.cost = cost
    self.lostWords = lostWords
  }

  /// In the order of the original text.
  public var edits: [TextEdit] { script.edits }

  /// Whether every repair found makes this edit.
  public func isForced(_ edit: TextEdit) -> Bool { forcedEdits.contains(edit) }
}

/// What became of a text.
public enum RepairOutcome: Sendable {
  /// The text is of its language.
  case valid
  /// The best proposal first; never empty.
  case repaired([RepairProposal])
  /// Nothing was found, for the reason given; the text fails to parse at the offset.
  case unrepaired(reason: String, offset: Int)
}
