/// Bytes seen as Unicode scalars, each with its place; a byte that is no UTF-8 counts as one U+FFFD.
struct ScalarText {
  private(set) var scalars: [UInt32] = []
  /// Byte offset of each scalar, and the length of the text last.
  private(set) var offsets: [Int] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    scalars.reserveCapacity(bytes.count)
    offsets.reserveCapacity(bytes.count + 1)
    var index = 0
    while index < bytes.count {
      let (scalar, length) = Self.scalar(in: bytes, at: index)
      scalars.append(scalar)
      offsets.append(index)
      index += length
    }
    offsets.append(bytes.count)
  }

  private static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int) {
    let lead = UInt32(bytes[index])
    if lead < 0x80 { return (lead, 1) }
    let length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
    guard length > 0, index + length <= bytes.count else { return (0xFFFD, 1) }
    var value = lead & (0x7F >> UInt32(length))
    for next in index + 1..<index + length {
      guard bytes[next] & 0xC0 == 0x80 else { return (0xFFFD, 1) }
      value = value << 6 | UInt32(bytes[next] & 0x3F)
    }
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= smallest, Unicode.Scalar(value) != nil else { return (0xFFFD, 1) }
    return (value, length)
  }
}
