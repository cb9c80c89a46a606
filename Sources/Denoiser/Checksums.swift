import CModel
import Foundation

/// What a model's files have to be, as `sha256sum` writes it: a digest, two blanks and a name in each line.
struct Checksums {
  static let fileName = "SHA256SUMS"

  private let digests: [String: String]

  /// Reads a list; `file` is what errors call it.
  ///
  /// - Throws: `DenoiserError.malformed` for a line that is none of a list.
  init(_ data: Data, file: String) throws(DenoiserError) {
    var digests: [String: String] = [:]
    for (index, line) in String(decoding: data, as: UTF8.self).split(separator: "\n").enumerated() {
      let digest = line.prefix(64)
      let name = line.dropFirst(66)
      guard digest.utf8.count == 64, digest.utf8.allSatisfy({ Self.isHexadecimal($0) }), !name.isEmpty,
        ["  ", " *"].contains(line.dropFirst(64).prefix(2))
      else {
        throw .malformed(
          file: file, key: "line \(index + 1)", expected: "64 hexadecimal digits, two blanks and a name",
          found: "'\(line.prefix(80))'")
      }
      digests[String(name)] = digest.lowercased()
    }
    self.digests = digests
  }

  /// The list of a folder, nil where it has none.
  init?(folder: String) throws(DenoiserError) {
    let path = folder + "/" + Self.fileName
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, reason: "it is not a file that can be read")
    }
    try self.init(data, file: path)
  }

  /// Compares the bytes of a file with its digest; a file that is not listed is taken as it is.
  ///
  /// - Complexity: O(bytes); 10 MB take about 6 ms where the processor has instructions for it, else 37 ms.
  /// - Throws: `DenoiserError.malformed` where they differ.
  func verify(_ bytes: UnsafeRawBufferPointer, of name: String, folder: String) throws(DenoiserError) {
    guard let expected = digests[name] else { return }
    let found = Self.digest(of: bytes)
    guard found == expected else {
      throw .malformed(file: folder + "/" + name, key: "sha256", expected: expected, found: found)
    }
  }

  /// The same for data.
  func verify(_ data: Data, of name: String, folder: String) throws(DenoiserError) {
    let result = data.withUnsafeBytes { bytes in
      Result { () throws(DenoiserError) in try verify(bytes, of: name, folder: folder) }
    }
    try result.get()
  }

  /// The SHA-256 digest in hexadecimal digits.
  static func digest(of bytes: UnsafeRawBufferPointer, isPortable: Bool = false) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    espalier_sha256(bytes.baseAddress, bytes.count, isPortable ? 1 : 0, &digest)
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
  }
}
