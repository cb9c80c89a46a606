extension ModelConfiguration {
  /// Floating-point operations of the layers' matrix products over `tokens` tokens, two for a multiply and add.
  ///
  /// The last layer makes keys and values of all tokens, and goes on with `asked` of them.
  public func layerOperations(tokens: Int, asked: Int) -> Double {
    let queries = Double(headCount * headSize)
    let keysAndValues = 2 * Double(hiddenSize) * Double(keyValueHeadCount * headSize)
    let others = Double(hiddenSize) * (2 * queries + 3 * Double(intermediateSize)) + 2 * Double(tokens) * queries
    let whole = Double(tokens) * (keysAndValues + others)
    return 2 * (Double(layerCount - 1) * whole + Double(tokens) * keysAndValues + Double(asked) * others)
  }

  /// Floating-point operations of the output layer at `positions` positions.
  public func outputOperations(positions: Int) -> Double {
    2 * Double(positions) * Double(hiddenSize) * Double(vocabularySize)
  }
}
