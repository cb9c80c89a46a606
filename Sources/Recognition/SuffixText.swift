import Grammar

/// The fixed text right of the first hole, lexed on demand.
///
/// Segment `i` is what follows hole `i`, up to the next hole or the end of the file. Fixed text keeps its terminal
/// boundaries: a terminal starts afresh at a segment's start and ends at the latest at its end. What an unknown
/// indentation would make of a line break is left to conditions on the columns of open blocks.
final class SuffixText {
  let language: Language
  let segments: [[UInt8]]
  private let lexer: TerminalLexer
  private(set) var positions = Pool<SuffixPosition>()
  /// For a hole, its position before anything is reduced in it; else the position itself. Shape (positions).
  private(set) var free = Pool<Int32>()
  private var identifiers = IndexTable()
  private var narrowings = Pool<Narrowing>()
  private var narrowingTable = IndexTable()
  private var readings = Pool<Reading>()
  /// Those at the start of a segment, which states of many kinds come to.
  private var firstReadings = IndexTable()
  /// Shape (segments, their bytes and one): the reading that was made there last, -1 for none.
  private var lastReadings: [UnsafeMutableBufferPointer<Int32>] = []
  /// Positions that arrivals consist of.
  private var listed = Pool<Int32>()
  /// What is known of every hole.
  let closure: HoleClosure?
  /// Holes with positions that correspond to those of the closure.
  private(set) var blocks = Pool<Block>()
  /// Shape (positions): the block that a position is in, -1 for none.
  private var blockOfPosition = Pool<Int32>()

  /// The positions of a hole that the closure has, in its order.
  struct Block: BitwiseCopyable {
    var hole: Int32
    var scanner: Int32
    /// How many contexts are open where the closure has none.
    var contexts: Int8
    /// The hole starts in a string.
    var startsEnclosed: Bool
    var firstPosition: Int32
  }

  /// What a state leaves of a position in a hole.
  private struct Narrowing: BitwiseCopyable {
    var position: Int32
    var state: UInt16
    var result: Int32

    var hash: UInt64 { IndexTable.hash(UInt64(UInt32(bitPattern: position)) << 16 | UInt64(state)) }
  }

  /// What states that lex alike find at a place in the text.
  private struct Reading: BitwiseCopyable {
    var key: Key
    /// The terminal found by the generated lexer, and the keyword that its text is; `.end` for none.
    var terminal = SymbolID.end
    var keyword = SymbolID.end
    /// The terminal found by the external scanner.
    var external = SymbolID.end
    /// What the state that was there first made of them.
    var variant = Key.undecided
    /// In `listed`.
    var first: Int32 = 0
    var count: Int32 = 0
    /// The one before at the same place, -1 for none.
    var next: Int32 = -1

    struct Key: Equatable, BitwiseCopyable {
      var segment: Int32
      var offset: Int32
      var scanner: Int32
      var line: LinePlace
      var lexClass: UInt16
      /// What the state makes of the terminal; `undecided` for the entry of the state that was there first.
      var variant: UInt8
      static let undecided = UInt8.max

      var hash: UInt64 {
        let place = UInt64(UInt32(bitPattern: segment)) << 32 | UInt64(UInt32(bitPattern: scanner))
        return IndexTable.hash(place &* 31 ^ line.hashKey << 24 ^ UInt64(lexClass) << 8 ^ UInt64(variant))
      }
    }
  }

  /// Text behind a hole may also go on in contexts that the hole's text can lead to.
  let allowsOtherContexts: Bool
  private var otherContexts: [Int32: [NearContext]] = [:]

  /// - Parameter closure: the language's, nil to compute everything for this text.
  init(_ lexer: TerminalLexer, segments: [[UInt8]], closure: HoleClosure?, allowsOtherContexts: Bool = false) {
    language = lexer.language
    self.lexer = lexer
    self.segments = segments
    self.closure = closure
    self.allowsOtherContexts = allowsOtherContexts
    lastReadings = segments.map { segment in
      let readings = UnsafeMutableBufferPointer<Int32>.allocate(capacity: segment.count + 1)
      readings.initialize(repeating: -1)
      return readings
    }
  }

