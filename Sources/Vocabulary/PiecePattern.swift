/// The regular expression by which a tokenizer cuts text into pieces, as a program for a small backtracking machine.
///
/// Tokenizer files hold expressions in the dialect of Oniguruma. They differ in details between models, and a wrong cut
/// silently gives other tokens than those a model was trained with; so the constructs these files use are implemented
/// here, and `PiecePatternParser` refuses all others. Swift's `Regex` was rejected: it matches by grapheme unless told
/// otherwise, has no possessive quantifier with the same meaning, and is some 20 times slower on this job.
struct PiecePattern: Sendable {
  enum Instruction: Sendable {
    /// One scalar of a set.
    case scalar(ScalarSet)
    /// Goes on at the first target; where that fails, at the second.
    case fork(Int, Int)
    case jump(Int)
    /// The instructions up to `end` match here, or do not match where `negated`; consumes nothing.
    case lookahead(negated: Bool, end: Int)
    /// What the instructions up to `end` match first, without a second try.
    case atomic(end: Int)
    case accept
  }

  let program: [Instruction]

  /// Cuts a range of the text: every match is a piece, and so is what stands between two matches.
  ///
  /// This is the behaviour `Isolated` of a `Split` pre-tokenizer. The range is a text of its own: lookahead does not see
  /// what follows it.
  func split(_ scalars: [UInt32], _ range: Range<Int>, into pieces: inout [Range<Int>]) {
    var start = range.lowerBound
    var position = start
    var pending: [(pc: Int, position: Int)] = []
    while position < range.upperBound {
      guard let end = match(scalars, from: position, to: range.upperBound, pc: 0, &pending), end > position else {
        position += 1
        continue
      }
      if start < position { pieces.append(start..<position) }
      pieces.append(position..<end)
      position = end
      start = end
    }
    if start < range.upperBound { pieces.append(start..<range.upperBound) }
  }

  /// Where the first match from a position ends, in the order of preference of a backtracking matcher.
  private func match(
    _ scalars: [UInt32], from start: Int, to limit: Int, pc first: Int, _ pending: inout [(pc: Int, position: Int)]
  ) -> Int? {
    let floor = pending.count
    defer { pending.removeSubrange(floor...) }
    pending.append((first, start))
    while pending.count > floor {
      var (pc, position) = pending.removeLast()
      thread: while true {
        switch program[pc] {
        case .scalar(let set):
          guard position < limit, set.contains(scalars[position]) else { break thread }
          position += 1
          pc += 1
        case .fork(let first, let second):
          pending.append((second, position))
          pc = first
        case .jump(let target):
          pc = target
        case .lookahead(let negated, let end):
          let found = match(scalars, from: position, to: limit, pc: pc + 1, &pending) != nil
          guard found != negated else { break thread }
          pc = end
        case .atomic(let end):
          guard let next = match(scalars, from: position, to: limit, pc: pc + 1, &pending) else { break thread }
          position = next
          pc = end
        case .accept:
          return position
        }
      }
    }
    return nil
  }
}
