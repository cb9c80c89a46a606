import Tensor
import Vocabulary

/// A pre-norm transformer: configuration, weights, and the state of the last pass.
///
/// Tokens are shared between threads, and each computes all layers for its own. Attention alone needs those of others,
/// so there is one barrier in a layer: when all keys and values are there. Behind the last one, only the tokens go on
/// whose output was asked for.
///
/// Not for several callers at once.
final class Transformer {
  let configuration: ModelConfiguration
  let weights: TransformerWeights
  let type: ElementType
  let pool: ThreadPool
  var reuse = ContextReuse.exact
  private let shape: AttentionShape
  private var state: TransformerState
  private var plan: PassPlan
  /// Of the last layer, where only the rows that were asked for go on once keys and values are there.
  private var outputPlan: PassPlan
  /// The canvas whose keys and values are in the stores; empty after a batch.
  private var current: [TokenID] = []
  private var currentBatch: [[TokenID]] = []
  private var askedOfBatch: [Range<Int>] = []
  /// The place in the canvas, or in the batch, of the stream's first lane.
  private var origin = 0
  /// The places whose last-layer output is in the stream.
  private var computed = 0..<0
  /// Passes since all tokens were computed.
  private var partialPasses = 0
  private var segments: [PassSegment] = []

  init(_ configuration: ModelConfiguration, _ weights: TransformerWeights, _ type: ElementType, _ pool: ThreadPool) {
    self.configuration = configuration
    self.weights = weights
    self.type = type
    self.pool = pool
    shape = AttentionShape(
      heads: configuration.headCount, groups: configuration.keyValueHeadCount, headSize: configuration.headSize)
    state = TransformerState(capacity: 0, configuration, shape, type, threads: pool.threads)
    plan = PassPlan(threads: pool.threads)
    outputPlan = plan
    useOneThreadPerProduct()
  }

  // MARK: What has to be computed

  /// Runs the layers so that the output of `rows` is there; costs nothing if it is from the last call.
  ///
  /// Tokens must be of the vocabulary and at most `configuration.maximumLength`. Allocates only for more tokens than
  /// ever before.
  func run(_ tokens: [TokenID], rows: [Int]) {
    guard !tokens.isEmpty else { return }
    let asked = (rows.min() ?? 0)..<(rows.max() ?? 0) + 1
    let changed = changes(to: tokens)
    if changed.isEmpty, tokens.count == current.count, computed.clamped(to: asked) == asked { return }
    let positions = positions(asked: asked, changed: changed, of: tokens)
    partialPasses = positions.count == tokens.count ? 0 : partialPasses + 1
    if tokens.count > state.capacity { reserve(tokens.count) }
    current = tokens
    currentBatch = []
    origin = positions.lowerBound
    segments.removeAll(keepingCapacity: true)
    segments.append(PassSegment(keys: 0..<tokens.count, positions: positions, lane: 0))
    plan.set(segments)
    segments[0].narrow(to: asked)
    outputPlan.set(segments)
    computed = segments[0].positions
    for (lane, position) in positions.enumerated() { state.tokens[lane] = tokens[position].rawValue }
    compute()
  }

  /// The range of places where `tokens` differ from those of the last pass.
  private func changes(to tokens: [TokenID]) -> Range<Int> {
    let shared = min(tokens.count, current.count)
    guard let first = (0..<shared).first(where: { tokens[$0] != current[$0] }) else { return shared..<tokens.count }
    guard tokens.count == current.count, let last = (first..<shared).last(where: { tokens[$0] != current[$0] }) else {
      return first..<tokens.count
    }
    return first..<last + 1
  }

  private func positions(asked: Range<Int>, changed: Range<Int>, of tokens: [TokenID]) -> Range<Int> {
    let start = changed.isEmpty ? asked.lowerBound : min(asked.lowerBound, changed.lowerBound)
    // What a causal model keeps did not see what changed.
    if configuration.isCausal, !current.isEmpty { return start..<tokens.count }
    let all = 0..<tokens.count
    guard case .approximate(let limit) = reuse, partialPasses < limit, tokens.count == current.count else { return all }
    return start..<(changed.isEmpty ? asked.upperBound : max(asked.upperBound, changed.upperBound))
  }

  /// Runs the layers over several canvases at once so that the output is there of the `asked` places in each; costs
  /// nothing if it is from the last call. Rows then count through all canvases, each padded to vectors.
  func run(batch: [[TokenID]], asked: [Range<Int>]) {
    if batch == currentBatch, zip(asked, askedOfBatch).allSatisfy({ $0.clamped(to: $1) == $0 }) { return }
    let lanes = batch.reduce(0) { $0 + wholeVectors($1.count) }
    if lanes > state.capacity { reserve(lanes) }
    current = []
    currentBatch = batch
    askedOfBatch = asked
    segments.removeAll(keepingCapacity: true)
    var lane = 0
    for tokens in batch where !tokens.isEmpty {
      segments.append(PassSegment(keys: lane..<lane + tokens.count, positions: 0..<tokens.count, lane: lane))
      for (index, token) in tokens.enumerated() { state.tokens[lane + index] = token.rawValue }
      lane += wholeVectors(tokens.count)
    }
    origin = 0
    plan.set(segments)
    var segment = 0
    for (tokens, places) in zip(batch, asked) where !tokens.isEmpty {
      segments[segment].narrow(to: places)
      segment += 1
    }
    outputPlan.set(segments)
    compute()
  }

