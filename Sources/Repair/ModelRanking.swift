import Denoiser

/// Asks a model which of several repairs reads best.
struct ModelRanking {
  let denoiser: Denoiser

  /// Bytes around an edit that the model sees, and tokens around it that it judges.
  private static let context = 220
  private static let reach = 3

  /// The mean log probability of the tokens at the edits given all others, in nats, over the first six edits; nil if
  /// the model cannot say.
  func likelihood(_ text: [UInt8], _ edits: [TextEdit]) -> Double? {
    var sum = 0.0
    var count = 0.0
    var shift = 0
    for edit in edits.prefix(6) {
      let start = edit.range.lowerBound + shift
      let end = start + edit.replacement.count
      shift += edit.growth
      guard let likelihood = likelihood(text, start..<end) else { continue }
      sum += likelihood
      count += 1
    }
    return count > 0 ? sum / count : nil
  }

  private func likelihood(_ text: [UInt8], _ range: Range<Int>) -> Double? {
    let low = max(0, range.lowerBound - Self.context)
    let high = min(text.count, range.upperBound + Self.context)
    let tokens = denoiser.tokenizer.encode(text[low..<high])
    guard !tokens.isEmpty else { return nil }
    // The tokens that overlap the edit, and a few on both sides.
    var offset = low
    var first = tokens.count
    var last = -1
    for (index, token) in tokens.enumerated() {
      let end = offset + denoiser.vocabulary.bytes(of: token).count
      if end >= range.lowerBound, offset <= range.upperBound {
        first = min(first, index)
        last = index
      }
      offset = end
    }
    guard first <= last else { return nil }
    // The model takes so many tokens and no more: cut evenly around the edit.
    let limit = denoiser.maximumLength
    var window = tokens[...]
    if tokens.count > limit {
      let start = max(0, min(tokens.count - limit, (first + last) / 2 - limit / 2))
      window = tokens[start..<start + limit]
      first = max(first, start)
      last = min(last, start + limit - 1)
    }
    let base = window.startIndex
    let positions = Array(
      max(first - Self.reach, window.startIndex)...min(last + Self.reach, window.endIndex - 1, first + 40)
    ).map { $0 - base }
    return try? denoiser.pseudoLogLikelihood(of: Array(window), at: positions)
  }
}
