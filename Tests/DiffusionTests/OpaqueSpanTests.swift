import Diffusion
import Generation
import Syntax
import Testing

/// Holes in C files that have ERROR nodes elsewhere.
@Suite(.enabled(if: storeIsThere, storeHint)) struct OpaqueSpanTests {
  /// Macros that stand for what the grammar does not know.
  static let macros = """
    #include "queue.h"

    MODULE_LICENSE("GPL")
    EXPORT_SYMBOL_GPL(queue_push)

    static LIST_HEAD(queues) __attribute_const;

    static int __init queue_size(const struct queue *q)
    {
      return <<fill:6>>;
    }

    int queue_walk(struct queue *q)
    {
      int sum = 0;
      TAILQ_FOREACH(item, &q->items, next)
        sum += item->value;
      return sum;
    }

    """
  /// One ERROR node from the first byte to the last.
  static let around = """
    #ifdef __cplusplus
    extern "C" {
    #endif

    BEGIN_DECLS(

    int first(int a)
    {
      return <<fill:6>>;
    }

    int second(int b)
    {
      return b + 1;
    }

    """
  static let beside = """
    int parse(struct reader *r)
    {
      int value = 0;
      IF_DEBUG(printf("%d\\n", value);)
      value = <<fill:5>>;
      if (r->at END_OF_INPUT) return 0;
      return value + <<fill:3>>;
    }

    """

  struct Mark: Hashable {
    var lower: Int
    var upper: Int
    var isMissing: Bool
  }

  private func marks(_ text: [UInt8], _ parser: SyntaxParser) throws -> [Mark] {
    var marks: [Mark] = []
    var cursor = try parser.parse(text).root.cursor()
    cursor.walk { cursor in
      let node = cursor.node
      if node.isError || node.isMissing {
        marks.append(
          Mark(lower: node.byteRange.lowerBound, upper: node.byteRange.upperBound, isMissing: node.isMissing))
      }
      return node.hasError
    }
    return marks
  }

  @Test(arguments: [macros, around, beside], [1, 2, 3] as [UInt64])
  func theOldErrorsStayAndNoneIsNew(_ text: String, _ seed: UInt64) throws {
    let setting = try Setting("c")
    let parser = try SyntaxParser(setting.language.grammar)
    let canvas = try canvas(text, length: 6)
    let places = canvas.segments.indices.map { canvas.prefix.count + canvas.segments[..<$0].joined().count }
    let old = try marks(canvas.prefix + canvas.segments.joined(), parser)
    #expect(!old.isEmpty)

    let result = try setting.generate(text, seed: seed)
    #expect(
      fixedText(result.text, result.holes)
        == ([canvas.prefix] + canvas.segments).map { String(decoding: $0, as: UTF8.self) })
    let new = try marks(result.text, parser)
    for mark in new {
      for hole in result.holes {
        let isApart = mark.upper < hole.lowerBound || hole.upperBound < mark.lower
        #expect(isApart || mark.lower < hole.lowerBound && hole.upperBound < mark.upper)
      }
    }
    // Back to the offsets of the old text, in which the holes are empty.
    let moved = new.map { mark in
      func old(_ offset: Int) -> Int {
        offset - result.holes.filter { $0.upperBound <= offset }.reduce(0) { $0 + $1.count }
      }
      return Mark(lower: old(mark.lower), upper: old(mark.upper), isMissing: mark.isMissing)
    }
    #expect(Set(moved).isSubset(of: old))
    #expect(Set(old.filter { mark in !places.contains { mark.lower <= $0 && $0 <= mark.upper } }).isSubset(of: moved))
  }

  @Test func aFunctionGetsItsBodyInABrokenFile() throws {
    let text = """
      struct queue {
        TAILQ_HEAD(, item) items;
      };

      int queue_size(struct queue *q)
      {
      }

      """
    let setting = try Setting("c")
    #expect(try !SyntaxParser(setting.language.grammar).accepts(Array(text.utf8)))
    let plan = try FunctionPlan(setting.language).plan(Array(text.utf8), name: "queue_size", length: 8)
    let result = try setting.fill(plan)
    #expect(result.text[result.holes[0]].contains { $0 > 0x20 })
  }

  @Test func whatIsBrokenAtTheHoleIsStillAnError() throws {
    let setting = try Setting("c")
    let error = #expect(throws: GenerationError.self) {
      try setting.generate("int f(int a)\n{\n  return (1 + ]<<fill:3>>;\n}\n")
    }
    #expect(error?.line == 3)
  }
}