  func allowingOtherContexts() -> SuffixText {
    SuffixText(
      lexer, segments: segments, closure: language.holeClosure(allowsOtherContexts: true), allowsOtherContexts: true)
  }

  deinit {
    positions.deallocate()
    free.deallocate()
    identifiers.deallocate()
    narrowings.deallocate()
    narrowingTable.deallocate()
    readings.deallocate()
    firstReadings.deallocate()
    for readings in lastReadings { readings.deallocate() }
    listed.deallocate()
    blocks.deallocate()
    blockOfPosition.deallocate()
  }

  /// The number of a position, a new one if it is met for the first time.
  func identifier(_ position: SuffixPosition) -> Int32 {
    if position.kind == .gap, let closure {
      let place = place(position.line, closure)
      let block =
        place < 0 ? -1 : self.block(position.segment, position.scanner, 0, position.line.startsEnclosed)
      if block >= 0 { return blocks[block].firstPosition + place }
    }
    let positions = positions
    let (known, slot) = identifiers.find(position.hashKey) { positions[$0] == position }
    if known >= 0 { return known }
    let identifier = self.positions.append(position)
    _ = blockOfPosition.append(-1)
    let grown = self.positions
    identifiers.insert(identifier, at: slot) { grown[$0].hashKey }
    _ = free.append(identifier)
    if position.line.lookaheads != .any {
      var start = position
      start.line.lookaheads = .any
      free[identifier] = self.identifier(start)
    }
    return identifier
  }

  /// The block of a position, -1 for none.
  @inline(__always)
  func block(of position: Int32) -> Int32 { position < 0 ? -1 : blockOfPosition[position] }

  /// The closure's number of a state at a position, -1 if it does not have it.
  @inline(__always)
  func closureKey(_ state: UInt16, _ position: Int32) -> Int32 {
    let block = block(of: position)
    guard block >= 0, let closure else { return -1 }
    return closure.key(state, position - blocks[block].firstPosition)
  }

  /// A position in a hole that has opened or closed contexts, as the closure has it that counts from there, and so opens
  /// less within others than the hole may; nil if there is none.
  func countedAnew(_ position: SuffixPosition) -> Int32? {
    var line = position.line
    line.contexts = 0
    guard position.kind == .gap, position.line.contexts != 0, let closure else { return nil }
    let place = place(line, closure)
    if place < 0 { return nil }
    let block = block(position.segment, position.scanner, position.line.contexts, position.line.startsEnclosed)
    return block < 0 ? nil : blocks[block].firstPosition + place
  }

  /// The closure's place, which starts in no string: in the hole it is the same in one, but for extras that may end with
  /// the hole where it starts in one. -1 for none.
  @inline(__always)
  private func place(_ line: LinePlace, _ closure: HoleClosure) -> Int32 {
    var line = line
    if !language.hasLongExtras { line.startsEnclosed = false }
    return closure.place(line)
  }

  private func block(_ hole: Int32, _ scanner: Int32, _ contexts: Int8, _ startsEnclosed: Bool) -> Int32 {
    for index in 0..<Int32(blocks.count)
    where blocks[index].hole == hole && blocks[index].scanner == scanner && blocks[index].contexts == contexts
      && blocks[index].startsEnclosed == startsEnclosed
    {
      return index
    }
    guard let closure, blocks.count < closure.maximalBlocks else { return -1 }
    let block = Block(
      hole: hole, scanner: scanner, contexts: contexts, startsEnclosed: startsEnclosed,
      firstPosition: Int32(positions.count))
    for index in 0..<closure.places.count {
      var place = closure.places[index]
      place.line.contexts = Int8(clamping: Int(place.line.contexts) + Int(contexts))
      place.line.startsEnclosed = startsEnclosed
      _ = positions.append(.gap(Int(hole), scanner, place.line))
      _ = free.append(block.firstPosition + place.free)
      _ = blockOfPosition.append(Int32(blocks.count))
    }
    return blocks.append(block)
  }

