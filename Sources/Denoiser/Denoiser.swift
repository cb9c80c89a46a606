import Foundation
import Tensor
import Vocabulary

/// A language model that predicts the masked tokens of a canvas from all others.
///
/// Not for several threads at once: it keeps the state of its last pass, so that more questions about the same tokens
/// cost no second pass.
public final class Denoiser {
  private enum Network {
    case transformer(Transformer)
    case uniform(UniformLogits)
  }

  /// What the model is called in messages: `default`, `uniform` or its folder.
  public let name: String
  public let tokenizer: Tokenizer
  /// The tokenizer's tokens and the unused rows of the embedding, as special tokens.
  public let vocabulary: Vocabulary
  /// The token that stands for one not yet known. A causal model has none and takes its pad or end token.
  public let maskToken: TokenID
  /// The token by which a model says that a position is not needed.
  public let padToken: TokenID?
  public let endToken: TokenID?
  /// Greatest number of tokens at once.
  public let maximumLength: Int
  /// Number of parameters, 0 for the uniform denoiser.
  public let parameterCount: Int
  private var network: Network
  /// Logits of a few positions, for likelihoods.
  private var scratch: [Float] = []

  /// The network's configuration, nil for the uniform denoiser.
  public var configuration: ModelConfiguration? {
    if case .transformer(let transformer) = network { transformer.configuration } else { nil }
  }

  /// Whether tokens see only those before them.
  public var isCausal: Bool { configuration?.isCausal ?? false }

  /// What matrix products are computed with, nil for the uniform denoiser.
  public var elementType: ElementType? {
    if case .transformer(let transformer) = network { transformer.type } else { nil }
  }

  /// Bytes of memory that the model has for itself: weights that were converted, and buffers for the longest canvas so
  /// far.
  public var memoryUse: (convertedWeights: Int, buffers: Int) {
    guard case .transformer(let transformer) = network else { return (0, 0) }
    return (transformer.weights.copiedBytes, transformer.workingBytes)
  }

  /// What a pass may take from the pass before it.
  public var contextReuse: ContextReuse {
    get { if case .transformer(let transformer) = network { transformer.reuse } else { .exact } }
    set { if case .transformer(let transformer) = network { transformer.reuse = newValue } }
  }

  /// Whether `errorScores(for:)` gives an answer.
  public var hasErrorHead: Bool {
    if case .transformer(let transformer) = network { transformer.weights.errorHead != nil } else { false }
  }

  /// A denoiser that finds every token as likely as any other, deterministic for a seed and the order of calls.
  ///
  /// Without a tokenizer it writes single bytes.
  public static func uniform(seed: UInt64, tokenizer: Tokenizer = .bytes) -> Denoiser {
    Denoiser(uniform: UniformLogits(seed: seed), tokenizer)
  }

  private init(uniform: UniformLogits, _ tokenizer: Tokenizer) {
    let specials = tokenizer.vocabulary.specials
    name = "uniform"
    self.tokenizer = tokenizer
    // A tokenizer without a mask gets one after its last token.
    let mask = Self.mask(among: specials) ?? TokenID(tokenizer.vocabulary.count)
    vocabulary = tokenizer.vocabulary.padded(to: mask.index + 1)
    maskToken = mask
    padToken = specials["<pad>"]
    endToken = specials["<eos>"]
    maximumLength = 1 << 20
    parameterCount = 0
    network = .uniform(uniform)
  }

  /// Loads `config.json`, `tokenizer.json` and the safetensors files of a folder. Where `SHA256SUMS` is beside them,
  /// the files that it lists are verified.
  ///
  /// - Throws: `DenoiserError` where a file is missing, malformed, not what its checksum says, or needs what is not
  ///   implemented.
  public convenience init(folder: String, _ options: DenoiserOptions = .init()) throws(DenoiserError) {
    let checksums = try Checksums(folder: folder)
    func data(_ name: String) throws(DenoiserError) -> Data {
      let data: Data
      do {
        data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      } catch {
        throw .unreadable(file: folder + "/" + name, reason: error.localizedDescription)
      }
      try checksums?.verify(data, of: name, folder: folder)
      return data
    }
    try self.init(
      name: folder, configuration: try data("config.json"), tokenizer: try data("tokenizer.json"),
      checkpoint: { () throws(DenoiserError) in try Checkpoint(folder: folder, checksums) }, options)
  }

