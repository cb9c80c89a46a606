import Tensor

/// Working memory of a forward pass over at most `capacity` tokens.
struct TransformerState {
  let capacity: Int
  /// capacity × hidden: the residual stream
  let stream: FloatBuffer
  /// capacity × hidden
  let normed: FloatBuffer
  /// capacity × (heads + 2·groups)·headSize
  let queriesKeysValues: FloatBuffer
  /// capacity × heads·headSize
  let attended: FloatBuffer
  /// `attentionLanes` × capacity × capacity
  let scores: FloatBuffer
  /// capacity × 2·intermediate
  let gateAndUp: FloatBuffer
  /// capacity × intermediate
  let activated: FloatBuffer
  let rotary: RotaryEmbedding

  init(capacity: Int, _ configuration: ModelConfiguration, _ shape: AttentionShape) {
    self.capacity = capacity
    stream = FloatBuffer(count: capacity * configuration.hiddenSize)
    normed = FloatBuffer(count: capacity * configuration.hiddenSize)
    queriesKeysValues = FloatBuffer(count: capacity * shape.rowSize)
    attended = FloatBuffer(count: capacity * shape.outputSize)
    scores = FloatBuffer(count: attentionLanes * capacity * capacity)
    gateAndUp = FloatBuffer(count: capacity * 2 * configuration.intermediateSize)
    activated = FloatBuffer(count: capacity * configuration.intermediateSize)
    rotary = RotaryEmbedding(
      capacity: capacity, headSize: configuration.headSize, base: configuration.rotaryBase)
  }
}
