import Syntax
import Testing

@testable import Recognition

/// A canvas that is written in anywhere stays completable, and what completes it parses.
@Suite(.enabled(if: storeIsThere, storeHint)) struct CanvasRecogniserTests {
  private static let texts = [
    "json": Snippets.json, "c": Snippets.c, "python": Self.python, "go": Self.go, "java": Self.java,
  ]

  /// True terminals written in random order: the completion always parses, and has all fixed text in order.
  @Test(arguments: texts.keys.filter(TestLanguages.installed.contains).sorted(), 1...3)
  func completionsParseAndKeepFixedText(_ name: String, _ seed: UInt64) throws {
    let language = try TestLanguages.language(name, dialect: true)
    let text = Array(try #require(Self.texts[name]).utf8)
    let parser = try SyntaxParser(language.grammar)
    var random = Random(state: seed)
    var pieces = Self.pieces(of: text, language, using: &random)
    let canvas = CanvasRecogniser(language, prefix: pieces[0].text, segments: pieces[1...].map(\.text))
    try #require(canvas.isCompletable)
    let masked = pieces.reduce(0) { $0 + $1.masked.count }
    var refused = 0
    while let gap = (1..<pieces.count).filter({ !pieces[$0].isRefused }).randomElement(using: &random) {
      let masked = pieces[gap].masked
      let index = masked.indices.randomElement(using: &random)!
      let isAllowed = canvas.commit(
        masked[index], in: gap - 1, leavesLeft: index > 0, leavesRight: index < masked.count - 1)
      if isAllowed {
        Self.write(index, in: gap, &pieces)
      } else {
        (refused, pieces[gap].isRefused) = (refused + 1, true)
      }
      let completion = canvas.completion
      #expect(parser.accepts(completion), "\(String(decoding: completion, as: UTF8.self))")
      #expect([canvas.prefix] + (0..<canvas.gapCount).map { canvas.segment(behind: $0) } == pieces.map(\.text))
      let filled = (0..<canvas.gapCount).flatMap { canvas.filler(of: $0) + canvas.segment(behind: $0) }
      #expect(canvas.prefix + filled == completion)
    }
    if refused == 0 { #expect(canvas.gapCount == 0 && canvas.completion == text) }
    #expect(refused * 4 <= masked && (name != "json" || refused == 0))
  }

  /// Where `HoleRecogniser` can still decide, a text that is taken is one that it takes, and in JSON nothing else is refused.
  @Test(arguments: 1...40) func agreesWithAllWays(_ seed: UInt64) throws {
    let language = try TestLanguages.language("json", dialect: true)
    var random = Random(state: seed)
    let marks = ["[", "]", "{", "}", ",", ":", "1", "\"a\"", "true"].map { Array($0.utf8) }
    let segments = (0..<Int.random(in: 1...3, using: &random)).map { _ in marks.randomElement(using: &random)! }
    let prefix = Array("[".utf8)
    let canvas = CanvasRecogniser(language, prefix: prefix, segments: segments)
    #expect(canvas.isCompletable == HoleRecogniser(language, prefix: prefix, segments: segments).isViable)
    for _ in 0..<12 where canvas.isCompletable && canvas.gapCount > 0 {
      let gap = Int.random(in: 0..<canvas.gapCount, using: &random)
      let mark = marks.randomElement(using: &random)!
      var changed = (0..<canvas.gapCount).map { canvas.segment(behind: $0) }
      changed.insert(mark, at: gap)
      let before = canvas.completion
      let isAllowed = canvas.commit(mark, in: gap, leavesLeft: true, leavesRight: true)
      #expect(isAllowed == HoleRecogniser(language, prefix: canvas.prefix, segments: changed).isViable)
      if !isAllowed { #expect(canvas.completion == before && canvas.gapCount == changed.count - 1) }
    }
  }

  /// Stacks of a search that are alike at the top are followed once, by the first way.
  @Test func stacksThatAreAlikeAreOneNode() {
    var stacks = GapStacks()
    defer { stacks.deallocate() }
    let key = GapStacks.Key(state: 3, brackets: 0, role: .reads, position: 7, columns: 0)
    var other = key
    other.state = 4
    let (top, below) = (stacks.node(key), stacks.node(other))
    let again = stacks.node(key)
    #expect(again == top && below != top)
    let first = stacks.propose(GapStacks.Edge(node: below, below: stacks.root, cost: 2))
    let dear = stacks.propose(GapStacks.Edge(node: below, below: stacks.root, cost: 5))
    let upper = stacks.propose(GapStacks.Edge(node: top, below: below, cost: 1))
    let entered = [stacks.enter(first), stacks.enter(dear), stacks.enter(upper)]
    #expect(entered == [true, false, true])
    #expect(stacks.nodes[below].bestEdge == first && stacks.nodes[top].cost == 3)
    let wait = GapStacks.Wait(
      node: top, count: 2, action: .reduces, operand: 1,
      target: GapStacks.Key(state: 0, brackets: 0, role: .rises, position: 7, columns: 0), cost: 4)
    let (known, like) = (stacks.add(wait), stacks.add(wait))
    #expect(known != nil && like == nil)
  }

  @Test func gapsCanBeClosed() throws {
    let language = try TestLanguages.language("json", dialect: true)
    let canvas = CanvasRecogniser(
      language, prefix: Array("[".utf8), segments: [Array("], 1".utf8), Array("]".utf8)])
    #expect(canvas.isCompletable)
    // The second array needs one around it.
    #expect(!canvas.commit(Array("1".utf8), in: 0, leavesLeft: false, leavesRight: false))
    #expect(canvas.gapCount == 2)
    #expect(canvas.commit(Array("[".utf8), in: 0, leavesLeft: false, leavesRight: false))
    #expect(canvas.commit([], in: 0, leavesLeft: false, leavesRight: false))
    #expect(canvas.gapCount == 0 && canvas.completion == Array("[[], 1]".utf8))
  }

  @Test func textThatNothingCompletesIsNotTaken() throws {
    let language = try TestLanguages.language("json", dialect: true)
    let canvas = CanvasRecogniser(language, prefix: Array("[".utf8), segments: [Array("] ]".utf8), Array("1".utf8)])
    #expect(!canvas.isCompletable)
    #expect(!canvas.commit(Array("[".utf8), in: 0, leavesLeft: true, leavesRight: true))
  }

  private static let python = """
    def total(values, limit=10):
        result = 0
        for value in values:
            if value > limit:
                continue
            result += value
        return result

    """

  private static let go = """
    package main

    import "fmt"

    // Sums of both kinds.
    func sums(values []int) (even, odd int) {
    \tfor _, value := range values {
    \t\tif value%2 == 0 {
    \t\t\teven += value
    \t\t} else {
    \t\t\todd += value
    \t\t}
    \t}
    \treturn even, odd
    }

    func main() {
    \tfmt.Println(sums([]int{1, 2, 3}))
    }

    """

  private static let java = """
    import java.util.List;

    /** Sums of both kinds. */
    class Sums {
      private int even, odd;

      Sums(List<Integer> values) {
        for (int value : values) {
          if (value % 2 == 0) even += value; else { odd += value; }
        }
      }

      public String toString() { return "even " + even + ", odd " + odd; }
    }

    """

  /// Fixed text with the terminals that are masked in front of it, each with its padding.
  private struct Piece {
    var masked: [[UInt8]] = []
    var text: [UInt8] = []
    var isRefused = false
  }

  /// Masks a quarter of the terminals, but none beside which the context changes, as quotes.
  private static func pieces(of text: [UInt8], _ language: Language, using random: inout Random) -> [Piece] {
    let recogniser = Recogniser(language)
    var frontier = recogniser.start(of: text)
    var boundaries: [(offset: Int, context: TextContext)] = []
    text.withUnsafeBufferPointer {
      _ = recogniser.advance(&frontier, $0, isComplete: true) { position, heads in
        if boundaries.last.map({ $0.offset < position }) ?? true {
          boundaries.append((position, recogniser.context(of: heads[0])))
        }
      }
    }
    var pieces = [Piece()]
    var isJoined = false
    for (start, end) in zip(boundaries, boundaries.dropFirst()) {
      let terminal = Array(text[start.offset..<end.offset])
      let isMasked = start.context == end.context && Int.random(in: 0..<4, using: &random) == 0
      if !isMasked {
        pieces[pieces.count - 1].text += terminal
      } else if isJoined {
        pieces[pieces.count - 1].masked.append(terminal)
      } else {
        pieces.append(Piece(masked: [terminal]))
      }
      isJoined = isMasked
    }
    pieces[pieces.count - 1].text += text[boundaries[boundaries.count - 1].offset...]
    return pieces
  }

  private static func write(_ index: Int, in gap: Int, _ pieces: inout [Piece]) {
    let piece = pieces[gap]
    let (left, right) = (Array(piece.masked[..<index]), Array(piece.masked[(index + 1)...]))
    let text = piece.masked[index]
    switch (left.isEmpty, right.isEmpty) {
    case (true, true):
      pieces[gap - 1].text += text + piece.text
      pieces.remove(at: gap)
    case (true, false):
      pieces[gap - 1].text += text
      pieces[gap].masked = right
    case (false, true): pieces[gap] = Piece(masked: left, text: text + piece.text)
    case (false, false):
      pieces[gap] = Piece(masked: left, text: text)
      pieces.insert(Piece(masked: right, text: piece.text), at: gap + 1)
    }
  }
}
