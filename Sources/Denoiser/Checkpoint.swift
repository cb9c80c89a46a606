import Foundation
import Tensor

/// The tensors of a model, in one safetensors file or several.
struct Checkpoint {
  /// What the scales of a matrix of 8 bits are called after it.
  private static let scaleSuffix = "_scale"

  private let files: [SafeTensors]
  /// Index into `files` by name of a tensor.
  private let places: [String: Int]
  /// What errors call the checkpoint.
  let name: String

  private init(files: [SafeTensors], places: [String: Int], name: String) {
    self.files = files
    self.places = places
    self.name = name
  }

  init(_ file: SafeTensors) {
    self.init(files: [file], places: file.entries.mapValues { _ in 0 }, name: file.file)
  }

  /// Opens `model.safetensors` in a folder, or the files that `model.safetensors.index.json` lists, verified by
  /// `checksums`.
  init(folder: String, _ checksums: Checksums? = nil) throws(DenoiserError) {
    func open(_ name: String) throws(DenoiserError) -> SafeTensors {
      let bytes = try FileBytes(mapping: folder + "/" + name)
      try checksums?.verify(
        UnsafeRawBufferPointer(start: bytes.start, count: bytes.count), of: name, folder: folder)
      return try SafeTensors(bytes, file: folder + "/" + name)
    }
    let single = folder + "/model.safetensors"
    let index = single + ".index.json"
    guard !FileManager.default.fileExists(atPath: single) else {
      self.init(try open("model.safetensors"))
      return
    }
    guard let data = FileManager.default.contents(atPath: index) else {
      throw .unreadable(file: single, reason: "neither this file nor model.safetensors.index.json is there")
    }
    guard case .object(let map)? = try JSONValue.object(in: data, file: index)["weight_map"] else {
      throw .malformed(file: index, key: "weight_map", expected: "an object", found: "none")
    }
    var files: [SafeTensors] = []
    var numbers: [String: Int] = [:]
    var places: [String: Int] = [:]
    for (tensor, value) in map.sorted(by: { $0.key < $1.key }) {
      guard case .string(let shard) = value, !shard.contains("/"), shard.hasSuffix(".safetensors") else {
        throw .malformed(
          file: index, key: "weight_map.\(tensor)", expected: "a safetensors file beside the index", found: value.shown)
      }
      if numbers[shard] == nil {
        numbers[shard] = files.count
        files.append(try open(shard))
      }
      guard let number = numbers[shard], files[number].entries[tensor] != nil else {
        throw .malformed(file: folder + "/" + shard, key: tensor, expected: "a tensor", found: "none")
      }
      places[tensor] = number
    }
    self.init(files: files, places: places, name: index)
  }

  /// Whether there is a tensor of this name.
  func contains(_ tensor: String) -> Bool { places[tensor] != nil }

  /// Number of elements of all tensors but the scales of others.
  var parameterCount: Int {
    places.reduce(0) {
      $1.key.hasSuffix(Self.scaleSuffix) ? $0 : $0 + (files[$1.value].entries[$1.key]?.shape.reduce(1, *) ?? 0)
    }
  }

  /// Whether a tensor is stored in 8 bits.
  func isInEightBits(_ tensor: String) -> Bool {
    places[tensor].flatMap { files[$0].entries[tensor]?.type } == .int8
  }

  /// The numbers of a tensor, where they lie.
  ///
  /// - Throws: `DenoiserError.malformed` where the tensor is missing, has another shape or no float elements.
  func numbers(_ tensor: String, _ shape: [Int]) throws(DenoiserError) -> StoredNumbers {
    guard let number = places[tensor], let entry = files[number].entries[tensor] else {
      throw .malformed(file: name, key: tensor, expected: "a tensor of shape \(shape)", found: "none")
    }
    guard entry.shape == shape else {
      throw .malformed(
        file: files[number].file, key: "\(tensor).shape", expected: "\(shape)", found: "\(entry.shape)")
    }
    return try files[number].numbers(entry, name: tensor, rows: try rowScales(of: tensor, entry))
  }

  /// The scales of a matrix of 8 bits: a tensor beside it, one per row.
  private func rowScales(
    of tensor: String, _ entry: SafeTensors.Entry
  ) throws(DenoiserError) -> StoredNumbers.RowScales? {
    guard entry.type == .int8, entry.shape.count == 2 else { return nil }
    let name = tensor + Self.scaleSuffix
    let count = entry.shape[0]
    return StoredNumbers.RowScales(
      try floats(name, shape(of: name)?.count == 2 ? [count, 1] : [count]), columns: entry.shape[1])
  }

  /// A copy of a tensor as float32.
  func floats(_ tensor: String, _ shape: [Int]) throws(DenoiserError) -> FloatBuffer {
    let numbers = try numbers(tensor, shape)
    let buffer = FloatBuffer(count: shape.reduce(1, *))
    numbers.copy(from: 0, count: buffer.count, to: buffer.pointer)
    return buffer
  }

  /// A tensor of two dimensions for products.
  func matrix(_ tensor: String, _ rows: Int, _ columns: Int, as type: ElementType) throws(DenoiserError) -> WeightMatrix
  {
    WeightMatrix(try numbers(tensor, [rows, columns]), rows: rows, columns: columns, as: type)
  }

  /// The shape of a tensor, nil where there is none of this name.
  func shape(of tensor: String) -> [Int]? { places[tensor].flatMap { files[$0].entries[tensor]?.shape } }
}
