import COpenBLAS
import CTensor

/// Numbers as they stand in a file, row-major and little-endian; aligned to nothing.
public struct StoredNumbers {
  public enum Format: Sendable {
    case float32
    case bfloat16
    case float16
    /// Of two dimensions, with a scale per row.
    case int8

    /// Bytes of a number.
    public var size: Int {
      switch self {
      case .float32: 4
      case .bfloat16, .float16: 2
      case .int8: 1
      }
    }
  }

  /// What the numbers of each row are multiplied with.
  public struct RowScales {
    public let scales: FloatBuffer
    /// Numbers of a row.
    public let columns: Int

    public init(_ scales: FloatBuffer, columns: Int) {
      self.scales = scales
      self.columns = columns
    }
  }

  public let format: Format
  public let start: UnsafeRawPointer
  /// What keeps the memory alive.
  public let owner: AnyObject
  /// For `int8` alone.
  public let rows: RowScales?

  /// - Parameter rows: what `int8` needs, and no other format has
  public init(format: Format, start: UnsafeRawPointer, owner: AnyObject, rows: RowScales? = nil) {
    precondition((format == .int8) == (rows != nil), "numbers of 8 bits have a scale for each row")
    self.format = format
    self.start = start
    self.owner = owner
    self.rows = rows
  }

  /// Writes `count` numbers from `first` on as float32.
  public func copy(from first: Int, count: Int, to target: UnsafeMutablePointer<Float>) {
    let source = start + first * format.size
    // A loop per format, so that each is one over vectors.
    switch format {
    case .float32:
      UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
    case .bfloat16:
      for index in 0..<count {
        target[index] = Float(
          bitPattern: UInt32(source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)) << 16)
      }
    case .float16:
      for index in 0..<count {
        let bits = source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        target[index] = Float(Float16(bitPattern: bits))
      }
    case .int8:
      guard let rows else { return }
      var done = 0
      while done < count {
        let (row, column) = (first + done).quotientAndRemainder(dividingBy: rows.columns)
        let end = min(count, done + rows.columns - column)
        let scale = rows.scales.pointer[row]
        for index in done..<end {
          target[index] = Float(source.load(fromByteOffset: index, as: Int8.self)) * scale
        }
        done = end
      }
    }
  }
}

/// The weights of a linear layer, rows × columns, in the element type of its products.
///
/// Weights that a file has in that type are read where the file is mapped. Others are converted once.
public final class WeightMatrix {
  public let type: ElementType
  public let rows: Int
  public let columns: Int
  /// Whether the weights were converted to memory of their own.
  public let isCopy: Bool
  private let start: UnsafeRawPointer
  /// Bytes from row to row.
  private let stride: Int
  private let owner: AnyObject
  /// For 8 bits: of each row, and rows × blocks of corrections for activations whose zero is 128.
  private let scales: FloatBuffer
  private let corrections: Buffer<Int32>
  private let blocks: Int