  /// The position of a parser at `position` that has come to `state`; -1 if the state takes none of the terminals that may
  /// come next.
  @inline(__always)
  func narrowed(_ position: Int32, by state: UInt16) -> Int32 {
    if position < 0 || free[position] == position { return position }
    return narrow(position, state)
  }

  @inline(never)
  private func narrow(_ position: Int32, _ state: UInt16) -> Int32 {
    var narrowing = Narrowing(position: position, state: state, result: -1)
    let narrowings = narrowings
    let (known, slot) = narrowingTable.find(narrowing.hash) {
      narrowings[$0].position == position && narrowings[$0].state == state
    }
    if known >= 0 { return narrowings[known].result }
    var place = positions[position]
    place.line.lookaheads = language.lookaheads.narrowed(
      place.line.lookaheads, by: state, taking: language.row(state).lookaheads
    ) { language.isReserved(state, $0) }
    if place.line.lookaheads != .empty { narrowing.result = identifier(place) }
    let new = self.narrowings.append(narrowing)
    let grown = self.narrowings
    narrowingTable.insert(new, at: slot) { grown[$0].hash }
    return narrowing.result
  }

  /// Whether all that may come next at `other` may at `position`, which is the same but for that. O(1) where both are one.
  @inline(__always)
  func includes(_ position: Int32, _ other: Int32) -> Bool {
    position == other
      || language.lookaheads.includes(
        positions[position].line.lookaheads, positions[other].line.lookaheads)
  }

  /// The hole `position` where a reduction under one of `lookaheads` is taken; nil if none of them may come next.
  func reduced(_ position: SuffixPosition, under lookaheads: LookaheadSet) -> Int32? {
    var place = position
    place.line.lookaheads = language.lookaheads.intersection(position.line.lookaheads, lookaheads)
    return place.line.lookaheads == .empty ? nil : identifier(place)
  }

  /// Whether a position is hole `hole`; acceptance, -1, is not.
  @inline(__always)
  func isGap(_ position: Int32, _ hole: Int) -> Bool {
    position >= 0 && positions[position].kind == .gap && positions[position].segment == Int32(hole)
  }

  /// A position that arrivals name.
  @inline(__always)
  func arrival(_ index: Int32) -> Int32 { listed[index] }

  /// The positions at which the parser can find itself when `state` lexes at `offset` of `segment`, for `arrival`.
  ///
  /// O(1) once one state that lexes alike has been there.
  func arrivals(_ state: UInt16, segment: Int, offset: Int, scanner: Int32, line: LinePlace) -> Range<Int32> {
    var key = Reading.Key(
      segment: Int32(segment), offset: Int32(offset), scanner: scanner, line: line,
      lexClass: language.lexClasses[Int(state)], variant: Reading.Key.undecided)
    let hint = reading(key)
    if hint >= 0 {
      key.variant = variant(state, readings[hint])
      let known = key.variant == readings[hint].variant ? hint : reading(key)
      if known >= 0 { return readings[known].first..<readings[known].first + readings[known].count }
    }
    var reading = Reading(key: key)
    let found = segments[segment].withUnsafeBufferPointer { text -> [SuffixPosition] in
      let lexState = lexState(state, offset)
      if hint < 0, lexState != ParseTables.noLookahead {
        (reading.terminal, reading.keyword) = lexer.word(
          text, offset, lexState: lexState, isComplete: segment == segments.count - 1)
      }
      return lex(text, state, segment, offset, scanner, line)
    }
    if hint < 0 {
      let external = found.first { position in
        position.kind == .pending
          && language.scanner?.terminals.contains(SymbolID(rawValue: position.terminal)) ?? false
          && !(language.layout?.isLayout(SymbolID(rawValue: position.terminal)) ?? false)
      }
      reading.external = external.map { SymbolID(rawValue: $0.terminal) } ?? .end
      reading.variant = variant(state, reading)
    }
    // Naming a position lists nothing.
    reading.first = Int32(listed.count)
    for position in found { _ = listed.append(identifier(position)) }
    reading.count = Int32(found.count)
    insert(reading)
    return reading.first..<reading.first + reading.count
  }

