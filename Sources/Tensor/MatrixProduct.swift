import COpenBLAS

/// `output = input · weightᵀ`, or `output += …` where `accumulates`; all row-major.
///
/// - Parameters:
///   - input: rows × inner
///   - weight: columns × inner, the layout of a linear layer in a checkpoint
///   - output: rows × columns
public func multiply(
  _ input: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
  rows: Int, inner: Int, columns: Int, accumulates: Bool = false
) {
  guard rows > 0, columns > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(columns), Int32(inner), 1, input, Int32(inner),
    weight, Int32(inner), accumulates ? 1 : 0, output, Int32(columns))
}

/// `output = scale · left · rightᵀ` on matrices that are columns of wider ones.
///
/// - Parameters:
///   - left: rows × inner, a row every `leftStride` floats
///   - right: columns × inner, a row every `rightStride` floats
///   - output: rows × columns, a row every `outputStride` floats
func multiplyTransposed(
  _ left: UnsafePointer<Float>, stride leftStride: Int, _ right: UnsafePointer<Float>, stride rightStride: Int,
  into output: UnsafeMutablePointer<Float>, stride outputStride: Int, rows: Int, inner: Int, columns: Int, scale: Float
) {
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(columns), Int32(inner), scale, left,
    Int32(leftStride), right, Int32(rightStride), 0, output, Int32(outputStride))
}

/// `output = left · right` on matrices that are columns of wider ones.
///
/// - Parameters:
///   - left: rows × inner, a row every `leftStride` floats
///   - right: inner × columns, a row every `rightStride` floats
///   - output: rows × columns, a row every `outputStride` floats
func multiplyPlain(
  _ left: UnsafePointer<Float>, stride leftStride: Int, _ right: UnsafePointer<Float>, stride rightStride: Int,
  into output: UnsafeMutablePointer<Float>, stride outputStride: Int, rows: Int, inner: Int, columns: Int
) {
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1, left, Int32(leftStride),
    right, Int32(rightStride), 0, output, Int32(outputStride))
}

/// Adds `bias` (columns) to each row of `matrix` (rows × columns).
public func add(
  bias: UnsafePointer<Float>, to matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int
) {
  for row in 0..<rows {
    let line = matrix + row * columns
    for column in 0..<columns { line[column] += bias[column] }
  }
}

/// How many cores a matrix product uses, as the library found it at the start.
private let productThreads = openblas_get_num_threads()

/// Runs `body` while every matrix product uses one core only, for code that shares the cores by itself.
///
/// The setting is the library's and so the process's. It is put back to its first value, not to the one found here,
/// which may be that of a caller on another thread.
func withSingleThreadedProducts(_ body: () -> Void) {
  let threads = productThreads
  openblas_set_num_threads(1)
  defer { openblas_set_num_threads(threads) }
  body()
}
