import Vocabulary

/// Masks of a lexical point, each with all that it was computed from, so that it serves every stack that is alike.
///
/// A mask depends on the top of the stack, as deep as reductions have looked, and on verdicts whether the rest of the
/// file can be completed over some of its states. Both are compared, so that a mask which is found is the one that would
/// be computed.
struct MaskMemory {
  /// What the parser brings along, and the top of the stack.
  struct Key: Hashable {
    var top: UInt64
    var startsLine: Bool
    /// Whether the terminal at the frontier may stand where it began.
    var place: UInt8
    var column: Int32
    var line: LinePlace
    /// Whether the text behind the hole goes on in the context at the hole's start.
    var isInContext: Bool
    /// How many contexts are open at the hole's start.
    var contexts: Int8
    /// Whether holes may end in other contexts than they start in.
    var allowsOtherContexts: Bool
  }

  /// A verdict on an item, with its base as a depth below the top.
  struct Query {
    var depth: Int32
    var state: UInt16
    var isOver: Bool
    var place: Place
    var column: Int32
    var isCompletable: Bool

    enum Place {
      case hole(LinePlace, isInContext: Bool)
      case behind(SuffixPosition)
    }
  }

  /// The text behind a frontier.
  struct Text: Hashable {
    var number: Int
    var hole: Int
    var allowsOtherContexts: Bool
  }

  struct Entry {
    /// The states from the top on, each with what is open there.
    var states: [UInt64]
    /// The columns of the open blocks, if they matter.
    var columns: [Int]?
    var queries: [Query]
    /// The text for which alone it holds; nil if it does for all that answer the queries alike.
    var text: Text?
    var tokens: TokenSet
    /// Tokens to be checked one by one.
    var others: [TokenID]
  }

  private var entries: [Key: [Entry]] = [:]
  private static let limit = 64

  /// The first entry that `fits`. O(entries with the same top).
  func entry(_ key: Key, where fits: (Entry) -> Bool) -> Entry? {
    guard let known = entries[key] else { return nil }
    return known.first(where: fits)
  }

  mutating func insert(_ entry: Entry, for key: Key) {
    if entries[key]?.count ?? 0 >= Self.limit { entries[key]?.removeFirst(Self.limit / 2) }
    entries[key, default: []].append(entry)
  }
}