  /// The same behind the terminal that waits at `position`, or where text is not yet lexed.
  @inline(__always)
  func arrivals(_ state: UInt16, behind position: SuffixPosition, line: LinePlace) -> Range<Int32> {
    arrivals(
      state, segment: Int(position.segment), offset: Int(position.offset), scanner: position.scanner, line: line)
  }

  private func reading(_ key: Reading.Key) -> Int32 {
    if key.offset == 0 {
      let readings = readings
      return firstReadings.find(key.hash) { readings[$0].key == key }.index
    }
    var index = lastReadings[Int(key.segment)][Int(key.offset)]
    while index >= 0 {
      if readings[index].key == key { return index }
      index = readings[index].next
    }
    return -1
  }

  private func insert(_ reading: Reading) {
    if reading.key.offset == 0 {
      let readings = readings
      let slot = firstReadings.find(reading.key.hash) { readings[$0].key == reading.key }.slot
      let new = self.readings.append(reading)
      let grown = self.readings
      firstReadings.insert(new, at: slot) { grown[$0].key.hash }
      return
    }
    let last = lastReadings[Int(reading.key.segment)]
    var reading = reading
    reading.next = last[Int(reading.key.offset)]
    last[Int(reading.key.offset)] = readings.append(reading)
  }

  /// All that `state` has a say in where it finds what `reading` names.
  private func variant(_ state: UInt16, _ reading: Reading) -> UInt8 {
    var variant: UInt8 = 0
    if reading.keyword != .end {
      if language.hasActions(state, reading.keyword) { variant |= 1 }
      if language.isReserved(state, reading.keyword) { variant |= 2 }
    }
    if language.strictLayout {
      if language.isExtra(state, reading.terminal) { variant |= 4 }
      if language.isExtra(state, reading.keyword) { variant |= 8 }
      if language.isExtra(state, reading.external) { variant |= 16 }
    }
    return variant
  }

  /// The positions at which the parser can find itself when `state` lexes the text behind a hole, for `arrival`.
  ///
  /// It goes on in the context in front of the hole; in the one around that, where the hole has closed it; and where
  /// other contexts are allowed, in one that the hole has opened.
  func arrivals(_ state: UInt16, behind gap: SuffixPosition) -> Range<Int32> {
    if segments.isEmpty { return 0..<0 }
    if language.isEnclosed[Int(state)], !gap.line.startsEnclosed, !allowsOtherContexts { return 0..<0 }
    var line = gap.line
    line.contexts = 0
    line.startsEnclosed = false
    func arrivals(_ scanner: Int32) -> Range<Int32> {
      self.arrivals(state, segment: Int(gap.segment), offset: 0, scanner: scanner, line: line)
    }
    let change = gap.line.contexts
    let usual = change == 0 ? arrivals(gap.scanner) : 0..<0
    if change >= 0, !allowsOtherContexts { return usual }
    var found = usual.map(arrival)
    if language.countsContexts || language.carriesState {
      // Of several contexts that read the text alike one will do: strings of many kinds do. Where other blocks are open,
      // text further behind may read otherwise.
      let isAlike = language.carriesState ? { $0 == $1 } : readsAlike
      for context in contexts(near: gap.scanner) where context.change == change {
        for index in arrivals(context.state) where !found.contains(where: { isAlike($0, arrival(index)) }) {
          found.append(arrival(index))
        }
      }
    } else {
      found += otherArrivals(found, gap, arrivals)
    }
    let first = Int32(listed.count)
    for position in found { _ = listed.append(position) }
    return first..<first + Int32(found.count)
  }

  /// Whether two positions wait for the same terminal.
  private func readsAlike(_ first: Int32, _ second: Int32) -> Bool {
    let (first, second) = (positions[first], positions[second])
    return first.kind == second.kind && first.terminal == second.terminal && first.offset == second.offset
      && first.condition == second.condition && first.brackets == second.brackets
  }

