import Grammar
import Vocabulary

/// Masks of points, remembered with all that they depend on (`MaskMemory`).
extension MaskEvaluator {
  private static let rememberedDepth = 3
  /// What is deeper is remembered if it takes this many points, as many opening brackets in one token do.
  private static let muchWork = 12
  /// What is deeper than this is remembered when it is met for the second time: most of it is met once.
  private static let depthOfOften = 2
  /// How many states parts look at that are remembered by themselves.
  private static let littleDepth = 4

  /// Whether it is worth it: what is deep in tokens is met with them, and what is small is computed as quickly. Where much
  /// is deep, as in tokens of eighty minus signs, some depths will do.
  func isRemembered(_ point: LexicalPoint) -> Bool {
    if depth < Self.rememberedDepth, point.partCount > 3 || point.rest != nil || point.bound != nil { return true }
    return depth & (depth - 1) == 0 && point.work >= Self.muchWork
  }

  func rememberedTokens(_ point: LexicalPoint, _ standing: Standing) -> TokenSet {
    let key = key(standing)
    if let known = remembered(point, key, standing) {
      others += known.others
      return known.tokens
    }
    var before = reads
    reads = Reads()
    defer {
      before.merge(reads)
      reads = before
    }
    let (firstOther, firstQuery) = (others.count, observed.queries.count)
    var parts: [TokenSet] = []
    var isWhole = false
    if let known = remembered(point, key.partial, standing) {
      others += known.others
      if known.isLeft.isEmpty { return known.tokens }
      parts.append(known.tokens)
      begin()
      for index in known.isLeft { compute(part: Int(index), of: point, standing, &parts) }
    } else {
      (parts, isWhole) = computeAndRemember(point, key, standing)
    }
    let result = TokenSet(parts, wordCount: paths.wordCount)
    remember(
      point, isWhole ? key.partial : key, standing, reads, result, Array(others[firstOther...]),
      observed.queries[firstQuery...])
    return result
  }

  /// Computes all parts of a point and remembers those that depend on little, so that they serve many stacks, unless that is
  /// the whole.
  private func computeAndRemember(
    _ point: LexicalPoint, _ key: MaskMemory.Key, _ standing: Standing
  ) -> (parts: [TokenSet], isWhole: Bool) {
    work += 1
    begin()
    var (all, few): ([TokenSet], [TokenSet]) = ([], [])
    var fewOthers = point.others
    var queries: [(item: Completion.Item, outcome: Completion.Outcome)] = []
    var isLeft: [Int32] = []
    let reach = lowest(of: standing.head.node, depth: Self.littleDepth)
    var readsOfFew = Reads(lowest: standing.head.node)
    var allReads = Reads()
    others += point.others
    for index in 0..<point.partCount {
      reads = Reads()
      let (firstPart, firstOther, firstQuery) = (all.count, others.count, observed.queries.count)
      compute(part: index, of: point, standing, &all)
      let (own, ownReads) = (observed.queries[firstQuery...], reads)
      if ownReads.lowest < reach || ownReads.column || ownReads.layout || ownReads.text
        || own.contains(where: { $0.item.column != arena.nodes[Int($0.item.base)].open.column })
      {
        isLeft.append(Int32(index))
      } else {
        few += all[firstPart...]
        fewOthers += others[firstOther...]
        queries += own
        readsOfFew.lowest = min(readsOfFew.lowest, ownReads.lowest)
        readsOfFew.proofs.merge(ownReads.proofs)
      }
      allReads.merge(ownReads)
    }
    if !isLeft.isEmpty, isLeft.count < point.partCount {
      remember(
        point, key.partial, standing, readsOfFew, TokenSet(few, wordCount: paths.wordCount), fewOthers, queries[...],
        isLeft: isLeft)
    }
    reads = allReads
    return (all, isLeft.isEmpty)
  }

  /// The node `depth` below `node`, or the last one on the way that has one parent only.
  private func lowest(of node: Int32, depth: Int) -> Int32 {
    var node = node
    for _ in 0..<depth {
      let parent = arena.nodes[Int(node)].parent
      if parent < 0 || arena.nodes[Int(node)].more >= 0 { break }
      node = parent
    }
    return node
  }

  private func key(_ standing: Standing) -> MaskMemory.Key {
    let place = completion.place(standing.head)
    let top = arena.nodes[Int(standing.head.node)]
    let startsLine = standing.head.startsLine && language.strictLayout
    return MaskMemory.Key(
      top: StackChain.word(top, isPartial: false), startsLine: standing.head.startsLine,
      context: shared(standing.head.context),
      place: standing.place,
      column: startsLine ? top.open.column - standing.column : 0, line: place.line,
      isInContext: place.scanner == completion.context.state,
      contexts: completion.context.depth, allowsOtherContexts: completion.allowsOtherContexts)
  }

