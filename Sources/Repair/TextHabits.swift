import Foundation

/// How a text goes on where it is right, learnt from the text itself: code repeats itself, and what is like the rest of
/// its file is likelier to be meant.
///
/// Counts runs of pieces (words, numbers, strings, symbols, line breaks), by their spelling and by their class, where all
/// names are one class.
final class TextHabits {
  typealias Run = ArraySlice<Int32>

  private let scanner: PieceScanner
  private let keywords: Set<[UInt8]>
  /// By spelling. Numbers below `classes` stand for classes and for line breaks.
  private var numbers: [[UInt8]: Int32] = [:]
  private var spellings: [[UInt8]] = []
  private var kinds: [Int32] = []
  /// What a string counts for besides itself, in nats: code that a misplaced quote hides is not gone for nothing.
  private var contents: [Double] = []
  private var counts: [UInt64: Int32] = [:]
  /// How often two kinds stand next to each other with blanks between them, and how often without.
  private var spaced: [UInt64: Double] = [:]
  private var tight: [UInt64: Double] = [:]
  /// All that was learnt from, in the order of the text.
  private var pieces: [Int32] = []
  private var total = 0.0

  private static let name: Int32 = 1
  private static let number: Int32 = 2
  private static let string: Int32 = 3
  private static let deeper: Int32 = 4
  private static let level: Int32 = 5
  private static let shallower: Int32 = 6
  private static let start: Int32 = 7
  private static let classes: Int32 = 8
  /// The most bytes that are learnt from.
  private static let reach = 200_000
  /// What a further word or symbol in a string counts for, in nats.
  private static let contentWeight = 2.2
  /// So many pieces are little to learn from.
  private static let little = 500.0
  /// How many sightings a shorter run is worth against a longer one.
  private static let weight = 1.5

  /// Learns from the bytes of `text` around `offset`. O(bytes).
  init(_ text: [UInt8], around offset: Int, _ scanner: PieceScanner, keywords: [[UInt8]]) {
    self.scanner = scanner
    self.keywords = Set(keywords)
    let low = max(0, min(offset - Self.reach / 2, text.count - Self.reach))
    let high = min(text.count, low + Self.reach)
    pieces = numbers(of: text[low..<high], learnsSpacing: true)
    total = Double(pieces.count)
    count(pieces[...], 1)
  }

  // MARK: Pieces

  /// The pieces of some lines, with a line break before each line that has any.
  private func numbers(of text: ArraySlice<UInt8>, learnsSpacing: Bool = false) -> [Int32] {
    var result: [Int32] = [Self.start, Self.start, Self.start]
    var indentation = 0
    let bytes = Array(text)
    var position = 0
    while let piece = scanner.piece(bytes, position) {
      let padding = bytes[position..<piece.range.lowerBound]
      if let newline = padding.lastIndex(of: 0x0A) {
        let next = piece.range.lowerBound - newline - 1
        result.append(next > indentation ? Self.deeper : next == indentation ? Self.level : Self.shallower)
        indentation = next
      }
      let number = number(of: Array(bytes[piece.range]), piece.kind)
      if learnsSpacing, let last = result.last, last >= Self.classes {
        let key = Self.key(13, kind(last), kind(number))
        if padding.isEmpty { tight[key, default: 0] += 1 } else { spaced[key, default: 0] += 1 }
      }
      result.append(number)
      position = piece.range.upperBound
    }
    return result
  }

  private func number(of spelling: [UInt8], _ kind: Piece.Kind) -> Int32 {
    if let known = numbers[spelling] { return known }
    let number = Self.classes + Int32(spellings.count)
    numbers[spelling] = number
    spellings.append(spelling)
    let own: Int32 =
      switch kind {
      case .word: keywords.contains(spelling) ? number : Self.name
      case .number: Self.number
      case .string: Self.string
      case .symbol: number
      }
    kinds.append(own)
    // The quote at the end counts as one, and a word is what a string is expected to have.
    contents.append(kind == .string ? -Self.contentWeight * Double(max(0, scanner.count(spelling[1...]) - 2)) : 0)
    return number
  }