  /// Where it is not known which terminals open and close contexts, another counts only where the scanner finds something
  /// else in it, as the end of a string that the hole opens.
  private func otherArrivals(
    _ usual: [Int32], _ gap: SuffixPosition, _ arrivals: (Int32) -> Range<Int32>
  ) -> [Int32] {
    guard let scanner = language.scanner else { return [] }
    var result: [Int32] = []
    for context in contexts(near: gap.scanner) {
      for arrival in arrivals(context.state).map(arrival) {
        let position = positions[arrival]
        guard position.kind == .pending, scanner.terminals.contains(SymbolID(rawValue: position.terminal)) else {
          continue
        }
        if !(usual + result).contains(where: { readsAlike($0, arrival) }) { result.append(arrival) }
      }
    }
    return result
  }

  /// A state of the scanner that one or two terminals lead to, and how many contexts more are open in it.
  private struct NearContext: Equatable {
    var state: Int32
    var change: Int8
  }

  /// The contexts that the scanner can come to from `scanner`. O(probes × rows of valid terminals), once for each.
  private func contexts(near scanner: Int32) -> [NearContext] {
    if let known = otherContexts[scanner] { return known }
    guard let session = lexer.scanner else { return [] }
    var result: [NearContext] = []
    let rows = Set(language.externalLexStates).subtracting([0]).sorted()
    var first = [NearContext(state: scanner, change: 0)]
    for _ in 0..<2 {
      var next: [NearContext] = []
      for context in first {
        for row in rows {
          for probe in language.fixedProbes.contextTexts(session.words(of: context.state)) {
            let scan = probe.withUnsafeBufferPointer {
              session.scan($0, 0, row: Int(row), state: context.state, isFragment: true)
            }
            guard scan.found, !(language.layout.map { $0.isLayout(scan.terminal) } ?? false) else { continue }
            // Some scanners are in the same state in a string and behind it.
            let found = NearContext(
              state: scan.state, change: context.change + language.contextChange[scan.terminal.index])
            if found == NearContext(state: scanner, change: 0) || result.contains(found) { continue }
            next.append(found)
            result.append(found)
          }
        }
      }
      first = next
    }
    otherContexts[scanner] = result
    return result
  }

  private func lexState(_ state: UInt16, _ offset: Int) -> UInt16 {
    offset == 0 ? language.lexStatesBehindHoles[Int(state)] : language.lexStates[Int(state)]
  }

