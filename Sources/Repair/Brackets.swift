/// The brackets of all languages, in the order of their codes.
enum Brackets {
  static let pairs: [(opener: UInt8, closer: UInt8)] = [(0x28, 0x29), (0x5B, 0x5D), (0x7B, 0x7D)]

  /// The bracket that closes `byte`; nil if it opens none.
  static func closer(of byte: UInt8) -> UInt8? { pairs.first { $0.opener == byte }?.closer }

  /// The bracket that `byte` closes; nil if it closes none.
  static func opener(of byte: UInt8) -> UInt8? { pairs.first { $0.closer == byte }?.opener }
}