  private func kind(_ piece: Int32) -> Int32 { piece < Self.classes ? piece : kinds[Int(piece - Self.classes)] }

  // MARK: Counts

  /// A run of up to four pieces; the highest bits tell spellings from classes.
  private static func key(_ mode: UInt64, _ a: Int32, _ b: Int32, _ c: Int32 = 0, _ d: Int32 = 0) -> UInt64 {
    // Mixed, not packed: two runs in some billions share a count.
    var key = mode
    for part in [a, b, c, d] { key = (key ^ UInt64(UInt32(bitPattern: part))) &* 0x9E37_79B9_7F4A_7C15 ^ (key >> 29) }
    return key
  }

  private func count(_ pieces: ArraySlice<Int32>, _ step: Int32) {
    for index in pieces.indices where index >= pieces.startIndex + 3 {
      let (a, b, c, d) = (pieces[index - 3], pieces[index - 2], pieces[index - 1], pieces[index])
      counts[Self.key(1, d, 0), default: 0] += step
      counts[Self.key(2, c, d), default: 0] += step
      counts[Self.key(3, b, c, d), default: 0] += step
      counts[Self.key(4, c, 0), default: 0] += step
      counts[Self.key(5, b, c), default: 0] += step
      let (i, j, k, l) = (kind(a), kind(b), kind(c), kind(d))
      counts[Self.key(6, l, 0), default: 0] += step
      counts[Self.key(7, k, l), default: 0] += step
      counts[Self.key(8, j, k, l), default: 0] += step
      counts[Self.key(9, i, j, k, l), default: 0] += step
      counts[Self.key(10, k, 0), default: 0] += step
      counts[Self.key(11, j, k), default: 0] += step
      counts[Self.key(12, i, j, k), default: 0] += step
    }
  }

  private func seen(_ key: UInt64) -> Double { Double(max(0, counts[key] ?? 0)) }

  /// How often a piece occurs, whatever stands around it, from 0 to 1.
  private func alone(_ piece: Int32) -> Double {
    (seen(Self.key(1, piece, 0)) + 0.2) / (total + 0.2 * Double(spellings.count + 20))
  }

  /// The log probability of each piece from the fourth on, given the three before it, in nats, summed. O(pieces).
  private func likelihood(_ pieces: ArraySlice<Int32>) -> Double {
    var sum = 0.0
    let kindCount = 60.0
    for index in pieces.indices where index >= pieces.startIndex + 3 {
      let (a, b, c, d) = (pieces[index - 3], pieces[index - 2], pieces[index - 1], pieces[index])
      let (i, j, k, l) = (kind(a), kind(b), kind(c), kind(d))
      var spelled = (seen(Self.key(2, c, d)) + Self.weight * alone(d)) / (seen(Self.key(4, c, 0)) + Self.weight)
      spelled = (seen(Self.key(3, b, c, d)) + Self.weight * spelled) / (seen(Self.key(5, b, c)) + Self.weight)
      let ofKind = seen(Self.key(6, l, 0))
      var shaped = (ofKind + 0.5) / (total + 0.5 * kindCount)
      shaped = (seen(Self.key(7, k, l)) + Self.weight * shaped) / (seen(Self.key(10, k, 0)) + Self.weight)
      shaped = (seen(Self.key(8, j, k, l)) + Self.weight * shaped) / (seen(Self.key(11, j, k)) + Self.weight)
      shaped = (seen(Self.key(9, i, j, k, l)) + Self.weight * shaped) / (seen(Self.key(12, i, j, k)) + Self.weight)
      let withinKind = l == d ? 1 : (seen(Self.key(1, d, 0)) + 0.2) / (ofKind + 0.2 * Double(spellings.count + 20))
      let p = 0.5 * spelled + 0.5 * shaped * withinKind
      sum += log(p) + (d < Self.classes ? 0 : contents[Int(d - Self.classes)])
    }
    return sum
  }