  /// Loads a model from the bytes of its files; `name` stands for the folder in errors.
  convenience init(
    name: String, configuration: Data, tokenizer: Data, weights: FileBytes, checksums: Checksums? = nil,
    _ options: DenoiserOptions = .init()
  ) throws(DenoiserError) {
    for (file, data) in [("config.json", configuration), ("tokenizer.json", tokenizer)] {
      try checksums?.verify(data, of: file, folder: name)
    }
    try checksums?.verify(
      UnsafeRawBufferPointer(start: weights.start, count: weights.count), of: "model.safetensors", folder: name)
    try self.init(
      name: name, configuration: configuration, tokenizer: tokenizer,
      checkpoint: { () throws(DenoiserError) in
        Checkpoint(try SafeTensors(weights, file: name + "/model.safetensors"))
      }, options)
  }

  private init(
    name: String, configuration: Data, tokenizer: Data, checkpoint: () throws(DenoiserError) -> Checkpoint,
    _ options: DenoiserOptions
  ) throws(DenoiserError) {
    let file = name + "/config.json"
    let configuration = try ModelConfiguration(json: configuration, file: file)
    do {
      self.tokenizer = try Tokenizer(json: tokenizer, file: name + "/tokenizer.json")
    } catch {
      throw .tokenizer(error)
    }
    let count = self.tokenizer.vocabulary.count
    guard count <= configuration.vocabularySize else {
      throw .malformed(
        file: file, key: "vocab_size", expected: "at least the tokenizer's \(count) tokens",
        found: "\(configuration.vocabularySize)")
    }
    let checkpoint = try checkpoint()
    let embedding = WeightNames(family: configuration.family).embedding
    let type = try options.resolvedType(inEightBits: checkpoint.isInEightBits(embedding))
    let weights = try TransformerWeights(checkpoint, configuration, type)
    vocabulary = self.tokenizer.vocabulary.padded(to: configuration.vocabularySize)

    let named = configuration.isCausal ? configuration.padToken ?? configuration.endToken : nil
    guard let mask = configuration.maskToken ?? named ?? Self.mask(among: vocabulary.specials) else {
      throw .malformed(file: file, key: "mask_token_id", expected: "a token", found: "none")
    }
    for (key, token) in [
      ("mask_token_id", mask), ("pad_token_id", configuration.padToken), ("eos_token_id", configuration.endToken),
    ] {
      guard let token, !vocabulary.isSpecial(token) else { continue }
      throw .malformed(
        file: file, key: key, expected: "a special token",
        found: "\(token.rawValue), which is '\(String(decoding: vocabulary.bytes(of: token), as: UTF8.self))'")
    }
    self.name = name
    maskToken = mask
    padToken = configuration.padToken
    endToken = configuration.endToken
    maximumLength = configuration.maximumLength
    parameterCount = checkpoint.parameterCount
    network = .transformer(
      Transformer(configuration, weights, type, ThreadPool(threads: options.threads ?? ThreadPool.defaultThreads)))
  }

  private static func mask(among specials: [String: TokenID]) -> TokenID? {
    specials["<mask>"] ?? specials["<|mask|>"]
  }

  /// Predicts what stands at some positions of a canvas.
  ///
  /// A second call with the same tokens only does the output layer.
  ///
  /// - Parameters:
  ///   - tokens: the canvas, `maskToken` where a token is not yet known
  ///   - positions: indices into `tokens`
  ///   - buffer: receives positions.count × vocabulary.count logits, row-major; resized where its count differs
  /// - Throws: `DenoiserError` for too many tokens, or a token or position out of range.
  public func logits(
    for tokens: [TokenID], at positions: [Int], into buffer: inout [Float]
  ) throws(DenoiserError) {
    try check(tokens, positions)
    let size = positions.count * vocabulary.count
    if buffer.count != size { buffer = [Float](repeating: 0, count: size) }
    guard size > 0 else { return }
    switch network {
    case .transformer(let transformer):
      let rows = configuration?.isShifted == true ? positions.map { max($0 - 1, 0) } : positions
      transformer.run(tokens, rows: rows)
      buffer.withUnsafeMutableBufferPointer {
        if let output = $0.baseAddress { transformer.logits(ofRows: rows, into: output) }
      }
    case .uniform(var uniform):
      buffer.withUnsafeMutableBufferPointer {
        uniform.fill($0, positions: positions, vocabularySize: vocabulary.count)
      }
      network = .uniform(uniform)
    }
  }

