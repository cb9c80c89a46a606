import Grammar

/// Which text is the same to a scanner that has not decided yet.
extension TokenLexer {
  /// What stands for text on which the scanner has not decided.
  struct Alike {
    /// A text behind which the scanner goes on as it does behind this one.
    var bytes: [UInt8]
    /// The bytes that it may be followed by without a change, if there are any.
    var ordinary: ByteSet?
    /// The word that `bytes` end with, if they stand for all like it.
    var word: Word?
  }

  /// What stands for all text that the scanner goes on behind as it does behind `bytes`, on which it has not decided; nil
  /// if that is known of none. O(bytes), with some runs of the scanner.
  func alike(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: LexicalStart, _ scanner: ScannerSession
  ) -> Alike? {
    guard let external = language.scanner, !bytes.isEmpty, bytes.isText else { return nil }
    func goesOn(_ end: Int, _ ordinary: TerminalPattern) -> ByteSet? {
      end == bytes.count && !bytes.endsInsideCharacter ? ordinary.ownBytes : nil
    }
    for (terminal, ordinary) in contents(start, external, scanner) {
      guard let end = lastEnd(of: ordinary, bytes),
        isText(UnsafeBufferPointer(rebasing: bytes[..<end]), of: terminal, start, scanner)
      else { continue }
      // Behind the last ordinary character it is as behind any.
      return Alike(bytes: [Language.ordinaryByte] + bytes[end...], ordinary: goesOn(end, ordinary))
    }
    guard let padding = PaddingText(bytes, language) else {
      guard let word = word(bytes, start), let text = text(of: word) else { return nil }
      return Alike(bytes: text, ordinary: nil, word: word)
    }
    if padding.isInComment {
      let ends = comments.compactMap { content in
        lastEnd(of: content.ordinary, bytes).map { (end: $0, ordinary: content.ordinary) }
      }
      guard let last = ends.max(by: { $0.end < $1.end }),
        let known = PaddingText(UnsafeBufferPointer(rebasing: bytes[..<last.end]), language), known.isInComment
      else { return nil }
      return Alike(bytes: known.text + bytes[last.end...], ordinary: goesOn(last.end, last.ordinary))
    }
    // A line's column has a meaning under a layout rule.
    let isOnLine = language.layout == nil || !start.startsLine && !bytes.contains(0x0A)
    guard isOnLine, let last = language.blanks.first(where: { $0.bytes.contains(bytes[bytes.count - 1]) }) else {
      return nil
    }
    return Alike(bytes: padding.text, ordinary: last.pattern.ownBytes)
  }

  /// The terminals that go on from `start`, with text all of which is alike. O(1) for the same start again.
  private func contents(
    _ start: LexicalStart, _ external: ExternalScanner, _ scanner: ScannerSession
  ) -> [Language.Content] {
    if let known = lastContents, known.row == start.row, known.state == start.scanner.actual { return known.contents }
    let ordinary = [Language.ordinaryByte]
    let contents = language.contents.filter { content in
      external.isValid(content.terminal, row: Int(start.row))
        && ordinary.withUnsafeBufferPointer { isText($0, of: content.terminal, start, scanner) }
    }
    lastContents = (start.row, start.scanner.actual, contents)
    return contents
  }

  /// What stands for `bytes` in front of tokens, on which the scanner has not decided. O(bytes).
  func representative(of bytes: UnsafeBufferPointer<UInt8>, _ start: LexicalStart) -> [UInt8] {
    if bytes.endsInsideCharacter, let character = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) {
      // The tokens have to end the character.
      return representative(of: UnsafeBufferPointer(rebasing: bytes[..<character]), start) + bytes[character...]
    }
    if let scanner, let alike = alike(bytes, start, scanner) { return alike.bytes }
    return PaddingText(bytes, language).flatMap { $0.isInComment ? nil : $0.text } ?? Array(bytes)
  }

  /// Where the last character ends that `pattern` matches.
  private func lastEnd(of pattern: TerminalPattern, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var end = bytes.count
    while end > 0 {
      var start = end - 1
      while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      if pattern.match(bytes, start..<end, terminalIsOpen: false, textIsComplete: true) == .matches { return end }
      end = start
    }
    return nil
  }

  /// Whether `bytes` are text of `terminal`: something that may follow shows it.
  private func isText(
    _ bytes: UnsafeBufferPointer<UInt8>, of terminal: SymbolID, _ start: LexicalStart, _ scanner: ScannerSession
  ) -> Bool {
    let text = [0x20] + Array(bytes) + (bytes.endsOfCharacter.first ?? [])
    func isEnded(by probe: [UInt8]) -> Bool {
      let scan = (text + probe).withUnsafeBufferPointer {
        scanner.scan($0, 1, row: Int(start.row), state: start.scanner.actual)
      }
      // Not with the end of the text: there a scanner may take what is not over for text, as a comment within a comment.
      return scan.found && !scan.sawEnd && scan.terminal == terminal && scan.end >= text.count
        && scan.state == start.scanner.actual
    }
    let probes = language.fixedProbes.texts
    // What ended text last mostly does again.
    if isEnded(by: probes[preferredProbe]) { return true }
    guard let found = probes.indices.first(where: { $0 != preferredProbe && isEnded(by: probes[$0]) }) else {
      return false
    }
    preferredProbe = found
    return true
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// UTF-8, though the last character may be cut off. O(bytes).
  fileprivate var isText: Bool { String(validating: self + (endsOfCharacter.first ?? []), as: UTF8.self) != nil }
}
