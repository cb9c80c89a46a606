import Diffusion

/// How the lines of a fixed text end. The model writes LF; a text of CRLF lines gets those.
struct LineEnds {
  private let isCRLF: Bool

  init(_ canvas: Canvas) {
    var count = 0
    var carriageReturns = 0
    for piece in [canvas.prefix] + canvas.segments {
      for (index, byte) in piece.enumerated() where byte == 0x0A {
        count += 1
        if index > 0, piece[index - 1] == 0x0D { carriageReturns += 1 }
      }
    }
    isCRLF = count > 0 && carriageReturns == count
  }

  /// The canvas with LF.
  func normalised(_ canvas: Canvas) -> Canvas {
    guard isCRLF else { return canvas }
    var normalised = canvas
    normalised.prefix = Self.withLF(canvas.prefix)
    normalised.segments = canvas.segments.map(Self.withLF)
    return normalised
  }

  /// The fixed text of `canvas` as it was, with what `run` wrote in its holes.
  func restored(_ run: Sampler.Result, around canvas: Canvas) -> (text: [UInt8], holes: [Range<Int>]) {
    var text = canvas.prefix
    var holes: [Range<Int>] = []
    for (hole, segment) in zip(run.holes, canvas.segments) {
      let start = text.count
      let written = Array(run.text[hole])
      for byte in isCRLF ? Self.withLF(written) : written {
        if isCRLF, byte == 0x0A { text.append(0x0D) }
        text.append(byte)
      }
      holes.append(start..<text.count)
      text += segment
    }
    return (text, holes)
  }

  private static func withLF(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { continue }
      result.append(byte)
    }
    return result
  }
}
