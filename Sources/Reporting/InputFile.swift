import Glibc

/// A text read from a file or from standard input: UTF-8, no zero bytes, bounded.
public enum InputFile {
  /// The most bytes of a text: 64 MiB. A parse tree takes some thirty times its text.
  public static let byteLimit = 64 << 20

  /// Reads the text at `path`. Throws `notFound`, `isFolder`, `unreadable`, `tooLarge`, `binary`, `invalidUTF8`.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .notFound(path: path) : .unreadable(path: path, reason: FileError.systemReason)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: FileError.systemReason) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder(path: path) }
    guard status.st_size <= byteLimit else {
      throw .tooLarge(path: path, given: Int(status.st_size), limit: byteLimit)
    }
    return try checked(drain(descriptor, path: path, expected: Int(status.st_size)), path: path)
  }

  /// Reads standard input to its end; messages call it `name`. Throws what `read` throws.
  public static func readStandardInput(as name: String) throws(FileError) -> [UInt8] {
    try checked(drain(0, path: name, expected: 0), path: name)
  }

  /// `bytes` if they are text. Throws `binary`, `invalidUTF8`.
  public static func checked(_ bytes: [UInt8], path: String) throws(FileError) -> [UInt8] {
    if let offset = bytes.firstIndex(of: 0) { throw .binary(path: path, offset: offset) }
    if let offset = firstInvalidOffset(bytes) {
      let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
      throw .invalidUTF8(path: path, offset: offset, line: line, byte: bytes[offset])
    }
    return bytes
  }

  private static func firstInvalidOffset(_ bytes: [UInt8]) -> Int? {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  /// Reads to the end of `descriptor`, one byte beyond the limit at most.
  private static func drain(_ descriptor: Int32, path: String, expected: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // One byte more than the size on record: a last read that returns nothing confirms the end.
    var room = expected + 1
    while true {
      let start = bytes.count
      var got = 0
      let wanted = min(max(room, 1 << 16), byteLimit + 1 - start)
      bytes.append(contentsOf: repeatElement(0, count: wanted))
      bytes.withUnsafeMutableBytes { buffer in
        repeat {
          got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: start), wanted)
        } while got < 0 && errno == EINTR
      }
      guard got >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason) }
      bytes.removeLast(wanted - got)
      if got == 0 { return bytes }
      guard bytes.count <= byteLimit else { throw .tooLarge(path: path, given: bytes.count, limit: byteLimit) }
      room = max(room - got, bytes.count)
    }
  }
}
