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
    /// The external scanner's state but for layout.
    var context: Int32
    /// Whether the terminal at the frontier may stand where it began.
    var place: UInt8
    /// Where a line starts: how far the innermost block is right of it.
    var column: Int32
    var line: LinePlace
    /// Whether the text behind the hole goes on in the context at the hole's start.
    var isInContext: Bool
    /// How many contexts are open at the hole's start.
    var contexts: Int8
    /// Whether holes may end in other contexts than they start in.
    var allowsOtherContexts: Bool
    /// Whether entries leave parts out; those that are left in depend on no column.
    var isPartial = false

    var partial: Key {
      var key = self
      key.isPartial = true
      // But for a line that starts, whose column is that of what is compared.
      key.top &= ~UInt64(UInt32.max)
      return key
    }
  }

  /// A verdict on an item, with its base as a depth below the top.
  struct Query: BitwiseCopyable {
    var depth: Int32
    var state: UInt16
    var isOver: Bool
    var outcome: Completion.Outcome
    /// `columnOfBase` for that of the base.
    var column: Int32
    var place: Place
    static let columnOfBase = Int32.min

    enum Place: BitwiseCopyable {
      case hole(LinePlace, isInContext: Bool)
      /// In the text behind the hole; a number of those that an entry lists.
      case behind(Int32)
    }
  }

  /// The text behind a frontier.
  struct Text: Hashable {
    var number: Int
    var hole: Int
    var allowsOtherContexts: Bool
  }

  /// A mask of a point, never changed.
  final class Entry: Sendable {
    /// The states from the top on, each with what is open there.
    let states: [UInt64]
    /// The columns of the open blocks, if they matter.
    let columns: [Int]?
    let queries: [Query]
    /// Places in the text behind the hole that the queries name.
    let positions: [SuffixPosition]
    /// The text for which alone it holds; nil if it does for all that answer the queries alike.
    let text: Text?
    /// How many brackets are open at each of the states, if the text behind the hole matters.
    let brackets: [UInt8]
    /// The external scanner's state, if what is open in layout matters.
    let scanner: Int32?
    /// What has to prove the stack, so that verdicts look at no more of it.
    let proofs: NeededProofs
    let tokens: TokenSet
    /// Tokens to be checked one by one.
    let others: TokenSet
    /// Parts of the point that are not in it, since they depend on more; by index.
    let isLeft: [Int32]

    init(
      states: [UInt64], columns: [Int]?, queries: [Query], positions: [SuffixPosition], text: Text?, brackets: [UInt8],
      scanner: Int32?, proofs: NeededProofs, tokens: TokenSet, others: TokenSet, isLeft: [Int32]
    ) {
      self.states = states
      self.columns = columns
      self.queries = queries
      self.positions = positions
      self.text = text
      self.brackets = brackets
      self.scanner = scanner
      self.proofs = proofs
      self.tokens = tokens
      self.others = others
      self.isLeft = isLeft
    }

    /// Bytes of memory, about; without sets of tokens, which it shares with others.
    var byteCount: Int {
      func size<Element>(_ array: [Element]) -> Int {
        array.isEmpty ? 0 : 32 + array.count * MemoryLayout<Element>.stride
      }
      return 300 + size(states) + size(columns ?? []) + size(queries) + size(positions) + size(isLeft)
    }
  }

  /// The entries of one key, by how many states they have and a hash of these.
  private struct Stacks {
    private var entries: [UInt64: [Entry]] = [:]
    /// Ascending.
    private var counts: [Int] = []
    private(set) var byteCount = 0
    /// Of those with the same states.
    private static let limit = 16

    /// Those that may have the states of a stack, of which `hash` gives the hash of as many as it is asked for, nil if it
    /// has fewer.
    func entries(_ hash: (Int) -> UInt64?) -> [Entry] {
      var result: [Entry] = []
      for count in counts {
        guard let hash = hash(count) else { break }
        guard let known = entries[hash] else { continue }
        if result.isEmpty { result = known } else { result += known }
      }
      return result
    }

    mutating func insert(_ entry: Entry, _ hash: UInt64) {
      let count = entry.states.count
      if !counts.contains(count) { counts.insert(count, at: counts.firstIndex { $0 > count } ?? counts.count) }
      if entries[hash]?.count ?? 0 >= Self.limit { entries[hash]?.removeFirst(Self.limit / 2) }
      entries[hash, default: []].append(entry)
      byteCount += entry.byteCount
    }
  }

  private var stacks: [Key: Stacks] = [:]
  /// Those that were not asked for since memory was last aged.
  private var older: [Key: Stacks] = [:]
  /// Hashes of stacks.
  private var met: Set<UInt64> = []

  /// The entries with the same top that may have the states of a stack, and the bytes of those that are in use again.
  ///
  /// O(different numbers of states).
  ///
  /// - Parameter hash: what of a number of states from the top on is; nil if there are fewer.
  mutating func entries(_ key: Key, _ hash: (Int) -> UInt64?) -> (entries: [Entry], revived: Int) {
    if let known = stacks[key] { return (known.entries(hash), 0) }
    guard let known = older.removeValue(forKey: key) else { return ([], 0) }
    stacks[key] = known
    return (known.entries(hash), known.byteCount)
  }

  /// Keeps `entry`, whose states have `hash`; the bytes that it takes up, about. O(1).
  mutating func insert(_ entry: Entry, _ hash: UInt64, for key: Key) -> Int {
    stacks[key, default: Stacks()].insert(entry, hash)
    return entry.byteCount
  }

  /// Whether a stack whose states have `hash` is met for the first time since memory was last aged. O(1).
  mutating func isFirst(_ key: Key, _ hash: UInt64) -> Bool {
    var hasher = Hasher()
    hasher.combine(key)
    hasher.combine(hash)
    return met.insert(UInt64(bitPattern: Int64(hasher.finalize()))).inserted
  }

  /// Forgets what was not asked for since the last time.
  mutating func age() {
    older = stacks
    stacks = [:]
    met = []
  }
}
