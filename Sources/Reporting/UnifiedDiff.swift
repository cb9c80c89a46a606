/// The difference between two versions of a file in the format that `git apply` and `patch -p1` read.
public enum UnifiedDiff {
  /// The diff of a file at `path` with `context` lines around each change; empty if the versions are equal.
  ///
  /// Lines end at `\n`; a `\r` before it is part of the line, so that CRLF files keep their ends.
  public static func make(path: String, old: [UInt8], new: [UInt8], context: Int = 3) -> [UInt8] {
    let (a, b) = (lines(old), lines(new))
    let changes = LineDiff.changes(from: a, to: b)
    guard !changes.isEmpty else { return [] }
    var out = Array("--- \(name("a/", path))\n+++ \(name("b/", path))\n".utf8)
    var first = 0
    while first < changes.count {
      // Changes whose contexts touch share a hunk.
      var last = first
      while last + 1 < changes.count,
        changes[last + 1].old.lowerBound - changes[last].old.upperBound <= 2 * context
      { last += 1 }
      appendHunk(changes[first...last], a, b, context, to: &out)
      first = last + 1
    }
    return out
  }

  private static func appendHunk(
    _ changes: ArraySlice<LineDiff.Change>, _ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>], _ context: Int,
    to out: inout [UInt8]
  ) {
    guard let first = changes.first, let last = changes.last else { return }
    let before = min(context, first.old.lowerBound)
    let after = min(context, a.count - last.old.upperBound)
    let old = first.old.lowerBound - before..<last.old.upperBound + after
    let new = first.new.lowerBound - before..<last.new.upperBound + after
    out += Array("@@ -\(span(old)) +\(span(new)) @@\n".utf8)
    var index = old.lowerBound
    for change in changes {
      for line in a[index..<change.old.lowerBound] { append(" ", line, to: &out) }
      for line in a[change.old] { append("-", line, to: &out) }
      for line in b[change.new] { append("+", line, to: &out) }
      index = change.old.upperBound
    }
    for line in a[index..<old.upperBound] { append(" ", line, to: &out) }
  }

  private static func append(_ mark: Unicode.Scalar, _ line: ArraySlice<UInt8>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: mark))
    out += line
    if line.last != UInt8(ascii: "\n") { out += Array("\n\\ No newline at end of file\n".utf8) }
  }

  /// A range of lines as hunk headers write it: an empty one names the line before it.
  private static func span(_ range: Range<Int>) -> String {
    switch range.count {
    case 0: "\(range.lowerBound),0"
    case 1: "\(range.lowerBound + 1)"
    default: "\(range.lowerBound + 1),\(range.count)"
    }
  }

  /// The lines with their ends.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  /// A path as git spells it in a header: quoted if it has control characters, quotes or backslashes, and followed by
  /// a tab if it has a space, which would otherwise end it.
  private static func name(_ prefix: String, _ path: String) -> String {
    var relative = path[...]
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    while relative.hasPrefix("/") { relative = relative.dropFirst() }
    let full = prefix + relative
    guard full.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    else { return full.contains(" ") ? full + "\t" : full }
    var quoted = "\""
    for scalar in full.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let octal = String(scalar.value, radix: 8)
        quoted += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
