import Diffusion
import Syntax

/// The part of a function's body that is to be written anew: all but its brackets, its documentation and comments.
struct BodyGap {
  /// The bytes that are replaced, white space around them included.
  private var range: Range<Int>
  /// Where the body's closing bracket stands, if it has one.
  private var closing: Int?
  /// The indentation of the function's line and of its body's lines.
  private var outer: [UInt8]
  private var inner: [UInt8]

  /// Nil if the body has statements, unless `replacesAll` is set.
  init?(_ body: SyntaxNode, of function: SyntaxNode, replacesAll: Bool) {
    let text = body.tree.source
    let children = body.children
    let closing = children.count > 1 ? children.last.flatMap { $0.isNamed ? nil : $0 } : nil
    let opening = closing == nil ? nil : children.first.flatMap { $0.isNamed ? nil : $0 }
    // A body in brackets has statements between them; else it is one or consists of some.
    var statements = children.filter { $0.isNamed && !$0.isExtra }
    if closing == nil, statements.isEmpty || Self.isStub(body) { statements = [body] }
    var documentation: SyntaxNode?
    if !replacesAll {
      if let first = statements.first, Self.isDocumentation(first) { documentation = statements.removeFirst() }
      guard statements.count <= 1, statements.allSatisfy(Self.isStub) else { return nil }
    }
    let end = closing?.byteRange.lowerBound ?? body.byteRange.upperBound
    // Comments stay: before the stub, or in an empty body.
    let comments = children.filter { child in
      child.isExtra && statements.allSatisfy { child.byteRange.upperBound <= $0.byteRange.lowerBound }
    }
    let kept = [opening, documentation, comments.last].compactMap { $0?.byteRange.upperBound }.max()
    var lower = statements.first?.byteRange.lowerBound ?? kept ?? body.byteRange.lowerBound
    let own = Self.indentation(text, before: lower)
    while lower > 0, [0x20, 0x09, 0x0A, 0x0D].contains(text[lower - 1]) { lower -= 1 }
    var upper = statements.last?.byteRange.upperBound ?? lower
    if closing != nil {
      upper = statements.isEmpty ? lower : upper
      while upper < end, [0x20, 0x09, 0x0A, 0x0D].contains(text[upper]) { upper += 1 }
    }
    range = lower..<max(lower, upper)
    self.closing = closing == nil || upper < end ? nil : end
    outer = Self.lineIndentation(text, of: function.byteRange.lowerBound)
    let above = (documentation ?? comments.last).flatMap { Self.indentation(text, before: $0.byteRange.lowerBound) }
    inner = above ?? (replacesAll ? nil : own) ?? outer + Self.unit(text)
  }

  func plan(_ text: [UInt8], line: Int, length: Int) -> GenerationPlan {
    let lineEnd: [UInt8] = text.firstIndex(of: 0x0A).map { $0 > 0 && text[$0 - 1] == 0x0D } == true ? [13, 10] : [10]
    let prefix = text[..<range.lowerBound] + lineEnd + inner
    let suffix = (closing == nil ? [] : lineEnd + outer) + text[range.upperBound...]
    return GenerationPlan(
      canvas: Canvas(prefix: Array(prefix), segments: [suffix], lengths: [length], needsText: true), lines: [line])
  }

  private static func isStub(_ node: SyntaxNode) -> Bool { FunctionPlan.stubs.contains(node.text) }

  /// Whether a statement is nothing but a string.
  private static func isDocumentation(_ statement: SyntaxNode) -> Bool {
    var node = statement
    while true {
      if node.kind.hasPrefix("string") { return true }
      let children = node.children
      guard let child = children.first, children.count == 1 else { return false }
      node = child
    }
  }

  /// What stands before `offset` on its line, if that is only white space.
  private static func indentation(_ text: [UInt8], before offset: Int) -> [UInt8]? {
    let start = text[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let blanks = text[start..<offset]
    return blanks.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? Array(blanks) : nil
  }

  private static func lineIndentation(_ text: [UInt8], of offset: Int) -> [UInt8] {
    let start = text[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return Array(text[start...].prefix { $0 == 0x20 || $0 == 0x09 })
  }

  /// One level of indentation as the text has it: a tab, or its smallest number of blanks; four if it has none.
  private static func unit(_ text: [UInt8]) -> [UInt8] {
    var smallest = Int.max
    for line in text.split(separator: 0x0A) {
      if line.first == 0x09 { return [0x09] }
      let blanks = line.prefix { $0 == 0x20 }.count
      if blanks > 1, blanks < line.count { smallest = min(smallest, blanks) }
    }
    return [UInt8](repeating: 0x20, count: smallest == .max ? 4 : min(smallest, 8))
  }
}
