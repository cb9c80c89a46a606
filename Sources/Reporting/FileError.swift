import Glibc

/// Why a file could not be read, taken as text, or written.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  case notFound(path: String)
  case unreadable(path: String, reason: String)
  /// A folder where a file was expected.
  case isFolder(path: String)
  /// The file has more bytes than a text may have.
  case tooLarge(path: String, given: Int, limit: Int)
  /// The file has a zero byte, at an offset from its start.
  case binary(path: String, offset: Int)
  /// The file is not UTF-8 from a byte on; the offset counts from 0, the line from 1.
  case invalidUTF8(path: String, offset: Int, line: Int, byte: UInt8)
  /// The file on disk is no longer the one that was read.
  case changedMeanwhile(path: String)
  case unwritable(path: String, reason: String)

  public var path: String {
    switch self {
    case .notFound(let path), .unreadable(let path, _), .isFolder(let path), .tooLarge(let path, _, _),
      .binary(let path, _), .invalidUTF8(let path, _, _, _), .changedMeanwhile(let path), .unwritable(let path, _):
      path
    }
  }

  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path): expected a file or folder, found nothing"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .isFolder(let path):
      "\(path): expected a file, found a folder"
    case .tooLarge(let path, let given, let limit):
      "\(path): expected at most \(limit) bytes, found \(given)"
    case .binary(let path, let offset):
      "\(path): expected text, found a binary file (a zero byte at offset \(offset))"
    case .invalidUTF8(let path, let offset, let line, let byte):
      "\(path):\(line): expected UTF-8, found the byte 0x\(String(byte, radix: 16, uppercase: true)) at offset \(offset)"
    case .changedMeanwhile(let path):
      "\(path): not written: the file changed after it was read"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    }
  }

  /// The system's words for the current error number.
  static var systemReason: String { String(cString: strerror(errno)) }
}
