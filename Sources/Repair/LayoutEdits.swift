import Recognition

extension EditGenerator {
  /// Edits of indentation around the failure, a statement for an empty block, and lines joined.
  func layoutCandidates(_ place: Place, _ recogniser: Recogniser, _ emptyBlock: String?, _ addAll: AddAll) {
    let text = place.text
    func add(_ edit: TextEdit, _ cost: Double) { addAll([edit], cost) }
    var heads: [Head] = []
    for gap in place.gaps.prefix(4) { heads += gap.heads }
    let open = recogniser.openColumns(at: heads)
    // Behind the last terminal of the line before.
    let end = place.gaps.first { $0.crossesLine }?.start
    let openers = Set(expected(heads, recogniser)).filter { $0.count == 1 && PieceScanner.kind($0[...]) == .symbol }
      .sorted { $0[0] < $1[0] }
    let lines = place.linesAround
    for (index, line) in lines.enumerated() {
      let extra = index == 0 ? 0.0 : 0.25
      let indentation = Array(text[line.whole.lowerBound..<line.start])
      let previous = self.line(before: line, place)
      let previousIndentation = previous.map { Array(text[$0.whole.lowerBound..<$0.start]) } ?? []
      // A block opens behind the line before, or the line belongs to a block that is open.
      let unit = self.unit(place)
      var targets: [([UInt8], Double)] = [(previousIndentation + unit, 1.0), (previousIndentation, 1.05)]
      for column in open {
        targets.append((self.indentation(column, like: previousIndentation, indentation, place), 1.1))
      }
      for (target, cost) in targets where target != indentation {
        let (runs, block) = runs(from: line, place)
        for (reach, ranges) in (runs + (block.isEmpty ? [] : [block])).enumerated() {
          let parts = reindent(ranges, from: indentation, to: target, place)
          let change = 0.01 * Double(min(20, abs(target.count - indentation.count)))
          // A step out of line, and back.
          let agrees = reach < runs.count && follows(ranges, target, place) ? -0.25 : 0
          addAll(parts, cost + extra + 0.05 * Double(reach) + change + agrees)
          // What opens the block is missing, too.
          guard index == 0, target.count > indentation.count, let end, !parts.isEmpty else { continue }
          for text in openers {
            addAll([TextEdit(end..<end, text)] + parts, 1.6 + 0.05 * Double(reach) + change)
          }
        }
      }
      if index == 0 {
        // Everything so far is too shallow or deep; or the whole text is.
        if let emptyBlock, let previous {
          let inner = previousIndentation + unit
          let at = place.lineEnd(previous.end)
          add(TextEdit(at..<at, place.newline + inner + Array(emptyBlock.utf8)), 1.3)
        }
        if let previous {
          add(TextEdit(previous.end..<line.start, [0x20]), 1.9)
          add(TextEdit(previous.end..<line.start, []), 2.0)
          add(TextEdit(previous.end..<previous.end, Array(" \\".utf8)), 2.0)
        }
      }
      if let emptyBlock, place.failure >= text.count || index == 0 {
        let at = line.end
        add(TextEdit(at..<at, place.newline + indentation + unit + Array(emptyBlock.utf8)), 1.4)
      }
    }
  }

  /// Whether the lines behind a run go on with an indentation.
  private func follows(_ run: [Place.Line], _ indentation: [UInt8], _ place: Place) -> Bool {
    guard var offset = run.last?.whole.upperBound else { return false }
    while offset < place.text.count {
      let next = place.line(at: offset)
      if next.start < next.end { return place.text[next.whole.lowerBound..<next.start].elementsEqual(indentation) }
      offset = max(next.whole.upperBound, offset + 1)
    }
    return false
  }

  private func line(before line: Place.Line, _ place: Place) -> Place.Line? {
    var offset = line.whole.lowerBound
    while offset > 0 {
      let previous = place.line(at: offset - 1)
      if !previous.isEmpty { return previous }
      offset = previous.whole.lowerBound
    }
    return nil
  }

