import Synchronization

/// A counter on standard error for work that takes long; silent where standard error is no terminal.
public final class Progress: Sendable {
  private struct State {
    var done = 0
    var isShown = false
    var next: ContinuousClock.Instant
  }

  private let label: String
  private let total: Int
  private let isEnabled: Bool
  private let state: Mutex<State>

  /// Counts up to `total`, in the words of `label` ("checking"). Shows nothing in the first half second.
  public init(_ label: String, total: Int) {
    self.label = label
    self.total = total
    isEnabled = StandardError.isTerminal
    state = Mutex(State(next: .now + .milliseconds(500)))
  }

  /// Counts one more as done. Any task may call this.
  public func advance() {
    guard isEnabled else { return }
    let done: Int? = state.withLock { state in
      state.done += 1
      guard ContinuousClock.now >= state.next else { return nil }
      state.next = .now + .milliseconds(100)
      state.isShown = true
      return state.done
    }
    if let done { StandardError.write("\r\u{1B}[K\(label) \(done) of \(total)") }
  }

  /// Removes the counter from the terminal.
  public func finish() {
    if state.withLock({ $0.isShown }) { StandardError.write("\r\u{1B}[K") }
  }
}
