import Dispatch
import Recognition
import Synchronization
import Vocabulary

/// Masks over one vocabulary, as the rows of a matrix of words, which is how serving engines take them.
public struct MaskBatch: Sendable, Equatable {
  /// Shape (rowCount, wordsPerRow), row-major: token `t` of row `r` is bit `t % 32` of word `r * wordsPerRow + t / 32`.
  public private(set) var words: [UInt32]
  public let rowCount: Int
  /// Number of tokens in the vocabulary, in words of 32.
  public let wordsPerRow: Int

  /// The masks at the frontiers of `constraints`, each of a text of its own, all with the same token paths.
  ///
  /// A text with holes has one frontier; positions of several texts, or of one text with several beginnings of a hole, are
  /// that many constraints. The rows are those of `TokenConstraint.mask`, whatever the number of threads.
  /// O(masks / threads).
  ///
  /// - Parameter threads: how many are used at the most.
  public init(_ constraints: [TokenConstraint], threads: Int = .max) {
    let paths = constraints.first?.paths
    precondition(constraints.allSatisfy { $0.paths === paths }, "masks of different vocabularies or languages")
    precondition(
      Set(constraints.map { ObjectIdentifier($0.recogniser) }).count == constraints.count, "a text has one frontier")
    rowCount = constraints.count
    wordsPerRow = ((paths?.vocabulary.count ?? 0) + 31) / 32
    let wordsPerRow = wordsPerRow
    words = [UInt32](unsafeUninitializedCapacity: constraints.count * wordsPerRow) { buffer, count in
      let work = Work(constraints, buffer)
      let workers = min(threads, constraints.count)
      if workers > 1 {
        DispatchQueue.concurrentPerform(iterations: workers) { _ in work.run(wordsPerRow) }
      } else {
        work.run(wordsPerRow)
      }
      count = constraints.count * wordsPerRow
    }
  }

  /// The mask of a row. O(words).
  public subscript(row: Int) -> ArraySlice<UInt32> { words[row * wordsPerRow..<(row + 1) * wordsPerRow] }

  /// Rows that are still to be computed, taken by threads one after the other.
  private final class Work: @unchecked Sendable {
    private let constraints: [TokenConstraint]
    private let words: UnsafeMutableBufferPointer<UInt32>
    private let next = Atomic(0)

    init(_ constraints: [TokenConstraint], _ words: UnsafeMutableBufferPointer<UInt32>) {
      self.constraints = constraints
      self.words = words
    }

    func run(_ wordsPerRow: Int) {
      while true {
        let row = next.add(1, ordering: .relaxed).oldValue
        guard row < constraints.count else { return }
        // A row is of one thread alone.
        constraints[row].mask().withWords { own in
          _ = UnsafeMutableBufferPointer(rebasing: words[(row * wordsPerRow)...]).initialize(from: own)
        }
      }
    }
  }
}
