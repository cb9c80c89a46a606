/// The printable stand-ins that byte-level tokenizer files write for bytes.
///
/// A byte that is a printable Latin-1 character stands for itself; the other 68 are numbered from U+0100 on in
/// ascending order, so that a space is written `Ġ`. Source: the byte encoder of GPT-2.
enum ByteAlphabet {
  /// Scalar value to byte, -1 where no byte is meant; 324 entries.
  static let byteForScalar: [Int16] = {
    var table = [Int16](repeating: -1, count: 256 + 68)
    var next = 256
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
        table[byte] = Int16(byte)
      default:
        table[next] = Int16(byte)
        next += 1
      }
    }
    return table
  }()

  /// The bytes that a vocabulary entry stands for, nil where a character is none of the alphabet.
  static func bytes(of entry: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entry.utf8.count)
    for scalar in entry.unicodeScalars {
      guard scalar.value < byteForScalar.count, byteForScalar[Int(scalar.value)] >= 0 else { return nil }
      bytes.append(UInt8(byteForScalar[Int(scalar.value)]))
    }
    return bytes
  }
}
