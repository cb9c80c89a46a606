/// One way to repair a text.
public struct RepairProposal: Sendable {
  public var text: [UInt8]
  let script: EditScript
  /// What the edits cost.
  public var cost: Double
  /// Words and numbers of the original that the proposal no longer has.
  public var lostWords: [String]
  /// What the model makes of the text around the edits, if it was asked.
  public var judgement: ModelJudgement?
  /// How much likelier the text became by the edits, in nats, as the rest of the text has it.
  public var gain = 0.0
  /// How sure the ranking is of this one among all proposals, from 0 to 1.
  public internal(set) var confidence = 1.0
  /// Who put it before the others.
  public internal(set) var chosenBy = Choice.cost
  /// What the language's own parser says about it; nil where it was not asked or cannot say.
  public internal(set) var reference: Reference?
  /// Where the language's own parser refuses it, if it does and tells.
  var refusal: Int?
  /// The edits that every repair found makes: nothing else was possible there, as far as the search went.
  var forcedEdits: Set<TextEdit> = []

  public enum Choice: String, Sendable, Encodable {
    /// It is the cheapest, or the likeliest as the rest of the text has it.
    case cost
    /// The model found it likelier than a cheaper one.
    case model
    /// The language's own parser refused what came before it.
    case reference
  }

  public enum Reference: String, Sendable, Encodable {
    case accepted
    /// The syntax is right, a name or a type is not.
    case wrongMeaning
    case rejected
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

  /// Nothing was chosen, nothing is lost, and the language's own parser does not refuse the result.
  public var isSafe: Bool { edits.allSatisfy(isForced) && lostWords.isEmpty && reference != .rejected }
}
