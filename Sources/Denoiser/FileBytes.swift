import Foundation

/// The bytes of a file in memory: mapped, so that only what is used is read and nothing is copied.
final class FileBytes {
  let start: UnsafeRawPointer
  let count: Int
  private let release: () -> Void

  /// Bytes that live as long as the program.
  init(static bytes: UnsafeRawBufferPointer) {
    start = bytes.baseAddress ?? UnsafeRawPointer(Self.nothing)
    count = bytes.count
    release = {}
  }

  init(copying data: Data) {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(data.count, 1), alignment: 64)
    data.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { copy.copyMemory(from: source, byteCount: bytes.count) }
    }
    start = UnsafeRawPointer(copy)
    count = data.count
    release = { copy.deallocate() }
  }

  /// Maps a file.
  ///
  /// - Throws: `DenoiserError.unreadable`
  init(mapping path: String) throws(DenoiserError) {
    func failure() -> DenoiserError { .unreadable(file: path, reason: String(cString: strerror(errno))) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: path, reason: "it is not a file") }
    let size = Int(status.st_size)
    guard size > 0 else {
      start = UnsafeRawPointer(Self.nothing)
      count = 0
      release = {}
      return
    }
    guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
      throw failure()
    }
    start = UnsafeRawPointer(memory)
    count = size
    release = { munmap(memory, size) }
  }

  deinit { release() }

  /// The bytes without a copy; not to be kept longer than this object.
  var data: Data {
    Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: count, deallocator: .none)
  }

  private nonisolated(unsafe) static let nothing = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
}