  private func lex(
    _ text: UnsafeBufferPointer<UInt8>, _ state: UInt16, _ segment: Int, _ offset: Int, _ scanner: Int32,
    _ line: LinePlace
  ) -> [SuffixPosition] {
    let base = SuffixPosition(
      kind: .pending, segment: Int32(segment), offset: Int32(offset), scanner: scanner, line: line)
    let lexState = lexState(state, offset)
    if lexState == ParseTables.noLookahead {
      var unlexed = base
      unlexed.kind = .unlexed
      return [unlexed]
    }
    let isLast = segment == segments.count - 1
    if !isLast, offset == text.count || !language.isTight[Int(state)],
      text[offset...].allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }),
      mayBePadding(text, offset, state, lexState)
    {
      var line = line
      line.startsEnclosed = language.isEnclosed[Int(state)]
      return [.gap(segment + 1, scanner, line)]
    }
    var result: [SuffixPosition] = []
    var condition = ColumnCondition.any
    let row = Int(language.externalLexStates[Int(state)])
    let padding = language.layout?.padding(text, offset)
    if row != 0, let layout = language.layout, let padding, padding.crossesLine || padding.reachesEnd && isLast {
      let column = padding.reachesEnd ? 0 : padding.column
      let allowsIndent = isValid(layout.indent, row) && !padding.reachesEnd
      let allowsDedent = isValid(layout.dedent, row)
      var terminal = base
      terminal.brackets = language.strictLayout ? .equal(0) : .any
      if allowsIndent {
        terminal.terminal = layout.indent.rawValue
        terminal.condition = .below(column)
        terminal.column = Int32(column)
        result.append(terminal)
        condition = condition.intersection(ColumnCondition.above(column - 1))
      }
      terminal.column = 0
      if allowsDedent {
        terminal.terminal = layout.dedent.rawValue
        terminal.condition = .above(column)
        result.append(terminal)
        condition = condition.intersection(ColumnCondition.below(column + 1))
      }
      if isValid(layout.newline, row) {
        terminal.terminal = layout.newline.rawValue
        terminal.condition = condition
        result.append(terminal)
        if !language.strictLayout { return result }
      }
    }
    if row != 0, let session = lexer.scanner {
      let scan = session.scan(text, offset, row: row, state: scanner, isFragment: true)
      if scan.sawEnd, !isLast {
        result += cut(text, base, row, session).map { pending($0, base, condition, state, padding, text) }
      }
      let isLayout = language.layout.map { $0.isLayout(scan.terminal) } ?? false
      if scan.found, !isLayout, !scan.sawEnd || isLast {
        let found = lexer.external(scan, text, offset)
        result.append(pending(found, base, condition, state, padding, text))
        return result
      }
    }
    if case .found(let found) = lexer.lexInternally(
      text, offset, state: state, lexState: lexState, scanner, isComplete: isLast, isCut: !isLast)
    {
      result.append(pending(found, base, condition, state, padding, text))
    }
    return result
  }

  /// Whether blanks up to a hole can be padding in front of a terminal that is written there. Where a line break is a
  /// terminal, it may be that or nothing.
  private func mayBePadding(
    _ text: UnsafeBufferPointer<UInt8>, _ offset: Int, _ state: UInt16, _ lexState: UInt16
  ) -> Bool {
    if offset == text.count || language.externalLexStates[Int(state)] != 0 { return true }
    return language.lexer.match(text, offset, lexState, isComplete: false).openState != LexicalAutomaton.dead
  }

  /// What the scanner makes of the end of a segment if the hole behind it starts in one way or another.
  private func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ base: SuffixPosition, _ row: Int, _ session: ScannerSession
  ) -> [Lookahead] {
    var found: [Lookahead] = []
    for probe in language.fixedProbes.contextTexts(session.words(of: base.scanner)) {
      let virtual = Array(text) + probe
      let lookahead = virtual.withUnsafeBufferPointer { virtual -> Lookahead? in
        let scan = session.scan(virtual, Int(base.offset), row: row, state: base.scanner, isFragment: true)
        guard scan.found, scan.end <= text.count, !(language.layout.map { $0.isLayout(scan.terminal) } ?? false) else {
          return nil
        }
        return lexer.external(scan, virtual, Int(base.offset))
      }
      if let lookahead, !found.contains(lookahead) { found.append(lookahead) }
    }
    return found
  }

  private func isValid(_ terminal: SymbolID, _ row: Int) -> Bool {
    language.scanner?.isValid(terminal, row: row) ?? false
  }

  private func pending(
    _ found: Lookahead, _ base: SuffixPosition, _ condition: ColumnCondition, _ state: UInt16,
    _ padding: LayoutRule.Padding?, _ text: UnsafeBufferPointer<UInt8>
  ) -> SuffixPosition {
    var position = base
    position.terminal = found.terminal.rawValue
    position.fallback = found.fallback.rawValue
    position.offset = Int32(found.end)
    position.scanner = found.scanner
    position.condition = condition
    let isExtra = language.isExtra(state, found.terminal)
    if base.line.startsLine, language.strictLayout, let padding, !isExtra, found.terminal != .end {
      // Without a line break here, the hole ends on the line, and its blanks come on top.
      position.condition = condition.intersection(
        padding.crossesLine ? .equal(padding.column) : .above(padding.column - 1))
    }
    if language.strictLayout, let layout = language.layout, !base.line.startsLine, !isExtra, found.terminal != .end,
      Int(base.offset) < found.start, layout.breaksLine(text, Int(base.offset)..<found.start)
    {
      position.brackets = .above(0)
    }
    return position
  }
}
