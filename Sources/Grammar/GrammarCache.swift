import CGrammar
import Foundation
import Glibc

/// Files beside a grammar that hold what was computed from it; without them it is computed again.
///
///     header    "ESPCACHE", signature, length and hash of what follows
///     body      as the writer gave it, at a multiple of 8 bytes
///
/// The signature tells apart all that the body is computed from, and its layout. A file is used only if signature, length
/// and hash are right.
public struct GrammarCache: Sendable {
  let folder: URL
  /// Tells apart what the grammar was read from: its tables, its description and its dialect.
  public let inputs: UInt64

  private static let magic: [UInt8] = Array("ESPCACHE".utf8)
  private static let headerSize = 32

  /// The body of the file `name`, mapped into memory; nil if there is none that fits. O(its length).
  public func read(_ name: String, signature: UInt64) -> MappedBytes? {
    guard let file = MappedBytes(path: folder.appendingPathComponent(name).path, headerSize: Self.headerSize) else {
      return nil
    }
    let header = file.header
    guard header.prefix(Self.magic.count).elementsEqual(Self.magic) else { return nil }
    let body = file.bytes
    let expected = [signature, UInt64(body.count), espalier_hash(body.baseAddress, UInt64(body.count), signature)]
    for (index, value) in expected.enumerated()
    where header.loadUnaligned(fromByteOffset: 8 + 8 * index, as: UInt64.self) != value {
      return nil
    }
    return file
  }

  /// Writes the file `name` whole, or not at all where the folder cannot be written to.
  public func write(_ name: String, signature: UInt64, body: Data) {
    var data = Data(Self.magic)
    let hash = body.withUnsafeBytes { espalier_hash($0.baseAddress, UInt64($0.count), signature) }
    for value in [signature, UInt64(body.count), hash] {
      withUnsafeBytes(of: value) { data.append(contentsOf: $0) }
    }
    data.append(body)
    try? data.write(to: folder.appendingPathComponent(name), options: .atomic)
  }
}

/// The signature of what a cached file is computed from: a hash of arrays one after the other.
package struct CacheSignature {
  package private(set) var value: UInt64 = 0

  package init() {}

  /// O(bytes).
  package mutating func add<Element: BitwiseCopyable>(_ elements: UnsafeBufferPointer<Element>) {
    let bytes = UnsafeRawBufferPointer(elements)
    value = espalier_hash(bytes.baseAddress, UInt64(bytes.count), value &+ UInt64(bytes.count))
  }

  /// O(bytes).
  package mutating func add<Element: BitwiseCopyable>(_ elements: [Element]) {
    elements.withUnsafeBufferPointer { add($0) }
  }
}

/// A file in memory, or a copy of bytes, read-only, for as long as this lives.
public final class MappedBytes: @unchecked Sendable {
  private let memory: UnsafeRawBufferPointer
  private let headerSize: Int
  private let isMapped: Bool

  /// Nil if the file cannot be read or is no longer than its header.
  init?(path: String, headerSize: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) > headerSize,
      let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0),
      start != MAP_FAILED
    else { return nil }
    memory = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    self.headerSize = headerSize
    isMapped = true
  }

  /// O(bytes).
  public init(copying data: Data) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 16)
    data.copyBytes(to: copy)
    memory = UnsafeRawBufferPointer(copy)
    headerSize = 0
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count)
    } else {
      memory.deallocate()
    }
  }

  var header: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<headerSize]) }
  /// What follows the header.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[headerSize...]) }
}