  private func reserve(_ count: Int) {
    let step = 4 * laneCount
    state = TransformerState(
      capacity: (count + step - 1) / step * step, configuration, shape, type, threads: pool.threads)
    current = []
  }

  /// Bytes of working memory.
  var workingBytes: Int { state.byteCount }

  // MARK: The layers

  private func compute() {
    pool.run { thread in
      let work = state.workspaces[thread]
      for group in plan.groups[thread] { embed(group, work) }
      for (index, layer) in weights.layers.enumerated() {
        let isLast = index == weights.layers.count - 1
        for group in plan.groups[thread] {
          norm(group, layer.attentionNorm, work)
          if !isLast { projectQueries(group, layer, work) }
          projectKeysAndValues(group, layer, state.stores[index], work)
        }
        pool.barrier()
        for group in (isLast ? outputPlan : plan).groups[thread] {
          if isLast {
            norm(group, layer.attentionNorm, work)
            projectQueries(group, layer, work)
          }
          attend(group, layer, state.stores[index], work)
          feedForward(group, layer, work)
        }
      }
    }
  }

  private func embed(_ group: PassGroup, _ work: TransformerState.Workspace) {
    for start in stride(from: 0, to: group.count, by: laneCount) {
      let lane = group.lane + start
      weights.embedding.write(
        state.tokens[lane..<lane + min(laneCount, group.count - start)], to: state.stream.pointer + lane,
        stride: state.capacity, scratch: work.rows.pointer)
    }
  }

  private func projectQueries(
    _ group: PassGroup, _ layer: TransformerWeights.Layer, _ work: TransformerState.Workspace
  ) {
    let lanes = group.vectors * laneCount
    let rows = work.rows.pointer
    multiply(layer.queries, layer.queryBias, group, work)
    for head in 0..<shape.heads {
      let matrix = rows + head * shape.headSize * lanes
      turn(matrix, group, layer.queryNorm, work)
      state.queries.store(
        matrix, stride: lanes, head: head, lane: group.lane, vectors: group.vectors, scratch: work.scales.pointer)
    }
  }

  private func projectKeysAndValues(
    _ group: PassGroup, _ layer: TransformerWeights.Layer, _ store: KeyValueStore, _ work: TransformerState.Workspace
  ) {
    let lanes = group.vectors * laneCount
    let rows = work.rows.pointer
    let spare = rows + shape.keyFeatures * lanes
    let token = group.keys.lowerBound + group.position
    multiply(layer.keys, layer.keyBias, group, work)
    for head in 0..<shape.groups {
      let matrix = rows + head * shape.headSize * lanes
      turn(matrix, group, layer.keyNorm, work)
      store.storeKeys(matrix, stride: lanes, group: head, token: token, count: group.count, scratch: spare)
    }
    multiply(layer.values, layer.valueBias, group, work)
    for head in 0..<shape.groups {
      store.storeValues(
        rows + head * shape.headSize * lanes, stride: lanes, group: head, token: token, count: group.count)
    }
  }

  /// Norms and rotates a head of queries or keys.
  private func turn(
    _ matrix: UnsafeMutablePointer<Float>, _ group: PassGroup, _ weight: FloatBuffer?,
    _ work: TransformerState.Workspace
  ) {
    let lanes = group.vectors * laneCount
    if let weight {
      inverseNorms(
        matrix, stride: lanes, features: shape.headSize, vectors: group.vectors, epsilon: configuration.normEpsilon,
        into: work.scales.pointer)
      scale(
        matrix, stride: lanes, features: shape.headSize, vectors: group.vectors, weights: weight.pointer,
        scales: work.scales.pointer, into: matrix, stride: lanes)
    }
    state.rotary.rotate(matrix, stride: lanes, vectors: group.vectors, first: group.position)
  }

  private func multiply(
    _ matrix: WeightMatrix, _ bias: FloatBuffer?, _ group: PassGroup, _ work: TransformerState.Workspace
  ) {
    let lanes = group.vectors * laneCount
    if let bias {
      fillRows(
        of: work.rows.pointer, stride: lanes, with: bias.pointer, features: matrix.rows, vectors: group.vectors)
    }
    matrix.multiply(
      work.input, rows: 0..<matrix.rows, columns: 0..<matrix.columns, vectors: group.vectors, into: work.rows.pointer,
      stride: lanes, accumulates: bias != nil)
  }

  private func attend(
    _ group: PassGroup, _ layer: TransformerWeights.Layer, _ store: KeyValueStore, _ work: TransformerState.Workspace
  ) {
    let lanes = group.vectors * laneCount
    work.attention.attend(
      state.queries, lane: group.lane, vectors: group.vectors, to: store, keys: group.keys,
      first: configuration.isCausal ? group.position : nil, into: work.rows.pointer, stride: lanes)
    work.inner.pack(work.rows.pointer, stride: lanes, features: shape.queryFeatures, vectors: group.vectors)
    layer.attentionOutput.multiply(
      work.inner, rows: 0..<configuration.hiddenSize, columns: 0..<shape.queryFeatures, vectors: group.vectors,
      into: state.stream.pointer + group.lane, stride: state.capacity, accumulates: true)
  }

