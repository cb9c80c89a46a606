import Denoiser
import Vocabulary

/// What a model makes of a text around the places where it was edited.
public enum ModelJudgement: Sendable {
  /// By how much the greatest of the error head's logits there is over `ModelRanking.sound`; 0 where none is.
  case damage(Double)
  /// The mean log probability of the tokens there, given the others, in nats; for a model without an error head.
  case likelihood(Double)
}

/// Asks a model what it makes of repairs. One pass for all edits that are near each other.
struct ModelRanking {
  let denoiser: Denoiser

  /// Bytes around edits that the model sees.
  private static let context = 220
  /// The greatest distance, in bytes, of the first and the last edit of one pass.
  private static let span = 400
  /// Edits that are looked at.
  private static let limit = 6
  /// Tokens on both sides of an edit whose error logits count, or that are masked.
  private static let damageReach = 8
  private static let maskedReach = 3
  /// A logit of the error head below this one means that nothing is wrong; differences further down mean nothing.
  private static let sound = -5.0

  /// What the model makes of `text`, which has `edits`; nil if it cannot say.
  func judgement(_ text: [UInt8], _ edits: [TextEdit]) -> ModelJudgement? {
    let groups = groups(edits)
    if denoiser.hasErrorHead { return groups.compactMap { damage(text, $0) }.max().map { .damage($0) } }
    let likelihoods = groups.compactMap { likelihood(text, $0) }
    return likelihoods.isEmpty ? nil : .likelihood(likelihoods.reduce(0, +) / Double(likelihoods.count))
  }

  private func damage(_ text: [UInt8], _ ranges: [Range<Int>]) -> Double? {
    guard let (window, near) = window(text, ranges, reach: Self.damageReach) else { return nil }
    var tokens = window
    // In training, <eos> stood between files, and files ended with a line end.
    let hasRoom = tokens.count + 4 <= denoiser.maximumLength
    if hasRoom, let end = denoiser.endToken, let last = ranges.last, last.upperBound + Self.context >= text.count {
      if text.last != 0x0A { tokens += denoiser.tokenizer.encode([0x0A]) }
      tokens.append(end)
    }
    guard let scores = try? denoiser.errorScores(for: tokens), let greatest = near.map({ scores[$0] }).max() else {
      return nil
    }
    return max(0, Double(greatest) - Self.sound)
  }

  private func likelihood(_ text: [UInt8], _ ranges: [Range<Int>]) -> Double? {
    guard let (tokens, near) = window(text, ranges, reach: Self.maskedReach) else { return nil }
    return try? denoiser.pseudoLogLikelihood(of: tokens, at: Array(near.prefix(40)))
  }

  /// Where the edits are in the new text, those together that one pass can see.
  private func groups(_ edits: [TextEdit]) -> [[Range<Int>]] {
    var groups: [[Range<Int>]] = []
    var shift = 0
    for edit in edits.prefix(Self.limit) {
      let start = edit.range.lowerBound + shift
      let range = start..<start + edit.replacement.count
      shift += edit.growth
      if let first = groups.last?.first, range.upperBound - first.lowerBound <= Self.span {
        groups[groups.count - 1].append(range)
      } else {
        groups.append([range])
      }
    }
    return groups
  }

  /// Tokens around ranges of a text, as many as the model takes, and which of them are at most `reach` away from one.
  private func window(
    _ text: [UInt8], _ ranges: [Range<Int>], reach: Int
  ) -> (tokens: [TokenID], near: [Int])? {
    guard let first = ranges.first, let last = ranges.last else { return nil }
    let low = max(0, first.lowerBound - Self.context)
    let high = min(text.count, last.upperBound + Self.context)
    let tokens = denoiser.tokenizer.encode(text[low..<high])
    // The tokens that the edits touch.
    var touched: [Int] = []
    var offset = low
    for (index, token) in tokens.enumerated() {
      let end = offset + denoiser.vocabulary.bytes(of: token).count
      if ranges.contains(where: { end >= $0.lowerBound && offset <= $0.upperBound }) { touched.append(index) }
      offset = end
    }
    guard !touched.isEmpty else { return nil }
    let middle = touched[touched.count / 2]
    let limit = denoiser.maximumLength
    let start = max(0, min(tokens.count - limit, middle - limit / 2))
    let window = Array(tokens[start..<min(tokens.count, start + limit)])
    let near = window.indices.filter { index in touched.contains { abs($0 - start - index) <= reach } }
    return (window, near)
  }
}
