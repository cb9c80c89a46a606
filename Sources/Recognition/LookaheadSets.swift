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
    var ids: [[UInt64]: Int32]
    /// By two sets.
    var intersections: [UInt64: LookaheadSet] = [:]
    /// By a set and a state.
    var narrowed: [UInt64: LookaheadSet] = [:]
  }
  private let contents: Mutex<Contents>
  private let words: Int
  /// Terminals that are the word terminal where nothing takes them.
  private let keywords: [UInt64]
  private let word: SymbolID

  /// - Parameters:
  ///   - keywords: those that may be read as `word`, which is `.end` if the grammar has none.
  init(terminalCount: Int, keywords: [SymbolID], word: SymbolID) {
    words = (terminalCount + 63) / 64
    self.word = word
    self.keywords = Self.bits(keywords, words)
    // Number 0 stands for `any`, which is no set of terminals that were reduced under.
    contents = Mutex(
      Contents(bits: [UInt64](repeating: 0, count: 2 * words), ids: [[UInt64](repeating: 0, count: words): 1]))
  }

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

  private static func intern(_ bits: [UInt64], _ contents: inout Contents) -> LookaheadSet {
    if let known = contents.ids[bits] { return LookaheadSet(id: known) }
    let id = Int32(contents.bits.count / bits.count)
    contents.bits += bits
    contents.ids[bits] = id
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
