import Glibc

/// Writing whole buffers to file descriptors.
enum Descriptor {
  /// Writes all of `bytes`; false, with the error number set, if the system refuses.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}

/// Standard output, unbuffered: what a command has to say is written in few large pieces.
public enum StandardOutput {
  /// Throws `unwritable` if the system refuses, as on a full disk.
  public static func write(_ bytes: [UInt8]) throws(FileError) {
    guard Descriptor.write(bytes, to: 1) else {
      throw .unwritable(path: "standard output", reason: FileError.systemReason)
    }
  }

  /// Throws `unwritable` if the system refuses.
  public static func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }
}

/// Standard error, for messages to a person.
public enum StandardError {
  public static var isTerminal: Bool { isatty(2) == 1 }

  /// Writes `text`; nobody can be told if that fails.
  public static func write(_ text: String) { _ = Descriptor.write(Array(text.utf8), to: 2) }
}
