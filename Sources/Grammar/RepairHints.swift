/// What a grammar's folder says about repairing text of the language: its `repairs:` in `dialect.yml`.
public struct RepairHints: Codable, Equatable, Sendable {
  /// A repair must keep every word and every number.
  public var lossless: Bool?
  /// Text that starts and ends strings.
  public var quotes: [String]?
  /// Text that stands for something left out, where the grammar takes it.
  public var fillers: [String]?
  /// The statement of a block without any, under a layout rule.
  public var emptyBlock: String?
  /// What people write for something else, tried where the text stops to parse.
  public var rewrites: [Rewrite]?

  public struct Rewrite: Codable, Equatable, Sendable {
    /// A regular expression over the lines around a mistake; `^` and `$` match at lines.
    public var pattern: String
    /// What to write instead, `$1` for the first group.
    public var replacement: String
    /// How unlikely the rewrite is: 1 is a missing comma; less is surer.
    public var cost: Double?
  }

  public init() {}
}
