/// Root-mean-square norm of each row: `output = input / sqrt(mean(input²) + epsilon) · weight`.
///
/// Input and output may be the same memory.
///
/// - Parameters:
///   - input: rows × columns, a row every `stride` floats
///   - weight: columns
///   - output: rows × columns, a row every `stride` floats
public func rootMeanSquareNorm(
  _ input: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Float,
  into output: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int
) {
  let width = Lanes.scalarCount
  for row in 0..<rows {
    let source = input + row * stride
    let target = output + row * stride
    var sums = Lanes()
    var column = 0
    while column + width <= columns {
      let x = Lanes.load(source + column)
      sums += x * x
      column += width
    }
    var sum = sums.sum()
    while column < columns {
      sum += source[column] * source[column]
      column += 1
    }
    let scale = 1 / (sum / Float(columns) + epsilon).squareRoot()
    column = 0
    while column + width <= columns {
      (Lanes.load(source + column) * scale * Lanes.load(weight + column)).store(target + column)
      column += width
    }
    while column < columns {
      target[column] = source[column] * scale * weight[column]
      column += 1
    }
  }
}

/// Replaces each row of `matrix` by its softmax; a row of minus infinity becomes 0.
///
/// - Parameter columns: how many floats of a row take part; the others, up to `stride`, become 0
public func softmax(_ matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
  for row in 0..<rows { softmax(row: matrix + row * stride, columns: columns, stride: stride) }
}

@inline(__always)
func softmax(row: UnsafeMutablePointer<Float>, columns: Int, stride: Int) {
  let width = Lanes.scalarCount
  var greatest = -Float.infinity
  var column = 0
  if columns >= width {
    var maxima = Lanes.load(row)
    while column + width <= columns {
      maxima = maxima.atLeast(Lanes.load(row + column))
      column += width
    }
    greatest = maxima.max()
  }
  while column < columns {
    greatest = max(greatest, row[column])
    column += 1
  }
  guard greatest > -Float.infinity else {
    row.update(repeating: 0, count: stride)
    return
  }
  var sums = Lanes()
  column = 0
  while column + width <= columns {
    let e = exponential(Lanes.load(row + column) - greatest)
    e.store(row + column)
    sums += e
    column += width
  }
  var sum = sums.sum()
  while column < columns {
    row[column] = exponential(Lanes(repeating: row[column] - greatest))[0]
    sum += row[column]
    column += 1
  }
  let scale = 1 / sum
  for column in 0..<columns { row[column] *= scale }
  for column in columns..<stride { row[column] = 0 }
}
