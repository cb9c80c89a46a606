/// A text with gaps that can be written in anywhere and in any order, and that stays completable.
///
/// `HoleRecogniser` knows all ways through the holes behind its frontier, and their number grows faster than with the
/// square of that of holes. Here one way is kept, a `Witness`: a text for each gap, with which the whole text parses. What
/// is written in a gap changes the witness there; the parser runs from the gap's start until its stacks are the same as
/// before, and all that follows stays as it is.
///
/// "Yes" is proved by the witness. "No" says that nothing else was found for the gap and those around it: with few gaps,
/// `HoleRecogniser` decides that exactly.
public final class CanvasRecogniser {
  public let language: Language
  private let witness: Witness

  /// Looks for a first witness. O(gaps), each with a summary of the text up to some gaps behind it.
  ///
  /// - Parameters:
  ///   - prefix: the fixed text in front of the first gap.
  ///   - segments: the fixed text behind each gap.
  public init(_ language: Language, prefix: [UInt8], segments: [[UInt8]]) {
    self.language = language
    witness = Witness(language, prefix: prefix, segments: segments)
  }

  /// Whether a text is known that the gaps can lead to. If not, nothing can be written.
  public var isCompletable: Bool { witness.isKnown }
  public var gapCount: Int { witness.gaps.count }
  /// The fixed text in front of the first gap.
  public var prefix: [UInt8] { witness.prefix }
  /// The fixed text behind a gap.
  public func segment(behind gap: Int) -> [UInt8] { witness.gaps[gap].segment }
  /// What stands in a gap in the text that is known to parse.
  public func filler(of gap: Int) -> [UInt8] { witness.gaps[gap].filler }
  /// A text that the gaps can lead to: that with all fillers. Meaningless where nothing is completable.
  public var completion: [UInt8] { witness.text }

  /// Writes `text` into a gap if the whole can still be completed; else everything stays as it is.
  ///
  /// O(text from the gap on to where the parser's stacks are as they were) where what the witness has in the gap can be
  /// kept or dropped terminal by terminal; else texts are searched for, each with a summary of the text behind it.
  ///
  /// - Parameters:
  ///   - text: terminals are taken to start where it starts and to end where it ends, if a gap stays there.
  ///   - leavesLeft: a gap stays between the text and what is on its left; else it joins that.
  ///   - leavesRight: the same on its right. Without either the gap is gone.
  public func commit(_ text: [UInt8], in gap: Int, leavesLeft: Bool, leavesRight: Bool) -> Bool {
    guard isCompletable else { return false }
    let change = Change(text: text, gap: gap, leavesLeft: leavesLeft, leavesRight: leavesRight)
    guard let draft = keeping(change) ?? searching(change) else { return false }
    witness.adopt(draft)
    return true
  }

  private struct Change {
    var text: [UInt8]
    var gap: Int
    var leavesLeft: Bool
    var leavesRight: Bool
  }

  /// A gap for each side of the text that has one, what the witness writes there, and the text that joins the left.
  private func entries(_ change: Change, _ left: [UInt8]?, _ right: [UInt8]?) -> (
    lead: [UInt8], entries: [Witness.Entry]
  ) {
    let segment = witness.gaps[change.gap].segment
    switch (change.leavesLeft, change.leavesRight) {
    case (true, true):
      return ([], [Witness.Entry(filler: left, segment: change.text), Witness.Entry(filler: right, segment: segment)])
    case (true, false): return ([], [Witness.Entry(filler: left, segment: change.text + segment)])
    case (false, true): return (change.text, [Witness.Entry(filler: right, segment: segment)])
    case (false, false): return (change.text + segment, [])
    }
  }

  // MARK: Keeping what the witness has

  /// The witness with the change among what it has in the gap, or instead of some of it.
  private func keeping(_ change: Change) -> Witness.Draft? {
    let filler = witness.gaps[change.gap].filler
    let cuts = witness.cuts(in: change.gap)
    var tries = Self.triesKeeping
    for dropped in 0..<cuts.count {
      for first in 0..<cuts.count - dropped {
        if !change.leavesLeft, first > 0 { break }
        if !change.leavesRight, first + dropped < cuts.count - 1 { continue }
        let (left, right) = (filler[..<cuts[first]], filler[cuts[first + dropped]...])
        if let draft = keeping(change, Array(left), Array(right)) { return draft }
        tries -= 1
        if tries == 0 { return nil }
      }
    }
    return nil
  }

  private func keeping(_ change: Change, _ left: [UInt8], _ right: [UInt8]) -> Witness.Draft? {
    var (left, right) = (left, right)
    let before = change.gap > 0 ? witness.gaps[change.gap - 1].segment : witness.prefix
    if change.leavesLeft, runsOn(left.last ?? before.last, change.text.first) { left.append(0x20) }
    if change.leavesRight, runsOn(change.text.last, right.first ?? witness.gaps[change.gap].segment.first) {
      right.insert(0x20, at: 0)
    }
    let (lead, entries) = entries(change, left, right)
    // Where there was no choice, there is nothing better to look for either.
    let room = entries.isEmpty ? .max : Self.roomKeeping
    return witness.draft(from: change.gap, lead, entries, searches: 0, room: room)
  }

  private func runsOn(_ byte: UInt8?, _ next: UInt8?) -> Bool {
    guard let byte, let next else { return false }
    return TerminalSamples.isWordByte(byte) && TerminalSamples.isWordByte(next)
  }

  private static let triesKeeping = 24
  /// How many gaps may follow before the parser's stacks are as they were.
  private static let roomKeeping = 8

  // MARK: Searching

  /// The change with other text in its gap, and where that is not enough, in gaps on its left.
  private func searching(_ change: Change) -> Witness.Draft? {
    for back in Self.gapsBack where back <= change.gap {
      let first = change.gap - back
      var (lead, entries) = entries(change, nil, nil)
      if back > 0 {
        var before = witness.gaps[first..<change.gap].map { Witness.Entry(filler: $0.filler, segment: $0.segment) }
        before[0].filler = nil
        before[back - 1].segment += lead
        (lead, entries) = ([], before + entries)
      }
      let searches = Self.searches + back
      if let draft = witness.draft(from: first, lead, entries, replacing: back + 1, searches: searches, room: .max) {
        return draft
      }
    }
    return nil
  }

  private static let gapsBack = [0, 1, 3, 8]
  private static let searches = 8
}