  public init(_ numbers: StoredNumbers, rows: Int, columns: Int, as type: ElementType) {
    self.type = type
    self.rows = rows
    self.columns = columns
    blocks = (columns + blockSize - 1) / blockSize
    scales = FloatBuffer(count: type == .int8 ? rows : 0)
    corrections = Buffer(count: type == .int8 ? rows * blocks : 0)
    let isAligned = Int(bitPattern: numbers.start) % 4 == 0
    let isInPlace =
      switch type {
      case .float32: numbers.format == .float32 && isAligned
      // Pairs of weights are read at once.
      case .bfloat16: numbers.format == .bfloat16 && columns % 2 == 0
      // Quads of weights are read at once.
      case .int8: numbers.format == .int8 && columns % 4 == 0
      }
    isCopy = !isInPlace
    if isInPlace {
      start = numbers.start
      stride = columns * type.size
      owner = numbers.owner
      if let own = numbers.rows {
        scales.pointer.update(from: own.scales.pointer, count: rows)
        for row in 0..<rows {
          espalier_correct(
            (start + row * stride).assumingMemoryBound(to: Int8.self), columns, corrections.pointer + row * blocks)
        }
      }
      return
    }
    stride =
      switch type {
      case .float32: columns * 4
      case .bfloat16: (columns + 1) / 2 * 4
      case .int8: (columns + 3) / 4 * 4
      }
    let copy = Buffer<UInt8>(count: rows * stride)
    owner = copy
    start = UnsafeRawPointer(copy.pointer)
    let row = FloatBuffer(count: columns)
    for index in 0..<rows {
      numbers.copy(from: index * columns, count: columns, to: row.pointer)
      let target = UnsafeMutableRawPointer(copy.pointer + index * stride)
      switch type {
      case .float32: target.copyMemory(from: row.pointer, byteCount: stride)
      case .bfloat16: espalier_to_bfloat16(row.pointer, columns, target.assumingMemoryBound(to: UInt16.self))
      case .int8:
        scales.pointer[index] = espalier_quantise(
          row.pointer, columns, target.assumingMemoryBound(to: Int8.self), corrections.pointer + index * blocks)
      }
    }
  }

  /// `output = weights[rows, columns] · panel`, or `output += …`.
  ///
  /// On the calling thread alone: threads share the tokens or the rows between them.
  ///
  /// - Parameters:
  ///   - columns: starts at a multiple of `blockSize`; the panel has these features
  ///   - output: rows × tokens, a row every `outputStride` floats
  public func multiply(
    _ panel: Panel, rows: Range<Int>, columns: Range<Int>, vectors: Int, into output: UnsafeMutablePointer<Float>,
    stride outputStride: Int, accumulates: Bool = false
  ) {
    precondition(panel.type == type && columns.lowerBound % blockSize == 0, "a panel of the same type and block")
    let weights = start + rows.lowerBound * stride + columns.lowerBound * type.size
    switch type {
    case .float32:
      multiplyFloats(
        weights.assumingMemoryBound(to: Float.self), stride: self.columns,
        panel.start.assumingMemoryBound(to: Float.self), stride: panel.stride, into: output, stride: outputStride,
        rows: rows.count, inner: columns.count, tokens: vectors * laneCount, accumulates: accumulates)
    case .bfloat16:
      espalier_multiply_bfloat16(
        weights, stride, rows.count, (columns.count + 1) / 2 * 2, panel.start, panel.stride, vectors, output,
        outputStride, accumulates)
    case .int8:
      espalier_multiply_int8(
        weights.assumingMemoryBound(to: Int8.self), stride, rows.count, (columns.count + 3) / 4 * 4, panel.start,
        panel.stride, vectors, scales.pointer + rows.lowerBound,
        corrections.pointer + rows.lowerBound * blocks + columns.lowerBound / blockSize, blocks, panel.scales.pointer,
        Panel.tokens, output, outputStride, accumulates)
    }
  }
}

/// `output = left · right`, or `output += …`, row-major with a row every so many floats.
func multiplyFloats(
  _ left: UnsafePointer<Float>, stride leftStride: Int, _ right: UnsafePointer<Float>, stride rightStride: Int,
  into output: UnsafeMutablePointer<Float>, stride outputStride: Int, rows: Int, inner: Int, tokens: Int,
  accumulates: Bool = false
) {
  guard rows > 0, tokens > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(tokens), Int32(inner), 1, left, Int32(leftStride),
    right, Int32(rightStride), accumulates ? 1 : 0, output, Int32(outputStride))
}

/// Makes the library compute each product on the thread that asks for it, since threads share the work by themselves.
///
/// The setting is the process's. O(1) after the first call.
public func useOneThreadPerProduct() { _ = oneThreadPerProduct }
private let oneThreadPerProduct: Void = openblas_set_num_threads(1)
