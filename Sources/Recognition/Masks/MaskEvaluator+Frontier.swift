import Grammar
import Vocabulary

/// The terminal at the frontier, which may have begun before the tokens.
extension MaskEvaluator {
  /// Adds the tokens that may stand at the frontier of `head`.
  func addTokens(behind head: Head, _ parts: inout [TokenSet]) {
    let text = session.buffer.bytes
    let state = arena.nodes[Int(head.node)].state
    var standing = Standing(head: head, column: column(of: head))
    var start = self.start(state, head)
    let pending = text[head.position...]
    if pending.isEmpty {
      parts.append(tokens(paths.point(start), standing))
      return
    }
    if start.row != 0, let scanner {
      let scan = scanner.scan(text, head.position, row: Int(start.row), state: head.scanner)
      if scan.sawEnd {
        let bytes = representative(of: pending, start, head)
        // Columns are those of the line that starts there.
        if bytes.contains(where: \.isLineBreak) { standing.column = 0 }
        let point = point(start, paths.rests(behind: bytes), head)
        // Verdicts read the pending text again and again: better what stands for it.
        parts.append(
          bytes.count != pending.count
            ? session.withText(from: head.position, bytes) { tokens(point, standing) } : tokens(point, standing))
        return
      }
      start = start.withoutScanner
    }
    let match = language.lexer.match(text, head.position, start.lexState, isComplete: false)
    if match.openState == LexicalAutomaton.dead {
      others += paths.allTokens
      return
    }
    if match.openStart >= text.count {
      // Under a layout rule it matters what the padding is.
      if language.layout != nil {
        parts.append(tokens(paths.point(start, behind: representative(of: pending, start, head)), standing))
        return
      }
      if start.isTight { return }
      start.lexState = match.openState
      start.unfinished = LexicalStart.Unfinished(hasBegun: false)
      parts.append(tokens(paths.point(start), standing))
      return
    }
    if start.isTight, match.openStart > head.position { return }
    start.isTight = false
    start.lexState = match.openState
    var unfinished = LexicalStart.Unfinished(hasBegun: true)
    unfinished.hasAccepted = match.terminal != LexicalAutomaton.noTerminal && match.end < text.count
    if language.lexer.reachable[Int(match.openState)].contains(language.wordTerminal), language.wordTerminal != .end {
      unfinished.word = HoleRecogniser.Word(language, text, match.openStart).state
    }
    let terminal = text[match.openStart...]
    if language.hasPattern[Int(match.openState)] {
      unfinished.patterns = language.patterns.map {
        $0?.state(after: UnsafeBufferPointer(rebasing: terminal)) ?? TerminalPattern.noBytes
      }
    }
    if language.reservedWords.contains(where: { $0.starts(with: terminal) }) { unfinished.text = Array(terminal) }
    start.unfinished = unfinished
    standing.place =
      (session.recogniser.fitsLayout(head, text, match.openStart) ? 1 : 0)
      | (session.recogniser.allowsExtra(head, text, match.openStart) ? 2 : 0)
    let point = paths.point(start)
    parts.append(tokens(point, standing))
    if !point.endedBefore.isEmpty { addTokens(point.endedBefore, behind: head, &parts) }
  }

  /// Adds those of `tokens` that may stand where the terminal at the frontier has ended before it, as a number in front of
  /// `x`, so that the text behind its end is lexed anew.
  private func addTokens(_ tokens: [TokenID], behind head: Head, _ parts: inout [TokenSet]) {
    let text = session.buffer.bytes
    let state = arena.nodes[Int(head.node)].state
    let match = language.lexer.match(text, head.position, language.lexStates[Int(state)], isComplete: false)
    guard
      case .found(let found) = session.recogniser.lexer.lexInternally(
        UnsafeBufferPointer(rebasing: text[..<match.end]), head.position, state: state,
        lexState: language.lexStates[Int(state)], head.scanner, isComplete: false, isCut: true),
      session.recogniser.fitsLayout(head, text, match.start) || language.isExtra(state, found.terminal)
    else { return }
    let mark = arena.mark
    defer { arena.release(mark) }
    session.recogniser.step.shift(CollectionOfOne(head.node), found.terminal, fallback: found.fallback, column: 0)
    let nodes = session.recogniser.step.results
    let count = others.count
    var behind: [TokenSet] = []
    for node in nodes {
      if language.lexStates[Int(arena.nodes[Int(node)].state)] == ParseTables.noLookahead {
        others += tokens
        return
      }
      var next = head
      next.node = node
      next.position = found.end
      if !language.isExtra(state, found.terminal) { next.startsLine = false }
      addTokens(behind: next, &behind)
    }
    // Of those that may stand there, the others go on with the terminal.
    let undecided = union(of: [TokenSet(Array(others[count...]), wordCount: paths.wordCount)])
    others.removeLast(others.count - count)
    others += tokens.filter(undecided.contains)
    parts.append(TokenSet(tokens.filter(union(of: behind).contains), wordCount: paths.wordCount))
  }

  /// What stands for `pending`, on which the scanner has not decided.
  private func representative(of pending: Slice<UnsafeBufferPointer<UInt8>>, _ start: LexicalStart, _ head: Head)
    -> [UInt8]
  {
    var start = start
    if start.row != 0 { start.scanner = ScannerStates(actual: head.scanner, context: head.context) }
    return lexer.representative(of: UnsafeBufferPointer(rebasing: pending), start)
  }

  private func column(of head: Head) -> Int32 {
    guard head.startsLine, language.strictLayout, let layout = language.layout else { return 0 }
    return Int32(layout.column(session.buffer.bytes, head.position))
  }
}