  /// Judges each token of a text without masks: a logit that is positive where the token is probably wrong.
  ///
  /// - Returns: one logit per token, or nil where the model was not trained for this.
  /// - Throws: `DenoiserError` for too many tokens or a token out of range.
  public func errorScores(for tokens: [TokenID]) throws(DenoiserError) -> [Float]? {
    try check(tokens, [])
    guard case .transformer(let transformer) = network, let head = transformer.weights.errorHead else { return nil }
    transformer.run(tokens, rows: Array(tokens.indices))
    return [Float](unsafeUninitializedCapacity: tokens.count) { scores, count in
      if let output = scores.baseAddress, !tokens.isEmpty { transformer.errorScores(head, into: output) }
      count = tokens.count
    }
  }

  /// Predicts what stands at some positions of several canvases in one pass.
  ///
  /// - Parameters:
  ///   - canvases: each as for one canvas, and as long
  ///   - positions: of each canvas
  ///   - buffer: receives the rows of all canvases one after the other
  /// - Throws: `DenoiserError` as for one canvas.
  public func logits(
    forBatch canvases: [[TokenID]], at positions: [[Int]], into buffer: inout [Float]
  ) throws(DenoiserError) {
    precondition(canvases.count == positions.count, "positions of each canvas")
    for (tokens, asked) in zip(canvases, positions) { try check(tokens, asked) }
    let size = positions.reduce(0) { $0 + $1.count } * vocabulary.count
    guard case .transformer(let transformer) = network else {
      var all: [Float] = []
      var part: [Float] = []
      for (tokens, asked) in zip(canvases, positions) {
        try logits(for: tokens, at: asked, into: &part)
        all += part
      }
      buffer = all
      return
    }
    if buffer.count != size { buffer = [Float](repeating: 0, count: size) }
    guard size > 0 else { return }
    var rows: [Int] = []
    var ranges: [Range<Int>] = []
    var first = 0
    for (tokens, asked) in zip(canvases, positions) {
      let places = asked.map { max(transformer.configuration.isShifted ? $0 - 1 : $0, 0) }
      rows += places.map { first + $0 }
      ranges.append(places.isEmpty ? 0..<0 : places.min()!..<places.max()! + 1)
      first += wholeVectors(tokens.count)
    }
    transformer.run(batch: canvases, asked: ranges)
    buffer.withUnsafeMutableBufferPointer {
      if let output = $0.baseAddress { transformer.logits(ofRows: rows, into: output) }
    }
  }

  /// How likely the tokens at some positions are given all others: the mean of their log probabilities, masked all at
  /// once.
  ///
  /// - Returns: a number up to 0, in nats per token; 0 for no positions.
  /// - Throws: `DenoiserError` for too many tokens, or a token or position out of range.
  public func pseudoLogLikelihood(of tokens: [TokenID], at positions: [Int]) throws(DenoiserError) -> Double {
    try check(tokens, positions)
    guard !positions.isEmpty else { return 0 }
    var masked = tokens
    for position in positions { masked[position] = maskToken }
    // Few positions at once keep memory small where the vocabulary is large; the layers run only once.
    if case .transformer(let transformer) = network {
      transformer.run(masked, rows: [0, masked.count - 1])
    }
    let chunk = 64
    var sum = 0.0
    for start in stride(from: 0, to: positions.count, by: chunk) {
      let part = Array(positions[start..<min(start + chunk, positions.count)])
      try logits(for: masked, at: part, into: &scratch)
      for (row, position) in part.enumerated() {
        sum += logProbability(of: tokens[position], row: row)
      }
    }
    return sum / Double(positions.count)
  }

  private func logProbability(of token: TokenID, row: Int) -> Double {
    let first = row * vocabulary.count
    return scratch.withUnsafeBufferPointer { logits in
      let (greatest, sum) = partition(of: UnsafeBufferPointer(rebasing: logits[first..<first + vocabulary.count]))
      return Double(logits[first + token.index] - greatest) - log(Double(sum))
    }
  }

  private func check(_ tokens: [TokenID], _ positions: [Int]) throws(DenoiserError) {
    guard tokens.count <= maximumLength else { throw .tooLong(tokens: tokens.count, limit: maximumLength) }
    for token in tokens where !(0..<vocabulary.count ~= token.index) {
      throw .unknownToken(token, vocabularySize: vocabulary.count)
    }
    for position in positions where !tokens.indices.contains(position) {
      throw .unknownPosition(position, tokens: tokens.count)
    }
  }
}
