/// Limits of one repair.
public struct RepairOptions: Sendable {
  /// The most places that a repair may change.
  public var maximumEdits = 40
  /// Seconds.
  public var timeout = 10.0
  /// The most a repair may delete: this part of what is no blank, and `minimumDeletion` bytes in any case.
  public var maximumDeletion = 0.25
  public static let minimumDeletion = 120
  /// How many proposals to look for.
  public var proposals = 10
  /// Whether the language's own parser is asked, where the grammar's folder names one and it is installed: what it
  /// accepts is valid, and proposals that it accepts come first.
  public var asksReference = true
  /// Repairs that are worse than the best by more than this, before a model is asked, are not shown to it.
  public var modelMargin = 2.0
  /// Orders repairs of the same cost: 0 as they are found, another seed at random.
  public var seed: UInt64 = 0

  public init() {}
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
