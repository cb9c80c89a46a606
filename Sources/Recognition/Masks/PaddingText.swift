/// Padding and comments without what is the same to a scanner that looks past them: the words of comments, comments that
/// are as the one before, blanks of which one is as good as many.
struct PaddingText {
  private(set) var text: [UInt8] = []
  /// The padding ends within a comment, at least a character behind its mark.
  private(set) var isInComment = false
  private let language: Language
  /// Where the last line and the one before it start in `text`, at their line breaks.
  private var line = 0
  private var lineBefore = 0
  /// Nothing but blanks stands behind the last line break.
  private var isIndentation = false

  /// nil if there is anything else in `bytes`. O(bytes).
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ language: Language) {
    self.language = language
    let (lineMark, block) = language.commentMarks
    var index = 0
    while index < bytes.count {
      let rest = bytes[index...]
      if bytes[index] == 0x0A {
        breakLine()
        index += 1
      } else if bytes[index] == 0x20 || bytes[index] == 0x09 {
        appendBlank(bytes[index])
        index += 1
      } else if !lineMark.isEmpty, rest.starts(with: lineMark) {
        let start = index + lineMark.count
        index = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        text += lineMark
        isIndentation = false
        // Of a comment that is over, it does not matter whether there was anything in it.
        if index > start || index < bytes.count { text.append(Language.ordinaryByte) }
        isInComment = index == bytes.count && index > start
      } else if let block, rest.starts(with: block.start) {
        let start = index + block.start.count
        index = start
        while index < bytes.count, !bytes[index...].starts(with: block.end) { index += 1 }
        text += block.start
        isIndentation = false
        // A line break within a comment may count as one.
        if bytes[start..<index].contains(0x0A) { text.append(0x0A) }
        if index > start || index < bytes.count { text.append(Language.ordinaryByte) }
        if index < bytes.count { text += block.end }
        isInComment = index == bytes.count && index > start
        index = min(index + block.end.count, bytes.count)
      } else {
        return nil
      }
    }
  }

  private mutating func breakLine() {
    if language.layout == nil {
      if let last = text.last, isRun(last, 0x0A) { return }
    } else if text[line...].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }) {
      // Lines that start at one column are alike, however many blank ones there are before.
      text.removeSubrange(line...)
    }
    if line > lineBefore, text[line...] == text[lineBefore..<line] { text.removeSubrange(line...) }
    if line < text.count { (lineBefore, line) = (line, text.count) }
    text.append(0x0A)
    isIndentation = true
  }

  private mutating func appendBlank(_ byte: UInt8) {
    if isIndentation, let layout = language.layout {
      for _ in 0..<(byte == 0x09 ? layout.tabWidth : 1) { text.append(0x20) }
    } else if let last = text.last, isRun(last, byte) {
      return
    } else {
      text.append(byte)
    }
  }

  private func isRun(_ first: UInt8, _ second: UInt8) -> Bool {
    language.blanks.contains { $0.bytes.contains(first) && $0.bytes.contains(second) }
  }
}
