/// The gated unit of a feed-forward layer: `output = silu(gate) · up` with `silu(x) = x / (1 + e^-x)`.
///
/// - Parameters:
///   - gateAndUp: rows × 2·columns, the gate in the left half and the values in the right half of each row
///   - output: rows × columns
public func gatedUnit(
  _ gateAndUp: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, rows: Int, columns: Int
) {
  let width = Lanes.scalarCount
  for row in 0..<rows {
    let gate = gateAndUp + row * 2 * columns
    let up = gate + columns
    let target = output + row * columns
    var column = 0
    while column + width <= columns {
      let x = Lanes.load(gate + column)
      (x / (exponential(-x) + 1) * Lanes.load(up + column)).store(target + column)
      column += width
    }
    while column < columns {
      let x = gate[column]
      target[column] = x / (exponential(Lanes(repeating: -x))[0] + 1) * up[column]
      column += 1
    }
  }
}