  /// The feed-forward layer, a block of its inner features at a time.
  private func feedForward(
    _ group: PassGroup, _ layer: TransformerWeights.Layer, _ work: TransformerState.Workspace
  ) {
    norm(group, layer.feedForwardNorm, work)
    let lanes = group.vectors * laneCount
    let gate = work.rows.pointer
    let up = gate + blockSize * lanes
    let hidden = configuration.hiddenSize
    for start in stride(from: 0, to: configuration.intermediateSize, by: blockSize) {
      let block = start..<min(start + blockSize, configuration.intermediateSize)
      layer.gate.multiply(
        work.input, rows: block, columns: 0..<hidden, vectors: group.vectors, into: gate, stride: lanes)
      layer.up.multiply(work.input, rows: block, columns: 0..<hidden, vectors: group.vectors, into: up, stride: lanes)
      gatedUnit(gate, up, count: block.count * lanes)
      work.inner.pack(gate, stride: lanes, features: block.count, vectors: group.vectors)
      layer.down.multiply(
        work.inner, rows: 0..<hidden, columns: block, vectors: group.vectors,
        into: state.stream.pointer + group.lane, stride: state.capacity, accumulates: true)
    }
  }

  /// Norms the residual stream of a group into `work.input`.
  private func norm(_ group: PassGroup, _ weight: FloatBuffer, _ work: TransformerState.Workspace) {
    let stream = state.stream.pointer + group.lane
    let hidden = configuration.hiddenSize
    inverseNorms(
      stream, stride: state.capacity, features: hidden, vectors: group.vectors, epsilon: configuration.normEpsilon,
      into: work.scales.pointer)
    work.input.pack(
      stream, stride: state.capacity, features: hidden, vectors: group.vectors, weights: weight.pointer,
      scales: work.scales.pointer)
  }

  // MARK: The output

  /// Writes the logits of the last pass for some rows to `output`, rows.count × vocabulary.
  ///
  /// Threads share the vocabulary, since there may be few rows.
  func logits(ofRows rows: [Int], into output: UnsafeMutablePointer<Float>) {
    pool.run { thread in
      let part =
        weights.output.rows * thread / pool.threads..<weights.output.rows * (thread + 1) / pool.threads
      for start in stride(from: 0, to: rows.count, by: TransformerState.Workspace.tokens) {
        let chosen = rows[start..<min(start + TransformerState.Workspace.tokens, rows.count)]
        logits(ofLanes: chosen, part, state.workspaces[thread], into: output + start * weights.output.rows)
      }
    }
  }

  private func logits(
    ofLanes rows: ArraySlice<Int>, _ vocabulary: Range<Int>, _ work: TransformerState.Workspace,
    into output: UnsafeMutablePointer<Float>
  ) {
    let hidden = configuration.hiddenSize
    let vectors = wholeVectors(rows.count) / laneCount
    let lanes = vectors * laneCount
    let gathered = work.rows.pointer
    for feature in 0..<hidden {
      let source = state.stream.pointer + feature * state.capacity - origin
      let target = gathered + feature * lanes
      for (lane, row) in rows.enumerated() { target[lane] = source[row] }
      for lane in rows.count..<lanes { target[lane] = 0 }
    }
    inverseNorms(
      gathered, stride: lanes, features: hidden, vectors: vectors, epsilon: configuration.normEpsilon,
      into: work.scales.pointer)
    work.input.pack(
      gathered, stride: lanes, features: hidden, vectors: vectors, weights: weights.norm.pointer,
      scales: work.scales.pointer)
    let turned = gathered + hidden * lanes
    for start in stride(
      from: vocabulary.lowerBound, to: vocabulary.upperBound, by: TransformerState.Workspace.outputRows)
    {
      let block = start..<min(start + TransformerState.Workspace.outputRows, vocabulary.upperBound)
      weights.output.multiply(
        work.input, rows: block, columns: 0..<hidden, vectors: vectors, into: turned, stride: lanes)
      transpose(
        turned, stride: lanes, rows: block.count, tokens: rows.count, into: output + start,
        stride: weights.output.rows)
    }
  }

  /// Writes the error head's logit of each token of the last pass to `output`.
  func errorScores(_ head: TransformerWeights.ErrorHead, into output: UnsafeMutablePointer<Float>) {
    let hidden = configuration.hiddenSize
    for token in 0..<current.count {
      let column = state.stream.pointer + token
      var squares: Float = 0
      var sum: Float = 0
      for feature in 0..<hidden {
        let x = column[feature * state.capacity]
        squares += x * x
        sum += x * weights.norm.pointer[feature] * head.weight.pointer[feature]
      }
      output[token] = sum / (squares / Float(hidden) + configuration.normEpsilon).squareRoot() + head.bias
    }
  }
}
