import Tensor
import Vocabulary

/// A pre-norm transformer: configuration, weights, and the state of the last pass.
///
/// Not for several threads at once; the matrix products use all cores as it is.
final class Transformer {
  let configuration: ModelConfiguration
  let weights: TransformerWeights
  private let shape: AttentionShape
  private var state: TransformerState
  /// The tokens whose last-layer output stands in `state.stream`.
  private var current: [TokenID] = []

  init(_ configuration: ModelConfiguration, _ weights: TransformerWeights) {
    self.configuration = configuration
    self.weights = weights
    shape = AttentionShape(
      heads: configuration.headCount, groups: configuration.keyValueHeadCount, headSize: configuration.headSize)
    state = TransformerState(capacity: 0, configuration, shape)
  }

  /// Runs the layers over `tokens`; costs nothing for the tokens of the last call.
  ///
  /// Tokens must be of the vocabulary and at most `configuration.maximumLength`. Allocates only for more tokens than
  /// ever before.
  func run(_ tokens: [TokenID]) {
    guard tokens != current else { return }
    let count = tokens.count
    if count > state.capacity {
      let capacity = min((count + 63) / 64 * 64, configuration.maximumLength)
      state = TransformerState(capacity: capacity, configuration, shape)
    }
    let hidden = configuration.hiddenSize
    for (row, token) in tokens.enumerated() {
      (state.stream.pointer + row * hidden).update(
        from: weights.embedding.pointer + token.index * hidden, count: hidden)
    }
    for layer in weights.layers {
      attention(layer, count)
      feedForward(layer, count)
    }
    current = tokens
  }

  private func attention(_ layer: TransformerWeights.Layer, _ count: Int) {
    let hidden = configuration.hiddenSize
    let rows = state.queriesKeysValues.pointer
    norm(layer.attentionNorm, count)
    multiply(
      state.normed.pointer, layer.queriesKeysValues.pointer, into: rows,
      rows: count, inner: hidden, columns: shape.rowSize)
    if let biases = layer.biases { add(bias: biases.pointer, to: rows, rows: count, columns: shape.rowSize) }
    if let queryNorm = layer.queryNorm, let keyNorm = layer.keyNorm {
      for head in 0..<shape.heads + shape.groups {
        let columns = rows + head * shape.headSize
        rootMeanSquareNorm(
          columns, weight: head < shape.heads ? queryNorm.pointer : keyNorm.pointer,
          epsilon: configuration.normEpsilon, into: columns, rows: count, columns: shape.headSize,
          stride: shape.rowSize)
      }
    }
    state.rotary.rotate(rows, rows: count, heads: shape.heads + shape.groups, stride: shape.rowSize)
    attend(
      rows, into: state.attended.pointer, scores: state.scores.pointer, count: count, shape: shape,
      isCausal: configuration.isCausal)
    multiply(
      state.attended.pointer, layer.attentionOutput.pointer, into: state.stream.pointer,
      rows: count, inner: shape.outputSize, columns: hidden, accumulates: true)
  }

  private func feedForward(_ layer: TransformerWeights.Layer, _ count: Int) {
    let hidden = configuration.hiddenSize
    let inner = configuration.intermediateSize
    norm(layer.feedForwardNorm, count)
    multiply(
      state.normed.pointer, layer.gateAndUp.pointer, into: state.gateAndUp.pointer,
      rows: count, inner: hidden, columns: 2 * inner)
    gatedUnit(state.gateAndUp.pointer, into: state.activated.pointer, rows: count, columns: inner)
    multiply(
      state.activated.pointer, layer.down.pointer, into: state.stream.pointer,
      rows: count, inner: inner, columns: hidden, accumulates: true)
  }

  private func norm(_ weight: FloatBuffer, _ count: Int) {
    rootMeanSquareNorm(
      state.stream.pointer, weight: weight.pointer, epsilon: configuration.normEpsilon, into: state.normed.pointer,
      rows: count, columns: configuration.hiddenSize, stride: configuration.hiddenSize)
  }

  /// Writes the logits of the last pass for some rows to `output`, rows.count × vocabulary.
  func logits(ofRows rows: [Int], into output: UnsafeMutablePointer<Float>) {
    let hidden = configuration.hiddenSize
    // `normed` is free after the layers and has room for as many rows as there are tokens.
    for start in stride(from: 0, to: rows.count, by: max(current.count, 1)) {
      let part = rows[start..<min(start + current.count, rows.count)]
      for (target, row) in part.enumerated() {
        rootMeanSquareNorm(
          state.stream.pointer + row * hidden, weight: weights.norm.pointer, epsilon: configuration.normEpsilon,
          into: state.normed.pointer + target * hidden, rows: 1, columns: hidden, stride: hidden)
      }
      multiply(
        state.normed.pointer, weights.output.pointer, into: output + start * configuration.vocabularySize,
        rows: part.count, inner: hidden, columns: configuration.vocabularySize)
    }
  }

  /// Writes the error head's logit of each token of the last pass to `output`.
  func errorScores(_ head: TransformerWeights.ErrorHead, into output: UnsafeMutablePointer<Float>) {
    norm(weights.norm, current.count)
    multiply(
      state.normed.pointer, head.weight.pointer, into: output, rows: current.count,
      inner: configuration.hiddenSize, columns: 1)
    for row in current.indices { output[row] += head.bias }
  }
}
