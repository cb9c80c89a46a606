import Vocabulary

/// How far a text has got in the UTF-8 sequence at its end.
///
/// External scanners and the runtime read bytes that are no UTF-8 as if they were characters, so that a string or comment
/// of theirs would take a sequence that breaks off.
struct CharacterState: Equatable {
  /// Which bytes come next: none in particular, one to three of any that continue, or those behind a lead byte that
  /// narrows the one behind it.
  private enum Expected: UInt8 { case character, one, two, three, behindE0, behindED, behindF0, behindF4, broken }
  private var expected = Expected.character

  /// The state at the start of a character.
  init() {}

  /// The state at the end of `text`; where that is no UTF-8 in itself, a character may start. O(1).
  init(endOf text: UnsafeBufferPointer<UInt8>) {
    let known = text.suffix(4)
    guard let lead = known.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return }
    for byte in known[lead...] { advance(byte) }
    if expected == .broken { expected = .character }
  }

  var isBroken: Bool { expected == .broken }
  /// No sequence is under way.
  var isComplete: Bool { expected == .character }
  /// A number for each state that is not broken, below `count`.
  var index: Int { Int(expected.rawValue) }
  static let count = Int(Expected.broken.rawValue)

  mutating func advance(_ byte: UInt8) {
    expected =
      switch (expected, byte) {
      case (.character, 0x00...0x7F): .character
      case (.character, 0xC2...0xDF): .one
      case (.character, 0xE0): .behindE0
      case (.character, 0xED): .behindED
      case (.character, 0xE1...0xEF): .two
      case (.character, 0xF0): .behindF0
      case (.character, 0xF1...0xF3): .three
      case (.character, 0xF4): .behindF4
      case (.one, 0x80...0xBF): .character
      case (.two, 0x80...0xBF), (.behindE0, 0xA0...0xBF), (.behindED, 0x80...0x9F): .one
      case (.three, 0x80...0xBF), (.behindF0, 0x90...0xBF), (.behindF4, 0x80...0x8F): .two
      default: .broken
      }
  }

  /// Whether `bytes` go on with the text so that it stays UTF-8; its end may be within a character. O(bytes).
  func allows(_ bytes: some Collection<UInt8>) -> Bool {
    var state = self
    for byte in bytes {
      state.advance(byte)
      if state.isBroken { return false }
    }
    return true
  }
}

/// Which tokens of a vocabulary keep a text UTF-8, by the state at its end.
struct CharacterMasks {
  private var masks: [TokenMask?] = [TokenMask?](repeating: nil, count: CharacterState.count)

  /// O(words), and once for each state O(bytes of the vocabulary).
  mutating func mask(_ state: CharacterState, _ vocabulary: Vocabulary) -> TokenMask {
    if let known = masks[state.index] { return known }
    var mask = TokenMask(capacity: vocabulary.count)
    for index in 0..<vocabulary.count where state.allows(vocabulary.bytes(of: TokenID(index))) {
      mask.insert(TokenID(index))
    }
    masks[state.index] = mask
    return mask
  }
}
