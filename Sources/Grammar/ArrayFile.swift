import Foundation

/// Writes arrays one behind the other, each with its length and padded to 8 bytes.
package struct ArrayWriter {
  package private(set) var data = Data()

  package init() {}

  package mutating func append<Element: BitwiseCopyable>(_ array: [Element]) {
    array.withUnsafeBufferPointer { append($0) }
  }

  package mutating func append<Element: BitwiseCopyable>(_ elements: UnsafeBufferPointer<Element>) {
    withUnsafeBytes(of: UInt64(elements.count)) { data.append(contentsOf: $0) }
    data.append(contentsOf: UnsafeRawBufferPointer(elements))
    data.append(contentsOf: repeatElement(0, count: (8 - data.count % 8) % 8))
  }
}

/// Reads what `ArrayWriter` wrote.
package struct ArrayReader {
  package struct Mismatch: Error {
    package var expected: String
    package var found: String

    package init(expected: String, found: String) {
      self.expected = expected
      self.found = found
    }
  }

  let bytes: UnsafeRawBufferPointer
  private var offset = 0

  package init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }

  /// A copy of the next array.
  mutating func next<Element: FixedWidthInteger & BitwiseCopyable>(_: Element.Type) throws(Mismatch) -> [Element] {
    let source = try nextBytes(stride: MemoryLayout<Element>.stride)
    let count = source.count / MemoryLayout<Element>.stride
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
      initialized = count
    }
  }

  /// The next array where it lies, which is at a multiple of 8 bytes if `bytes` is.
  package mutating func elements<Element: BitwiseCopyable>(
    _: Element.Type
  ) throws(Mismatch) -> UnsafeBufferPointer<Element> {
    try nextBytes(stride: MemoryLayout<Element>.stride).bindMemory(to: Element.self)
  }

  private mutating func nextBytes(stride: Int) throws(Mismatch) -> UnsafeRawBufferPointer {
    guard bytes.count - offset >= 8 else { throw Mismatch(expected: "another array", found: "the end") }
    let count = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    offset += 8
    guard count <= UInt64((bytes.count - offset) / stride) else {
      throw Mismatch(expected: "an array of \(count) elements", found: "\(bytes.count - offset) bytes")
    }
    let size = Int(count) * stride
    defer { offset = min(bytes.count, (offset + size + 7) / 8 * 8) }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
  }
}