  /// One step of indentation as the text has it: the first indented line's, else four blanks.
  private func unit(_ place: Place) -> [UInt8] {
    var offset = 0
    let text = place.text
    var before: [UInt8] = []
    var isFirst = true
    while offset < text.count, offset < 20_000 {
      let line = place.line(at: offset)
      if line.start < line.end {
        let indentation = Array(text[line.whole.lowerBound..<line.start])
        if !isFirst, indentation.count > before.count, indentation.starts(with: before) {
          return Array(indentation.dropFirst(before.count).prefix(8))
        }
        before = indentation
        isFirst = false
      }
      offset = max(line.whole.upperBound, offset + 1)
    }
    return [0x20, 0x20, 0x20, 0x20]
  }

  /// Blanks up to a column, taken from a line that has it where there is one.
  private func indentation(_ column: Int, like a: [UInt8], _ b: [UInt8], _ place: Place) -> [UInt8] {
    let width = { (bytes: [UInt8]) in
      bytes.reduce(0) { $0 + ($1 == 0x09 ? self.language.grammar.description.layout?.tabWidth ?? 8 : 1) }
    }
    for known in [a, b] {
      for count in 0...known.count where width(Array(known.prefix(count))) == column {
        return Array(known.prefix(count))
      }
    }
    return [UInt8](repeating: 0x20, count: column)
  }

  /// The line alone; with the lines below that are deeper; with those as deep; with all that follow. And with those
  /// before the next empty line, if these are others.
  private func runs(from line: Place.Line, _ place: Place) -> (runs: [[Place.Line]], block: [Place.Line]) {
    let text = place.text
    let depth = line.start - line.whole.lowerBound
    var deeper: [Place.Line] = [line]
    var level: [Place.Line] = [line]
    var all: [Place.Line] = [line]
    var block: [Place.Line]?
    var isDeeper = true
    var isLevel = true
    var offset = line.whole.upperBound
    var position = offset
    while offset < text.count, all.count < 3_000 {
      let next = place.line(at: offset)
      if next.whole.upperBound <= offset { break }
      offset = next.whole.upperBound
      if next.start >= next.end { continue }
      let nextDepth = next.start - next.whole.lowerBound
      // A block often ends where a line is left empty.
      if block == nil, next.whole.lowerBound > position { block = level }
      position = next.whole.upperBound
      if nextDepth <= depth { isDeeper = false }
      if nextDepth < depth { isLevel = false }
      if isDeeper { deeper.append(next) }
      if isLevel { level.append(next) }
      all.append(next)
    }
    var runs = [level]
    if deeper.count != level.count { runs.append(deeper) }
    if level.count > 1, deeper.count > 1 { runs.append([line]) }
    if deeper.count == 1, level.count > 1 {
      // The level run cut where a line shallower than the target would be expected is not known: try some lengths.
      for count in [2, 3, 4, 6] where count < level.count { runs.append(Array(level.prefix(count))) }
    }
    if all.count != level.count { runs.append(all) }
    let cut = block.map { $0.count > 1 && $0.count < level.count ? $0 : [] } ?? []
    return (runs, cut)
  }

  /// Edits that replace the indentation `from` at the start of these lines by `to`.
  private func reindent(_ lines: [Place.Line], from: [UInt8], to: [UInt8], _ place: Place) -> [TextEdit] {
    lines.compactMap { line in
      let range = line.whole.lowerBound..<line.start
      let old = Array(place.text[range])
      var new: [UInt8] = []
      if old.starts(with: from) {
        new = to + old.dropFirst(from.count)
      } else if old.count + to.count >= from.count {
        // Mixed or shallower: shifted by as much.
        let count = old.count + to.count - from.count
        new = old.prefix(count) + [UInt8](repeating: 0x20, count: max(0, count - old.count))
      }
      return new == old ? nil : TextEdit(range, new)
    }
  }
}
