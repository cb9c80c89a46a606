import Foundation
import Tensor

/// A safetensors file: named tensors whose places in the file are checked before any is read.
///
///     8 bytes    length of the header, little-endian
///     header     JSON: name → dtype, shape, data_offsets [begin, end) from the end of the header
///     data       the tensors, row-major, little-endian, without gaps
///
/// The file is mapped into memory, so that only tensors that are used are read from disk.
struct SafeTensors {
  enum ElementType: String {
    case float32 = "F32"
    case bfloat16 = "BF16"
    case float16 = "F16"
    case int8 = "I8"
    case other

    /// Bytes of an element by the format's name for its type, nil for a name that is none.
    static func size(named name: String) -> Int? {
      switch name {
      case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2": 1
      case "U16", "I16", "F16", "BF16": 2
      case "U32", "I32", "F32": 4
      case "U64", "I64", "F64": 8
      default: nil
      }
    }
  }

  struct Entry {
    let type: ElementType
    let typeName: String
    let shape: [Int]
    /// Bytes of the file.
    let range: Range<Int>
  }

  /// Longest header that is read, in bytes; the format's own limit.
  static let longestHeader = 100_000_000

  let file: String
  let entries: [String: Entry]
  private let bytes: FileBytes

  /// Reads the header of a file in memory; `file` is what errors call it.
  ///
  /// - Throws: `DenoiserError.malformed` where the header is too long or no JSON, a type or shape is impossible, or
  ///   tensors do not fill the data one after the other.
  init(_ bytes: FileBytes, file: String) throws(DenoiserError) {
    self.bytes = bytes
    self.file = file
    let data = bytes.data
    func malformed(_ key: String, _ expected: String, _ found: String) -> DenoiserError {
      .malformed(file: file, key: key, expected: expected, found: found)
    }
    guard data.count >= 8 else { throw malformed("header length", "8 bytes", "\(data.count)") }
    let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    let limit = min(data.count - 8, Self.longestHeader)
    guard length <= UInt64(limit) else { throw malformed("header length", "at most \(limit)", "\(length)") }
    let start = 8 + Int(length)
    let header = try JSONValue.object(
      in: data.subdata(in: data.startIndex + 8..<data.startIndex + start), file: file, key: "header")

    var entries: [String: Entry] = [:]
    for (name, value) in header where name != "__metadata__" {
      entries[name] = try Self.entry(value, name: name, dataStart: start, file: file)
    }
    var end = start
    for (name, entry) in entries.sorted(by: {
      ($0.value.range.lowerBound, $0.value.range.upperBound) < ($1.value.range.lowerBound, $1.value.range.upperBound)
    }) {
      guard entry.range.lowerBound == end else {
        throw malformed(
          "\(name).data_offsets", "\(end - start), where the tensor before ends",
          "\(entry.range.lowerBound - start)")
      }
      end = entry.range.upperBound
    }
    guard end == data.count else {
      throw malformed("data", "\(end - start) bytes, the end of the last tensor", "\(data.count - start)")
    }
    self.entries = entries
  }

  /// Maps a file into memory and reads its header.
  init(contentsOf path: String) throws(DenoiserError) {
    try self.init(try FileBytes(mapping: path), file: path)
  }

  private static func entry(
    _ value: JSONValue, name: String, dataStart: Int, file: String
  ) throws(DenoiserError) -> Entry {
    func malformed(_ key: String, _ expected: String, _ found: String) -> DenoiserError {
      .malformed(file: file, key: "\(name).\(key)", expected: expected, found: found)
    }
    guard case .object(let fields) = value else { throw malformed("header", "an object", value.shown) }
    guard case .string(let type)? = fields["dtype"], let elementSize = ElementType.size(named: type) else {
      throw malformed("dtype", "an element type", fields["dtype"]?.shown ?? "none")
    }
    guard case .array(let dimensions)? = fields["shape"], dimensions.count <= 8 else {
      throw malformed("shape", "at most 8 dimensions", fields["shape"]?.shown ?? "none")
    }
    var shape: [Int] = []
    var size = elementSize
    for dimension in dimensions {
      guard case .integer(let extent) = dimension, extent >= 0 else {
        throw malformed("shape", "numbers from 0 on", dimension.shown)
      }
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw malformed("shape", "a size that fits into memory", "an overflow") }
      size = product
      shape.append(extent)
    }
    guard case .array(let offsets)? = fields["data_offsets"], offsets.count == 2,
      case .integer(let begin) = offsets[0], case .integer(let end) = offsets[1], 0 <= begin, begin <= end,
      end <= Int.max - dataStart
    else { throw malformed("data_offsets", "a begin and an end", fields["data_offsets"]?.shown ?? "none") }
    guard end - begin == size else {
      throw malformed("data_offsets", "\(size) bytes for \(type) of shape \(shape)", "\(end - begin)")
    }
    return Entry(
      type: ElementType(rawValue: type) ?? .other, typeName: type, shape: shape,
      range: dataStart + begin..<dataStart + end)
  }

  /// The numbers of a tensor, where they lie; those of 8 bits with the scales of their rows.
  ///
  /// - Throws: `DenoiserError.malformed` where the elements are neither float32, bfloat16, float16 nor of 8 bits.
  func numbers(
    _ entry: Entry, name: String, rows: StoredNumbers.RowScales? = nil
  ) throws(DenoiserError) -> StoredNumbers {
    let format: StoredNumbers.Format
    switch entry.type {
    case .float32: format = .float32
    case .bfloat16: format = .bfloat16
    case .float16: format = .float16
    case .int8 where rows != nil: format = .int8
    case .int8, .other:
      throw .malformed(
        file: file, key: "\(name).dtype", expected: "F32, BF16, F16 or, for a matrix, I8", found: entry.typeName)
    }
    return StoredNumbers(format: format, start: bytes.start + entry.range.lowerBound, owner: bytes, rows: rows)
  }
}
