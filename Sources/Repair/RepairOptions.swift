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
  /// Orders what is otherwise equal.
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

  init(text: [UInt8], script: EditScript, cost: Double, _ lostWords: [String]) {
    self.text = text
    self.script = script
    self.cost = cost
    self.lostWords = lostWords
  }

  /// In the order of the original text.
  public var edits: [TextEdit] { script.edits }
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