  // MARK: Questions

  /// How much likelier the text becomes by `edits` of `text`, in nats, less where there is little to learn from: what is there now is compared as if it had not
  /// been learnt from. O(bytes of the lines concerned).
  func gain(_ edits: [TextEdit], of text: [UInt8]) -> Double {
    var gain = 0.0
    for group in Self.groups(edits, text) {
      let old = numbers(of: text[group.range])
      let new = numbers(of: EditScript.apply(group.edits, to: Array(text[group.range]))[...])
      // The same pieces at both ends count the same on both sides, but for those that the changed ones stand before.
      var head = 0
      while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
      var tail = 0
      while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
        tail += 1
      }
      // Each piece makes a text less likely, so what deletes gains. In a short text, of which little is known, that says
      // nothing: there, a piece that is taken away counts as drawn from all of them.
      let drawn = old[head..<old.count - tail].reduce(0) { $0 + log(alone($1)) }
      tail = max(0, tail - 3)
      let first = max(0, head - 3)
      let before = old[first..<max(first, old.count - tail)]
      let after = new[first..<max(first, new.count - tail)]
      if before.count > 6_000 || after.count > 6_000 { continue }
      count(before, -1)
      gain += likelihood(after) - likelihood(before) + drawn * Self.little / (total + Self.little)
      count(before, 1)
    }
    return gain * total / (total + Self.little)
  }

  /// Whole lines around edits, with two lines before and one behind; edits of lines that touch are together. The edits'
  /// ranges are those in the lines.
  private static func groups(_ edits: [TextEdit], _ text: [UInt8]) -> [(range: Range<Int>, edits: [TextEdit])] {
    func up(_ offset: Int) -> Int {
      var offset = offset
      while offset > 0, text[offset - 1] != 0x0A { offset -= 1 }
      return offset
    }
    var groups: [(range: Range<Int>, edits: [TextEdit])] = []
    for edit in edits {
      var low = up(edit.range.lowerBound)
      for _ in 0..<2 where low > 0 { low = max(up(low - 1), low - 600, 0) }
      var high = edit.range.upperBound
      for _ in 0..<2 {
        let limit = min(text.count, high + 600)
        while high < limit, text[high] != 0x0A { high += 1 }
        if high < limit { high += 1 }
      }
      if let last = groups.last, last.range.upperBound > low {
        groups[groups.count - 1].range = last.range.lowerBound..<max(high, last.range.upperBound)
        groups[groups.count - 1].edits.append(edit)
      } else {
        groups.append((low..<high, [edit]))
      }
    }
    return groups.map { group in
      (
        group.range,
        group.edits.map {
          TextEdit(
            $0.range.lowerBound - group.range.lowerBound..<$0.range.upperBound - group.range.lowerBound, $0.replacement)
        }
      )
    }
  }

  /// How likely blanks are between two kinds of pieces, from 0 to 1; `other` where the text has no such pair.
  private func spacing(_ left: Int32, _ right: Int32, _ other: Double) -> Double {
    let key = Self.key(13, kind(left), kind(right))
    return ((spaced[key] ?? 0) + other) / ((spaced[key] ?? 0) + (tight[key] ?? 0) + 1)
  }

  /// `edits` with the blanks around each inserted piece as the text has them around such pieces elsewhere. Blanks that
  /// are there are used before others are written. O(bytes of the lines concerned).
  func spaced(_ edits: [TextEdit], of text: [UInt8]) -> [TextEdit] {
    let spaced = edits.map { edit in
      guard edit.range.isEmpty, !edit.replacement.contains(0x0A) else { return edit }
      let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
      let written = Array(edit.replacement.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
      guard let piece = scanner.piece(written, 0), piece.range == 0..<written.count else { return edit }
      // Blanks in a string are of its content.
      if written.count == 1, PieceScanner.isQuote(written[0]) { return edit }
      var start = edit.range.lowerBound
      var end = start
      while start > 0, isBlank(text[start - 1]) { start -= 1 }
      while end < text.count, isBlank(text[end]) { end += 1 }
      var lineStart = start
      while lineStart > 0, text[lineStart - 1] != 0x0A, start - lineStart < 400 { lineStart -= 1 }
      let new = number(of: written, piece.kind)
      let left = start > lineStart ? numbers(of: text[lineStart..<start]).last : nil
      let right =
        end < text.count && text[end] != 0x0A && text[end] != 0x0D
        ? numbers(of: text[end..<min(text.count, end + 80)]).dropFirst(3).first : nil
      guard let left else { return edit }
      let before = spacing(left, new, 0.3)
      let after = right.map { spacing(new, $0, 0.3) } ?? 0
      func score(_ hasBefore: Bool, _ hasAfter: Bool) -> Double {
        (hasBefore ? before : 1 - before) * (hasAfter || right == nil ? max(after, right == nil ? 1 : 0) : 1 - after)
      }
      let gap = end - start
      // What is written, where, and how much the gap speaks for it.
      var variants: [(edit: TextEdit, score: Double)] = []
      func add(_ offset: Int, _ bytes: [UInt8], _ weight: Double) {
        let hasBefore = offset > start || bytes.first == 0x20
        let hasAfter = offset < end || bytes.last == 0x20
        variants.append((TextEdit(offset..<offset, bytes), weight * score(hasBefore, hasAfter)))
      }
      add(start, written, 1)
      if gap > 0 {
        add(end, written, 1)
        add(start, [0x20] + written, 0.4)
      } else {
        add(start, [0x20] + written, 0.5)
        add(start, written + [0x20], 0.5)
        add(start, [0x20] + written + [0x20], 0.5)
      }
      // Two blanks are what something leaves that stood between them.
      if gap > 1, left != right { add(start + 1, written, 3) }
      let isWord = { (byte: UInt8?) in byte.map(PieceScanner.isWordByte) ?? false }
      variants = variants.filter { variant in
        let offset = variant.edit.range.lowerBound
        let bytes = variant.edit.replacement
        let joinsLeft = offset == start && isWord(bytes.first) && start > 0 && isWord(text[start - 1])
        let joinsRight = offset == end && isWord(bytes.last) && end < text.count && isWord(text[end])
        return !joinsLeft && !joinsRight
      }
      return variants.max { $0.score < $1.score }?.edit ?? edit
    }
    // Two edits of one gap stay as they are.
    let areApart = zip(spaced, spaced.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound }
    return areApart ? spaced : edits
  }

  /// How often two names follow each other without anything between them.
  var neighbouringNames: Int { Int(seen(Self.key(7, Self.name, Self.name))) }

  /// Whether a word occurs in the text that was learnt from, or is one of the language.
  func knows(_ word: [UInt8]) -> Bool { numbers[word] != nil || keywords.contains(word) }

  /// The spellings likeliest to stand between `before` and `behind`, the best first, of those that the text has at like
  /// places. O(pieces of the text).
  func guesses(after before: ArraySlice<UInt8>, before behind: ArraySlice<UInt8>, limit: Int) -> [[UInt8]] {
    let left = numbers(of: before).suffix(3)
    let right = numbers(of: behind).dropFirst(3).prefix(2)
    guard left.count == 3, let last = left.last else { return [] }
    let previous = left[left.endIndex - 2]
    var found: Set<Int32> = []
    for index in pieces.indices.dropFirst(2).dropLast() where pieces[index] >= Self.classes {
      if pieces[index - 1] == last, pieces[index - 2] == previous || pieces[index + 1] == right.first {
        found.insert(pieces[index])
      }
    }
    let scored = found.map { (likelihood: likelihood((left + [$0] + right)[...]), piece: $0) }
      .sorted { ($1.likelihood, $0.piece) < ($0.likelihood, $1.piece) }
    return scored.prefix(limit).map { spellings[Int($0.piece - Self.classes)] }
  }
}