  /// The text behind the frontier, by number.
  private var text: MaskMemory.Text {
    MaskMemory.Text(number: textNumber, hole: session.hole, allowsOtherContexts: completion.allowsOtherContexts)
  }

  private func remembered(
    _ point: LexicalPoint, _ key: MaskMemory.Key, _ standing: Standing
  ) -> MaskMemory.Entry? {
    let place = completion.place(standing.head)
    var before = reads
    let queryCount = observed.queries.count
    var columns: [Int]?
    chain.begin(standing.head.node, isPartial: key.isPartial)
    // What was remembered last is most like what comes next.
    let known = paths.memory(point, key) { chain.hash($0, arena) }.last { entry in
      if let needed = entry.text, needed != text { return false }
      if !entry.proofs.hold(for: completion.ground?.proofs ?? 0) { return false }
      if let needed = entry.scanner, needed != shared(standing.head.scanner) { return false }
      guard chain.starts(with: entry.states, arena),
        zip(entry.brackets, chain.nodes).allSatisfy({ $0 == arena.nodes[Int($1)].open.brackets })
      else { return false }
      if let needed = entry.columns {
        let open = columns ?? arena.openColumns(of: standing.head.node)
        columns = open
        if needed != open { return false }
      }
      let isAlike = entry.queries.allSatisfy { query in
        let position =
          switch query.place {
          case .hole(let line, let isInContext):
            SuffixPosition.gap(session.hole, isInContext ? completion.context.state : place.scanner, line)
          case .behind(let index): entry.positions[Int(index)]
          }
        let base = chain.nodes[Int(query.depth)]
        let column = query.column
        return completion.outcome(
          state: query.state, isOver: query.isOver, base: base,
          column: column == MaskMemory.Query.columnOfBase ? arena.nodes[Int(base)].open.column : column,
          hole: session.hole, position)
          == query.outcome
      }
      if !isAlike { observed.queries.removeLast(observed.queries.count - queryCount) }
      return isAlike
    }
    reads = before
    guard let known else { return nil }
    before.merge(
      Reads(
        lowest: chain.nodes[known.states.count - 1], columns: known.columns != nil,
        // An entry that is not partial is compared with the columns of its states.
        column: !key.isPartial, layout: known.scanner != nil, text: known.text != nil, proofs: known.proofs))
    reads = before
    return known
  }

  /// Remembers `tokens` with what the arena has noted and the verdicts that they follow from.
  private func remember(
    _ point: LexicalPoint, _ key: MaskMemory.Key, _ standing: Standing, _ reads: Reads, _ tokens: TokenSet,
    _ others: [TokenID], _ own: ArraySlice<(item: Completion.Item, outcome: Completion.Outcome)>, isLeft: [Int32] = []
  ) {
    let columns = reads.columns ? arena.openColumns(of: standing.head.node) : nil
    chain.begin(standing.head.node, isPartial: key.isPartial)
    guard let count = chain.count(downTo: min(reads.lowest, standing.head.node), arena),
      let hash = chain.hash(count, arena)
    else { return }
    if depth >= Self.depthOfOften, paths.isFirst(point, key, hash) { return }
    let ownScanner = completion.place(standing.head).scanner
    var queries: [MaskMemory.Query] = []
    var positions: [SuffixPosition] = []
    var seen: Set<Completion.Item> = []
    for (item, outcome) in own where seen.insert(item).inserted {
      let position = completion.summary.suffix.positions[Int(item.position)]
      guard let depth = chain.nodes[..<count].firstIndex(of: item.base) else { return }
      let place: MaskMemory.Query.Place
      let isInContext = position.scanner == completion.context.state
      if position.kind == .gap, position.segment == Int32(session.hole),
        isInContext || position.scanner == ownScanner
      {
        place = .hole(position.line, isInContext: isInContext)
      } else if reads.text {
        place = .behind(Int32(positions.count))
        positions.append(position)
      } else {
        return
      }
      let isOfBase = item.column == arena.nodes[Int(item.base)].open.column
      queries.append(
        MaskMemory.Query(
          depth: Int32(depth), state: item.state, isOver: item.isOver, outcome: outcome,
          column: isOfBase ? MaskMemory.Query.columnOfBase : item.column, place: place))
    }
    let entry = MaskMemory.Entry(
      states: Array(chain.states[..<count]), columns: columns, queries: queries, positions: positions,
      text: reads.text ? text : nil,
      brackets: reads.text && language.layout != nil
        ? chain.nodes[..<count].map { arena.nodes[Int($0)].open.brackets } : [],
      scanner: reads.layout ? shared(standing.head.scanner) : nil, proofs: reads.proofs,
      tokens: paths.shared(tokens), others: paths.shared(TokenSet(others, wordCount: paths.wordCount)), isLeft: isLeft)
    paths.remember(entry, hash, point, key)
  }
}
