import Synchronization

/// A stretch of time in which so many bytes are used.
///
/// What was used neither in this generation nor in the one before it may be forgotten, so that no more is kept than twice
/// the limit. May be used from several threads at once.
final class MemoryGeneration: Sendable {
  private let current = Atomic(0)
  private let used = Atomic(0)
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var number: Int { current.load(ordering: .relaxed) }

  /// Notes that `bytes` are used which were not in this generation; whether it should end. O(1).
  func add(_ bytes: Int) -> Bool { used.add(bytes, ordering: .relaxed).newValue > limit }

  /// Begins the next generation; the number of the one that ends. nil if there is none to end, since another thread did.
  func end() -> Int? {
    guard used.load(ordering: .relaxed) > limit else { return nil }
    used.store(0, ordering: .relaxed)
    return current.add(1, ordering: .relaxed).oldValue
  }
}

/// When something was used last.
final class LastUse: Sendable {
  private let last = Atomic(-1)
  var generation: Int { last.load(ordering: .relaxed) }

  /// Notes a use in `generation`; whether it is the first one. O(1).
  func note(_ generation: Int) -> Bool {
    if last.load(ordering: .relaxed) == generation { return false }
    return last.exchange(generation, ordering: .relaxed) != generation
  }
}
