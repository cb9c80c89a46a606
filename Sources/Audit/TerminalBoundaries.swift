import Diffusion
import Recognition

/// Where terminals start and end in a text: where holes may be cut.
struct TerminalBoundaries {
  /// Offsets behind each terminal, ascending.
  private(set) var offsets: [Int] = []

  init(_ language: Language, _ text: [UInt8]) {
    let recogniser = Recogniser(language)
    var frontier = recogniser.start
    var found: Set<Int> = []
    text.withUnsafeBufferPointer { bytes in
      _ = recogniser.advance(&frontier, bytes, isComplete: true) { position, _ in found.insert(position) }
    }
    offsets = found.sorted()
  }

  /// One to four holes of one to thirty terminals each, apart from each other.
  func randomHoles(in text: [UInt8], using generator: inout SeededGenerator) -> Canvas {
    let count = Int.random(in: 1...4, using: &generator)
    var ranges: [Range<Int>] = []
    for _ in 0..<count {
      let first = Int.random(in: 0..<offsets.count, using: &generator)
      let last = min(offsets.count - 1, first + Int.random(in: 0...30, using: &generator))
      ranges.append(offsets[first]..<offsets[last])
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    var apart: [Range<Int>] = []
    for range in ranges where apart.last.map({ $0.upperBound < range.lowerBound }) ?? true { apart.append(range) }
    return Canvas(text, holes: apart, lengths: apart.map { _ in 8 })
  }
}
