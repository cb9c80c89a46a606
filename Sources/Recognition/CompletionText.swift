import Grammar

extension HoleRecogniser {
  /// The text of a plan: words apart, layout as line breaks at columns that suit the blocks and the text behind the hole.
  ///
  /// - Parameters:
  ///   - rightText: the fixed text behind the hole, that of the current one if nothing is said.
  ///   - isWide: a blank stands before every terminal.
  func render(_ plan: Plan, _ style: TextStyle, before rightText: [UInt8]? = nil, isWide: Bool = false) -> [UInt8] {
    let rightText = rightText ?? self.rightText
    var bytes = plan.rest
    var columns = Array(recogniser.arena.openColumns(of: plan.head.node).reversed())
    var breaksLine = false
    for (index, planned) in plan.terminals.enumerated() {
      if let layout = language.layout, layout.isLayout(planned.symbol) {
        breaksLine = true
        if planned.symbol == layout.indent {
          columns.append(column(of: index, in: plan, outer: columns.last ?? 0, style))
        }
        if planned.symbol == layout.dedent, columns.count > 1 { columns.removeLast() }
        continue
      }
      if breaksLine {
        bytes += style.newline + style.indentation(columns.last ?? 0)
        breaksLine = false
      }
      let sample = language.samples.texts[planned.symbol.index]
      if bytes.count == plan.rest.count, let first = sample.first { bytes += separator(plan, first, columns, style) }
      let last = bytes.last ?? buffer.bytes.last ?? 0x20
      if language.lineStarters.contains(planned.symbol), last != 0x0A { bytes += style.newline }
      if let first = sample.first,
        isWide && last > 0x20 || TerminalSamples.isWordByte(first) && TerminalSamples.isWordByte(last)
      {
        bytes.append(0x20)
      }
      bytes += sample
    }
    if breaksLine, let first = rightText.first(where: { $0 != 0x20 }), first > 0x20 {
      // The fixed text goes on in the new line; its own blanks count.
      let blanks = rightText.prefix { $0 == 0x20 }.count
      bytes += style.newline + style.indentation(max(0, (columns.last ?? 0) - blanks))
    }
    return bytes
  }

  /// A column for the block that terminal `index` of a plan opens: one step deeper if the text behind the hole allows it.
  private func column(of index: Int, in plan: Plan, outer: Int, _ style: TextStyle) -> Int {
    let allowed = plan.terminals[index].columns
    return min(max(outer + style.unit, Int(allowed.low)), max(outer + 1, Int(allowed.high)))
  }

  /// What keeps an unfinished terminal from running on into text that starts with `first`.
  private func separator(_ plan: Plan, _ first: UInt8, _ columns: [Int], _ style: TextStyle) -> [UInt8] {
    func runsOn(_ byte: UInt8) -> Bool {
      plan.endState != LexicalAutomaton.dead
        && language.lexer.table[Int(plan.endState) * 256 + Int(byte)] != LexicalAutomaton.dead
    }
    if !runsOn(first) { return [] }
    if !runsOn(0x20) { return [0x20] }
    return style.newline + (language.layout == nil ? [] : style.indentation(columns.last ?? 0))
  }
}

/// How a file breaks and indents its lines.
struct TextStyle {
  var newline: [UInt8] = [0x0A]
  var usesTabs = false
  var unit = 4
  private let tabWidth: Int

  init(_ text: [UInt8], tabWidth: Int) {
    self.tabWidth = tabWidth
    var index = 0
    var found = false
    while let end = text[index...].firstIndex(of: 0x0A) {
      if !found {
        if end > index, text[end - 1] == 0x0D { newline = [0x0D, 0x0A] }
        found = true
      }
      index = end + 1
      if index < text.count, text[index] == 0x09 {
        usesTabs = true
        unit = tabWidth
        break
      }
      let spaces = text[index...].prefix { $0 == 0x20 }.count
      if spaces >= 2, index + spaces < text.count, text[index + spaces] > 0x20 {
        unit = min(spaces, 8)
        break
      }
    }
  }

  func indentation(_ column: Int) -> [UInt8] {
    usesTabs
      ? [UInt8](repeating: 0x09, count: column / tabWidth) + [UInt8](repeating: 0x20, count: column % tabWidth)
      : [UInt8](repeating: 0x20, count: column)
  }
}
