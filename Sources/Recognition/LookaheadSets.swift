import Grammar
import Synchronization

/// Which terminals may come next where a reduction was taken in a hole: a set of a language, by number.
struct LookaheadSet: Hashable, BitwiseCopyable {
  var id: Int32
  /// Nothing was reduced in the hole yet: any terminal may come next, in it or behind it.
  static let any = LookaheadSet(id: 0)
  static let empty = LookaheadSet(id: 1)
}

/// The sets of terminals under which a language's states reduce, and their intersections, each once.
///
/// A set is numbered when it first comes up and never changes. Safe to share between threads.
final class LookaheadSets: Sendable {
  private struct Contents: ~Copyable {
    /// Shape (sets, words).
    var bits: [UInt64]
    var count: Int32
    /// Numbers of sets by what is in them; `any` is not there.
    var table = IndexTable()
    /// By two sets.
    var intersections: [UInt64: LookaheadSet] = [:]
    /// By a set and a state.
    var narrowed: [UInt64: LookaheadSet] = [:]

    deinit { table.deallocate() }
  }
  private let contents: Mutex<Contents>
  private let words: Int
  /// Terminals that are the word terminal where nothing takes them.
  private let keywords: [UInt64]
  private let word: SymbolID

  /// - Parameters:
  ///   - keywords: those that may be read as `word`, which is `.end` if the grammar has none.
  ///   - known: sets that have their numbers already, as `allBits` gives them.
  init(terminalCount: Int, keywords: [SymbolID], word: SymbolID, known: Column<UInt64>? = nil) {
    words = (terminalCount + 63) / 64
    self.word = word
    self.keywords = Self.bits(keywords, words)
    // Number 0 stands for `any`, which is no set of terminals that were reduced under.
    let bits = known.map { Array($0) } ?? [UInt64](repeating: 0, count: 2 * words)
    var contents = Contents(bits: bits, count: Int32(bits.count / max(words, 1)))
    for set in 1..<max(contents.count, 1) { Self.enter(set, words, &contents) }
    self.contents = Mutex(contents)
  }

  private static func hash(_ bits: some Sequence<UInt64>) -> UInt64 {
    bits.reduce(0) { IndexTable.hash($0 &* 0x9E37_79B9_7F4A_7C15 ^ $1) }
  }

  private static func hash(_ set: Int32, _ words: Int, _ bits: [UInt64]) -> UInt64 {
    hash(bits[Int(set) * words..<(Int(set) + 1) * words])
  }

  /// Enters a set that is not in the table.
  private static func enter(_ set: Int32, _ words: Int, _ contents: inout Contents) {
    let bits = contents.bits
    let slot = contents.table.find(hash(set, words, bits)) { _ in false }.slot
    contents.table.insert(set, at: slot) { hash($0, words, bits) }
  }

  /// The bits of all sets by number.
  var allBits: [UInt64] { contents.withLock { $0.bits } }

  private static func bits(_ terminals: some Sequence<SymbolID>, _ words: Int) -> [UInt64] {
    var bits = [UInt64](repeating: 0, count: words)
    for terminal in terminals { bits[terminal.index / 64] |= 1 << UInt64(terminal.index % 64) }
    return bits
  }

  /// The set of `terminals`. O(terminals).
  func set(_ terminals: some Sequence<SymbolID>) -> LookaheadSet {
    let bits = Self.bits(terminals, words)
    return contents.withLock { Self.intern(bits, &$0) }
  }

  /// The terminals of a set as bits, lowest first; none for `any`. O(words).
  func bits(of set: LookaheadSet) -> [UInt64] {
    if set == .any { return [] }
    return contents.withLock { Array(bits(set, $0)) }
  }

  /// The set with these `bits`; nil if they are not of this language.
  func set(bits: [UInt64]) -> LookaheadSet? {
    if bits.isEmpty { return .any }
    if bits.count != words { return nil }
    return contents.withLock { Self.intern(bits, &$0) }
  }

  private static func intern(_ new: [UInt64], _ contents: inout Contents) -> LookaheadSet {
    let words = new.count
    let bits = contents.bits
    let known = contents.table.find(hash(new)) { set in
      new.indices.allSatisfy { bits[Int(set) * words + $0] == new[$0] }
    }
    if known.index >= 0 { return LookaheadSet(id: known.index) }
    let id = contents.count
    contents.count += 1
    contents.bits += new
    enter(id, words, &contents)
    return LookaheadSet(id: id)
  }

  private func bits(_ set: LookaheadSet, _ contents: borrowing Contents) -> ArraySlice<UInt64> {
    contents.bits[Int(set.id) * words..<(Int(set.id) + 1) * words]
  }

  func contains(_ set: LookaheadSet, _ terminal: SymbolID) -> Bool {
    set == .any
      || contents.withLock {
        $0.bits[Int(set.id) * words + terminal.index / 64] >> UInt64(terminal.index % 64) & 1 != 0
      }
  }

  /// Whether every terminal of `other` is in `set`. O(words).
  func includes(_ set: LookaheadSet, _ other: LookaheadSet) -> Bool {
    if set == .any || set == other { return true }
    if other == .any { return false }
    return contents.withLock { contents in
      zip(bits(set, contents), bits(other, contents)).allSatisfy { $0 | $1 == $0 }
    }
  }

  /// The terminals of both. Amortised O(1).
  func intersection(_ first: LookaheadSet, _ second: LookaheadSet) -> LookaheadSet {
    if first == second || second == .any { return first }
    if first == .any { return second }
    let key = UInt64(UInt32(bitPattern: first.id)) << 32 | UInt64(UInt32(bitPattern: second.id))
    return contents.withLock { contents in
      if let known = contents.intersections[key] { return known }
      let both = zip(bits(first, contents), bits(second, contents)).map { $0 & $1 }
      let result = Self.intern(both, &contents)
      contents.intersections[key] = result
      return result
    }
  }

  /// Of `set`, what `state` takes, which are the terminals `taken`. Amortised O(1).
  ///
  /// A keyword that the state does not take is its word, unless `isReserved` says otherwise.
  func narrowed(
    _ set: LookaheadSet, by state: UInt16, taking taken: LookaheadSet, isReserved: (SymbolID) -> Bool
  ) -> LookaheadSet {
    if set == .any { return set }
    let key = UInt64(UInt32(bitPattern: set.id)) << 32 | UInt64(state)
    return contents.withLock { contents in
      if let known = contents.narrowed[key] { return known }
      let (all, own) = (Array(bits(set, contents)), Array(bits(taken, contents)))
      var both = zip(all, own).map { $0 & $1 }
      if word != .end, own[word.index / 64] >> UInt64(word.index % 64) & 1 != 0 {
        let others = (0..<words * 64).lazy.filter { index in
          (all[index / 64] & ~own[index / 64] & self.keywords[index / 64]) >> UInt64(index % 64) & 1 != 0
        }
        if others.contains(where: { !isReserved(SymbolID($0)) }) {
          both[word.index / 64] |= 1 << UInt64(word.index % 64)
        }
      }
      let result = Self.intern(both, &contents)
      contents.narrowed[key] = result
      return result
    }
  }
}
