/// The bytes of a text that grows and shrinks at its end, with room behind it to try continuations in place.
final class TextBuffer {
  private var base: UnsafeMutablePointer<UInt8>
  private(set) var count: Int
  private var capacity: Int
  /// Bytes that are always free behind the text.
  private static let room = 4_096

  init(_ bytes: [UInt8]) {
    count = bytes.count
    capacity = bytes.count + 2 * Self.room
    base = .allocate(capacity: capacity)
    base.update(from: bytes, count: bytes.count)
  }

  deinit { base.deallocate() }

  /// Valid until the next `append`.
  @inline(__always)
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  func append(contentsOf bytes: some Collection<UInt8>) {
    reserve(bytes.count)
    let free = UnsafeMutableBufferPointer(start: base + count, count: capacity - count)
    count += free.update(fromContentsOf: bytes)
  }

  @inline(__always)
  func append(_ byte: UInt8) {
    if capacity - count <= Self.room { reserve(1) }
    base[count] = byte
    count += 1
  }

  func truncate(to count: Int) { self.count = count }

  /// The text with `continuation` behind it, which is not part of the text; valid until the next call or `append`.
  func continued(by continuation: some Collection<UInt8>) -> UnsafeBufferPointer<UInt8> {
    precondition(continuation.count <= Self.room, "a continuation fits the room behind the text")
    for (offset, byte) in continuation.enumerated() { base[count + offset] = byte }
    return UnsafeBufferPointer(start: base, count: count + continuation.count)
  }

  private func reserve(_ more: Int) {
    if capacity - count - more >= Self.room { return }
    capacity = 2 * (count + more + Self.room)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    grown.update(from: base, count: count)
    base.deallocate()
    base = grown
  }
}
