internal import CTreeSitter
internal import _StringProcessing

/// A text predicate of a query pattern, such as `(#match? @name "^[A-Z]")`.
///
/// A predicate over a capture with several nodes must hold for each of them, and holds where the capture is absent.
struct QueryPredicate {
  private let test: Test
  /// The capture's number.
  private let capture: Int
  /// Whether the predicate's name starts with `not-`.
  private let isNegated: Bool

  private enum Test {
    case equalsText([[UInt8]])
    case equalsCapture(Int)
    case matches(TextPattern)
  }

  /// Whether the predicate holds for `match`.
  func holds(for match: QueryMatch) -> Bool {
    match.nodes(capture).allSatisfy { node in
      let outcome =
        switch test {
        case .equalsText(let texts): texts.contains { node.bytes.elementsEqual($0) }
        case .equalsCapture(let other): match.nodes(other).allSatisfy { node.bytes.elementsEqual($0.bytes) }
        case .matches(let pattern): pattern.matchesPart(of: node.text)
        }
      return outcome != isNegated
    }
  }

  /// The predicates of one pattern. Directives, whose names end in `!`, only annotate and are passed over.
  static func read(from query: OpaquePointer, pattern: UInt32, source: String) throws(SyntaxError) -> [QueryPredicate] {
    var count: UInt32 = 0
    guard let first = ts_query_predicates_for_pattern(query, pattern, &count) else { return [] }
    let steps = UnsafeBufferPointer(start: first, count: Int(count)).split {
      $0.type == TSQueryPredicateStepTypeDone
    }
    let position = TextPosition(offset: Int(ts_query_start_byte_for_pattern(query, pattern)), in: Array(source.utf8))
    var predicates: [QueryPredicate] = []
    for step in steps {
      var arguments: [Argument] = []
      for part in step {
        var length: UInt32 = 0
        if part.type == TSQueryPredicateStepTypeCapture {
          arguments.append(.capture(Int(part.value_id)))
        } else if let text = ts_query_string_value_for_id(query, part.value_id, &length) {
          let bytes = UnsafeRawBufferPointer(start: text, count: Int(length))
          arguments.append(.text(String(decoding: bytes, as: UTF8.self)))
        }
      }
      do {
        if let predicate = try QueryPredicate(arguments) { predicates.append(predicate) }
      } catch {
        throw .query(
          line: position.line, column: position.column + 1, expected: error.expected, found: error.found)
      }
    }
    return predicates
  }

  private enum Argument {
    case capture(Int)
    case text(String)
  }

  private struct Mistake: Error {
    var expected: String
    var found: String
  }

  /// Nil for a directive.
  private init?(_ arguments: [Argument]) throws(Mistake) {
    guard case .text(let name) = arguments.first else {
      throw Mistake(expected: "a predicate's name", found: "a capture")
    }
    if name.hasSuffix("!") { return nil }
    let positive = name.hasPrefix("not-") ? String(name.dropFirst(4)) : name
    isNegated = name.hasPrefix("not-")
    guard ["eq?", "match?", "any-of?"].contains(positive) else {
      throw Mistake(
        expected: "one of #eq? #not-eq? #match? #not-match? #any-of? #not-any-of?", found: "'#\(name)'")
    }
    guard arguments.count > 1, case .capture(let capture) = arguments[1] else {
      throw Mistake(expected: "a capture as first argument of #\(name)", found: "none")
    }
    self.capture = capture
    let rest = arguments.dropFirst(2)
    let texts = rest.compactMap { if case .text(let text) = $0 { text } else { nil } }
    switch (positive, rest.first) {
    case ("eq?", .capture(let other)) where rest.count == 1:
      test = .equalsCapture(other)
    case ("eq?", .text(let text)) where rest.count == 1:
      test = .equalsText([Array(text.utf8)])
    case ("match?", .text(let text)) where rest.count == 1:
      do {
        test = .matches(try TextPattern(text))
      } catch {
        throw Mistake(expected: "a regular expression", found: "'\(text)': \(error.reason)")
      }
    case ("any-of?", .text) where texts.count == rest.count:
      test = .equalsText(texts.map { Array($0.utf8) })
    default:
      let wanted = ["eq?": "a string or a capture", "match?": "one string"][positive] ?? "strings"
      throw Mistake(expected: "\(wanted) as second argument of #\(name)", found: "\(rest.count) other arguments")
    }
  }
}
