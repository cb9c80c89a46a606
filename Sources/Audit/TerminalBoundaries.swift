import Diffusion
import Recognition

/// Where terminals start and end in a text: where holes may be cut.
struct TerminalBoundaries {
  /// Offsets behind each terminal, ascending.
  private(set) var offsets: [Int] = []
  /// The context at each offset; text behind a hole is expected to go on in that before it.
  private var contexts: [Int: TextContext] = [:]

  init(_ language: Language, _ text: [UInt8]) {
    let recogniser = Recogniser(language)
    var frontier = recogniser.start(of: text)
    var found: [Int: TextContext] = [:]
    text.withUnsafeBufferPointer { bytes in
      _ = recogniser.advance(&frontier, bytes, isComplete: true) { position, heads in
        found[position] = recogniser.context(of: heads[0])
      }
    }
    offsets = found.keys.sorted()
    contexts = found
  }

  /// The context behind the last terminal before `offset`. O(log terminals).
  func context(at offset: Int) -> TextContext? {
    var range = 0..<offsets.count
    while range.count > 1 {
      let middle = (range.lowerBound + range.upperBound) / 2
      if offsets[middle] <= offset { range = middle..<range.upperBound } else { range = range.lowerBound..<middle }
    }
    return range.isEmpty ? nil : contexts[offsets[range.lowerBound]]
  }

  /// One to four holes of one to thirty terminals each, apart from each other.
  func randomHoles(in text: [UInt8], using generator: inout SeededGenerator) -> Canvas {
    let count = Int.random(in: 1...4, using: &generator)
    var ranges: [Range<Int>] = []
    while ranges.count < count {
      let first = Int.random(in: 0..<offsets.count, using: &generator)
      let last = min(offsets.count - 1, first + Int.random(in: 0...30, using: &generator))
      let range = offsets[first]..<offsets[last]
      if contexts[range.lowerBound] == contexts[range.upperBound] { ranges.append(range) }
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    var apart: [Range<Int>] = []
    for range in ranges where apart.last.map({ $0.upperBound < range.lowerBound }) ?? true { apart.append(range) }
    return Canvas(text, holes: apart, lengths: apart.map { _ in 8 })
  }
}
