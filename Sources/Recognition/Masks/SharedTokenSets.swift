/// Token sets, each kept once: masks of stacks that differ are often the same, at one point or at several.
struct SharedTokenSets {
  private var current: Set<TokenSet> = []
  /// Those that were not asked for since the last time they were aged.
  private var older: Set<TokenSet> = []

  /// The equal set that is kept, and the bytes of memory, about, of one that was not in use. O(size of the set).
  mutating func shared(_ set: TokenSet) -> (set: TokenSet, newBytes: Int) {
    if let known = current.firstIndex(of: set) { return (current[known], 0) }
    let kept = older.remove(set) ?? set
    current.insert(kept)
    return (kept, kept.byteCount + MemoryLayout<TokenSet>.stride)
  }

  /// Forgets what was not asked for since the last time.
  mutating func age() {
    older = current
    current = []
  }
}
