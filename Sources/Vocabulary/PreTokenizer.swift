/// Cuts text into pieces that no token crosses.
struct PreTokenizer: Sendable {
  /// How GPT-2 and every file that says no more than `ByteLevel` cuts.
  static let byteLevelExpression = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// Patterns applied one after the other, each to the pieces of the one before.
  let patterns: [PiecePattern]

  /// Reads the `pre_tokenizer` of a tokenizer file.
  ///
  /// - Throws: `VocabularyError` for every kind or option that is not implemented, since to ignore one would give other
  ///   tokens than the model was trained with.
  init(_ description: TokenizerFile.PreTokenizer?, file: String) throws(VocabularyError) {
    var patterns: [PiecePattern] = []
    var endsInBytes = false
    if let description {
      try Self.read(description, key: "pre_tokenizer", file: file, into: &patterns, &endsInBytes)
    }
    guard endsInBytes else {
      throw VocabularyError(
        file: file, key: "pre_tokenizer", expected: "a ByteLevel step at the end",
        found: description?.type ?? "null")
    }
    self.patterns = patterns
  }

  /// One piece for the whole text.
  init() { patterns = [] }

  private static func read(
    _ description: TokenizerFile.PreTokenizer, key: String, file: String,
    into patterns: inout [PiecePattern], _ endsInBytes: inout Bool
  ) throws(VocabularyError) {
    guard !endsInBytes else {
      throw VocabularyError(file: file, key: key, expected: "no step after ByteLevel", found: description.type)
    }
    switch description.type {
    case "Sequence":
      for (index, step) in (description.pretokenizers ?? []).enumerated() {
        try read(step, key: "\(key).pretokenizers[\(index)]", file: file, into: &patterns, &endsInBytes)
      }
    case "ByteLevel":
      guard description.addPrefixSpace != true else {
        throw VocabularyError(file: file, key: "\(key).add_prefix_space", expected: "false", found: "true")
      }
      if description.useRegex ?? true {
        patterns.append(try parse(byteLevelExpression, key: key, file: file))
      }
      endsInBytes = true
    case "Split":
      patterns.append(try split(description, key: key, file: file))
    case "Digits":
      let expression = description.individualDigits == true ? #"\p{N}"# : #"\p{N}+"#
      patterns.append(try parse(expression, key: key, file: file))
    default:
      throw VocabularyError(
        file: file, key: "\(key).type", expected: "Sequence, ByteLevel, Split or Digits", found: description.type)
    }
  }

  private static func split(
    _ description: TokenizerFile.PreTokenizer, key: String, file: String
  ) throws(VocabularyError) -> PiecePattern {
    guard description.behavior == "Isolated", description.invert != true else {
      throw VocabularyError(
        file: file, key: "\(key).behavior", expected: "Isolated, not inverted",
        found: "\(description.behavior ?? "none")\(description.invert == true ? ", inverted" : "")")
    }
    if let expression = description.pattern?.regex {
      return try parse(expression, key: "\(key).pattern.Regex", file: file)
    }
    guard let literal = description.pattern?.literal, !literal.isEmpty else {
      throw VocabularyError(file: file, key: "\(key).pattern", expected: "Regex or String", found: "neither")
    }
    let program = literal.unicodeScalars.map { PiecePattern.Instruction.scalar(ScalarSet(.range($0.value...$0.value))) }
    return PiecePattern(program: program + [.accept])
  }

  private static func parse(_ expression: String, key: String, file: String) throws(VocabularyError) -> PiecePattern {
    do {
      return try PiecePatternParser.parse(expression)
    } catch {
      throw VocabularyError(
        file: file, key: key, expected: "an expression of implemented constructs",
        found: "\(error.reason) at character \(error.position + 1) of \(expression)")
    }
  }

  /// The byte ranges of the pieces of a text, in order and without gaps.
  func pieces(of bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    guard !patterns.isEmpty, !bytes.isEmpty else { return bytes.isEmpty ? [] : [0..<bytes.count] }
    let text = ScalarText(bytes)
    var pieces = [0..<text.scalars.count]
    for pattern in patterns {
      var cut: [Range<Int>] = []
      cut.reserveCapacity(pieces.count)
      for piece in pieces { pattern.split(text.scalars, piece, into: &cut) }
      pieces = cut
    }
    return pieces.map { text.offsets[$0.lowerBound]..<text.offsets[$0.upperBound] }
  }
}
