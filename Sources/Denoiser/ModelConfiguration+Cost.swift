extension ModelConfiguration {
  /// Floating-point operations of the layers' matrix products over `tokens` tokens, two for a multiply and add.
  public func layerOperations(tokens: Int) -> Double {
    let queries = Double(headCount * headSize)
    let keys = Double(keyValueHeadCount * headSize)
    let hidden = Double(hiddenSize)
    let weights = hidden * (2 * queries + 2 * keys) + 3 * hidden * Double(intermediateSize)
    let attention = 2 * Double(tokens) * queries
    return 2 * Double(layerCount) * Double(tokens) * (weights + attention)
  }

  /// Floating-point operations of the output layer at `positions` positions.
  public func outputOperations(positions: Int) -> Double {
    2 * Double(positions) * Double(hiddenSize) * Double(vocabularySize)
  }
}
