import Tensor

/// The tokens of one canvas that a pass computes.
struct PassSegment {
  /// The canvas in the stores of keys and values; starts at a multiple of `laneCount`.
  var keys: Range<Int>
  /// The places of the computed tokens in the canvas.
  var positions: Range<Int>
  /// The first of them in the residual stream; a multiple of `laneCount`.
  var lane: Int

  var vectors: Int { wholeVectors(positions.count) / laneCount }

  /// Keeps the vectors of tokens in which some of `asked` stand.
  mutating func narrow(to asked: Range<Int>) {
    let asked = asked.clamped(to: positions)
    let skipped = (asked.lowerBound - positions.lowerBound) / laneCount * laneCount
    let count = wholeVectors(asked.upperBound - positions.lowerBound)
    lane += skipped
    positions = positions.lowerBound + skipped..<min(positions.lowerBound + count, positions.upperBound)
  }
}

/// Up to `vectorLimit` vectors of tokens of one canvas: what a thread computes at once.
struct PassGroup {
  var keys: Range<Int>
  /// The first token's place in the canvas, and how many there are; the rest of the last vector is padding.
  var position: Int
  var count: Int
  var lane: Int
  var vectors: Int
}

/// Who computes what in a pass.
struct PassPlan {
  private(set) var segments: [PassSegment] = []
  /// The groups of each thread.
  private(set) var groups: [[PassGroup]]

  init(threads: Int) { groups = [[PassGroup]](repeating: [], count: threads) }

  /// Shares the vectors of all segments evenly; each thread's are next to each other. Does not allocate once the arrays
  /// have grown.
  mutating func set(_ segments: [PassSegment]) {
    self.segments = segments
    let total = segments.reduce(0) { $0 + $1.vectors }
    for thread in groups.indices {
      groups[thread].removeAll(keepingCapacity: true)
      let share = total * thread / groups.count..<total * (thread + 1) / groups.count
      var before = 0
      for segment in segments {
        let part = (before..<before + segment.vectors).clamped(to: share)
        add(part.lowerBound - before..<part.upperBound - before, of: segment, to: thread)
        before += segment.vectors
      }
    }
  }

  private mutating func add(_ vectors: Range<Int>, of segment: PassSegment, to thread: Int) {
    let pieces = (vectors.count + vectorLimit - 1) / vectorLimit
    for piece in 0..<pieces {
      let start = vectors.lowerBound + vectors.count * piece / pieces
      let end = vectors.lowerBound + vectors.count * (piece + 1) / pieces
      let position = segment.positions.lowerBound + start * laneCount
      groups[thread].append(
        PassGroup(
          keys: segment.keys, position: position,
          count: min((end - start) * laneCount, segment.positions.upperBound - position),
          lane: segment.lane + start * laneCount, vectors: end - start))
    }
  }
}
