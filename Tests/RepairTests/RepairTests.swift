import Denoiser
import Foundation
import Grammar
import Testing

@testable import Repair

/// Whether the grammars that these tests need are installed; the Makefile sets the variable.
private let hasGrammars: Bool = {
  guard ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil else { return false }
  return ["python", "json", "c"].allSatisfy { (try? GrammarStore.default.open($0)) != nil }
}()

@Suite(.enabled(if: hasGrammars, "needs ESPALIER_HOME with the python, json and c grammars"))
struct RepairTests {
  private func options() -> RepairOptions {
    var options = RepairOptions()
    options.asksReference = false
    return options
  }

  private func best(_ language: String, _ text: String) throws -> String? {
    let repairer = try Repairer(try GrammarStore.default.open(language))
    guard case .repaired(let proposals) = repairer.repair(Array(text.utf8), options()) else { return nil }
    return proposals.first.map { String(decoding: $0.text, as: UTF8.self) }
  }

  @Test(arguments: [
    ("python", "x = foo(1, 2\ny = 3\n", "x = foo(1, 2)\ny = 3\n"),
    ("python", "print \"hi\"\n", "print(\"hi\")\n"),
    ("python", "def f(x):\nreturn x\n", "def f(x):\n    return x\n"),
    ("python", "  x = 1\n  y = 2\n", "x = 1\ny = 2\n"),
    ("python", "try:\n    f()\nexcept E, e:\n    g()\n", "try:\n    f()\nexcept E as e:\n    g()\n"),
    ("python", "for i in x\n    f(i)\n", "for i in x:\n    f(i)\n"),
    ("json", "{\"a\": [1, 2,}", "{\"a\": [1, 2]}"),
    ("json", "{'a': .5}", "{\"a\": 0.5}"),
    ("json", "[1 true]", "[1, true]"),
    // Numbers that the grammar does not know stay as they are.
    ("json", "{\"a\": 1.2e+5, \"b\": [1, 2}", "{\"a\": 1.2e+5, \"b\": [1, 2]}"),
    ("json", "[1e+2 3E+4]", "[1e+2, 3E+4]"),
    ("json", "[+1e+2, 3e+]", "[1e+2, \"3e+\"]"),
    // The letter of an escape is no part of the word behind it.
    ("json", "[\"new\nline\"]", "[\"new\\nline\"]"), ("json", "[\"a\tb\"]", "[\"a\\tb\"]"),
    ("json", "\u{FEFF}{\"a\": 1}", "{\"a\": 1}"),
    ("json", "{\"a\": 1}\n{\"a\": 2}\n", "[{\"a\": 1},\n{\"a\": 2}]\n"),
    ("c", "int main() { return 0\n}\n", "int main() { return 0;\n}\n"),
    ("c", "int f(int a, int b) { return a and b; }\n", "int f(int a, int b) { return a && b; }\n"),
    // The indentation tells which block is not closed, or closed twice.
    (
      "c", "int f(int a) {\n  while (a) {\n    if (a) {\n      a = 1;\n    g();\n  }\n  return a;\n}\nint b;\n",
      "int f(int a) {\n  while (a) {\n    if (a) {\n      a = 1;\n    }\n    g();\n  }\n  return a;\n}\nint b;\n"
    ),
    (
      "c", "int f(int a) {\n  if (a) {\n    a = 1;\n    }\n  }\n  return a;\n}\nint b;\n",
      "int f(int a) {\n  if (a) {\n    a = 1;\n  }\n  return a;\n}\nint b;\n"
    ),
  ])
  func repairsAsPeopleDo(_ language: String, _ broken: String, _ fixed: String) throws {
    #expect(try best(language, broken) == fixed)
  }

  /// What is missing at the head of a line shows at its end.
  @Test(arguments: [
    ("go", "package p\n\n Foo(s *T, b, next *U) {\n\ts.run(b)\n}\n", " func Foo("),
    ("javascript", "class Node {}\n\nLink extends Node {\n  constructor() { super(); }\n}\n", "class Link extends"),
  ])
  func keywordsAreWrittenInFrontOfLines(_ language: String, _ broken: String, _ head: String) throws {
    guard GrammarStore.default.list().contains(where: { $0.name == language }) else { return }
    #expect(try best(language, broken)?.contains(head) == true)
  }

  /// The one edit that is needed costs more than others that lead nowhere, and the text goes on for long behind it.
  @Test func aDearEditIsFoundBehindAFullBeam() throws {
    guard GrammarStore.default.list().contains(where: { $0.name == "javascript" }) else { return }
    func text(swapping swapped: Int?) -> String {
      let parts = (0..<60).map { index in
        let head = "  message.part\(index) !== undefined && (object.part\(index) = message.part\(index)\n"
        let (first, second) = ("    ? exports.Part.toJSON(message.part\(index))\n", "    : undefined);\n")
        return head + (index == swapped ? second + first : first + second)
      }
      return "function write(message) {\n  const object = {};\n\(parts.joined())  return object;\n}\n"
    }
    #expect(try best("javascript", text(swapping: 20)) == text(swapping: nil))
  }

  /// What takes two edits, or one made again and again; the cheapest alone would be another.
  @Test(arguments: [
    ("python", "x = [\n  {'a': 1, 'b'= 2},\n  {'a': 3, 'b'= 4},\n  {'a': 5, 'b'= 6},\n]\n", ["'b'= ", "'b': "]),
    ("python", "x = [[1 3 4], [5 5 6]]\n", [" 3 ", ", 3, ", " 5 ", ", 5, "]),
    ("python", "def f(n):\n   if n == 50\n   return True\n", ["50\n   ", "50:\n      "]),
    ("python", "def f(x):\n  return ('a': x)\n", ["('a'", "{'a'", "x)\n", "x}\n"]),
    ("python", "def f(**self**):\n    return 1\n", ["**", ""]),
    ("python", "a = 192.0.0.2\n", ["192.0.0.2", "'192.0.0.2'"]),
    ("python", "2d_list.append(new)\n", ["2d", "_2d"]), ("python", "from foo.bar\n", ["from", "import"]),
    ("python", "enter code here\nx = 1\n", ["enter code here\n", ""]),
    ("python", "x = 'farmer's and mouse's'\n", ["= '", "= \"", "'\n", "\"\n"]),
    ("c", "int f(int a) {\n  return a[1);\n}\nint b[2];\n", ["[1)", "[1]"]),
  ])
  func isAmongTheProposals(_ language: String, _ broken: String, _ changes: [String]) throws {
    let repairer = try Repairer(try GrammarStore.default.open(language))
    guard case .repaired(let proposals) = repairer.repair(Array(broken.utf8), options()) else {
      Issue.record("not repaired")
      return
    }
    var wanted = broken
    for index in stride(from: 0, to: changes.count, by: 2) {
      wanted = wanted.replacing(changes[index], with: changes[index + 1])
    }
    let texts = proposals.map {
      String(decoding: $0.text, as: UTF8.self).replacing("\"192.0.0.2\"", with: "'192.0.0.2'")
    }
    #expect(texts.contains(wanted), "\(texts)")
  }

  @Test func proposalsAreOfDifferentKinds() throws {
    let repairer = try Repairer(try GrammarStore.default.open("python"))
    guard case .repaired(let proposals) = repairer.repair(Array("x = [a b]\ny = 1\n".utf8), options()) else {
      Issue.record("not repaired")
      return
    }
    let texts = proposals.map { String(decoding: $0.text, as: UTF8.self).replacing(" ", with: "") }
    #expect(Set(texts).count == texts.count)
    let operators = texts.filter { $0.firstMatch(of: /\[a[-+*\/%&|^@<>]+b\]/) != nil }
    #expect(texts.count == 10)
    #expect(operators.count <= 2)
  }

  /// A line break or its like between two terminals makes no other repair inside brackets.
  @Test func proposalsDifferInTerminals() throws {
    let repairer = try Repairer(try GrammarStore.default.open("python"))
    let text = "x = [\n    {'a': 1}\n    {'b': 2}\n]\n"
    guard case .repaired(let proposals) = repairer.repair(Array(text.utf8), options()) else {
      Issue.record("not repaired")
      return
    }
    let texts = proposals.map { String(decoding: $0.text, as: UTF8.self).filter { !$0.isWhitespace } }
    #expect(texts.count { $0 == "x=[{'a':1},{'b':2}]" } == 1)
  }

  @Test(arguments: [
    ("python", "x = 1\r\n"), ("python", "if x:\n\tpass"), ("python", ""), ("json", "1e+2"), ("c", "int x;"),
  ])
  func leavesValidTextAlone(_ language: String, _ text: String) throws {
    let repairer = try Repairer(try GrammarStore.default.open(language))
    guard case .valid = repairer.repair(Array(text.utf8), options()) else {
      Issue.record("\(text) is valid")
      return
    }
  }

  @Test func keepsLineEndsAndAMissingFinalOne() throws {
    #expect(try best("python", "x = (1\r\ny = 2") == "x = (1)\r\ny = 2")
  }

  @Test func jsonNeverLosesWords() throws {
    let repairer = try Repairer(try GrammarStore.default.open("json"))
    for text in ["{\"a\": 1} /* why */", "[1, 2 three]", "{\"a\" b}", "[nul]"] {
      guard case .repaired(let proposals) = repairer.repair(Array(text.utf8), options()) else { continue }
      for proposal in proposals { #expect(proposal.lostWords.isEmpty) }
    }
  }

  @Test func regression_severalBracketsMissingAtTheEnd() throws {
    #expect(try best("json", "{\"a\": [[1") == "{\"a\": [[1]]}")
  }

  /// The string's last line has the indentation left that stood in front of the quotes.
  @Test func regression_aStringOfSeveralLinesIsNotClosed() throws {
    let head = "def f(x):\n    \"\"\"Tell x.\n\n    Arguments:\n        x: what to tell.\n\n    "
    let body = "\n    while x:\n        print(x)\n        x = x - 1\n"
    #expect(try best("python", head + body) == head + "\"\"\"" + body)
  }

  @Test func regression_twoThingsAtOneLineEnd() throws {
    #expect(
      try best("c", "int f(int a) {\n  return g(a > 1? )\n}\n") == "int f(int a) {\n  return g(a > 1 );\n}\n")
  }

  @Test func regression_keywordsAreNoLabels() throws {
    #expect(try best("c", "int f(int a) {\n  if (a) a = 1;\n  else: a = 2;\n}\n")?.contains("else:") == false)
  }

  /// A bracket before and behind a blank is one repair; the model once chose the odd one.
  @Test func regression_placesBetweenBlanksAreOneProposal() throws {
    let repairer = try Repairer(GrammarStore.default.open("c"), model: { try DefaultModel.denoiser() })
    let text = "int f(int a) {\n  while (g(a) {\n    a++;\n  }\n  return a;\n}\n"
    guard case .repaired(let proposals) = repairer.repair(Array(text.utf8), options()) else {
      Issue.record("not repaired")
      return
    }
    let first = String(decoding: proposals[0].text, as: UTF8.self)
    #expect(first == text.replacing("(a) {", with: "(a)) {"))
    let pieces = proposals.map { String(decoding: $0.text, as: UTF8.self).replacing(" ", with: "") }
    #expect(pieces.count { $0 == pieces[0] } == 1)
  }

  @Test func regression_bracketsInStringsAreNoBrackets() throws {
    let repairer = try Repairer(try GrammarStore.default.open("python"))
    guard case .valid = repairer.repair(Array("x = f(f'({y})'\n      f'{z}')\n".utf8), options()) else {
      Issue.record("a format string that ends in a bracket is valid")
      return
    }
  }

  /// Damaged text is repaired to clean text that keeps every byte outside the edits, or refused; nothing crashes.
  @Test(arguments: ["python", "json", "c"]) func randomDamage(_ language: String) throws {
    let samples = [
      "python":
        "class A:\n    def f(self, x):\n        if x > 1:\n            return [x, 'a']\n        return {x: 2}\n",
      "json": "{\"a\": [1, 2, {\"b\": null}], \"c\": \"d\"}\n",
      "c": "int f(int a) {\n  for (int i = 0; i < a; i++) { g(i, \"x\"); }\n  return a;\n}\n",
    ]
    let original = Array((samples[language] ?? "").utf8)
    let repairer = try Repairer(try GrammarStore.default.open(language))
    var options = options()
    options.timeout = 2
    var seed: UInt64 = 7
    func random(_ limit: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % max(limit, 1)
    }
    let bytes = Array("(){}[]\"':;,.\\ \n\tax0".utf8)
    for _ in 0..<25 {
      var text = original
      let start = random(text.count)
      text.removeSubrange(start..<min(text.count, start + random(3)))
      text.insert(bytes[random(bytes.count)], at: random(text.count))
      guard case .repaired(let proposals) = repairer.repair(text, options) else { continue }
      for proposal in proposals {
        #expect(EditScript.apply(proposal.edits, to: text) == proposal.text)
        guard case .valid = repairer.repair(proposal.text, options) else {
          Issue.record("not valid: \(String(decoding: proposal.text, as: UTF8.self))")
          continue
        }
      }
    }
  }

  // MARK: What the rest of the text tells

  /// Two words that ran together: the rest of the text has the first of them in front of a bracket.
  @Test func wordsThatRanTogetherAreParted() throws {
    func lines(_ name: String) -> String {
      (0..<80).map { "int \(name)\($0)(int b) { return f(b); }\n" }.joined()
    }
    let (before, behind) = ("int f(int);\n" + lines("h"), lines("k"))
    #expect(
      try best("c", before + "int g(int b) { return fb); }\n" + behind)
        == before + "int g(int b) { return f(b); }\n" + behind)
  }

  @Test func confidencesAreParts() throws {
    let repairer = try Repairer(try GrammarStore.default.open("python"))
    guard case .repaired(let proposals) = repairer.repair(Array("for x items:\n    f(x)\n".utf8), options()) else {
      Issue.record("not repaired")
      return
    }
    #expect(proposals.count > 1)
    #expect(abs(proposals.reduce(0) { $0 + $1.confidence } - 1) < 1e-9)
    #expect(proposals[0].confidence >= proposals[1].confidence)
  }

  @Test func nothingMuchIsDeleted() throws {
    let repairer = try Repairer(try GrammarStore.default.open("c"))
    let prose = String(repeating: "this is no program but a long text about one, and more; ", count: 30)
    guard case .repaired(let proposals) = repairer.repair(Array(("int x;\n" + prose + "\n").utf8), options()) else {
      return
    }
    for proposal in proposals {
      let deleted = proposal.edits.reduce(0) { $0 + $1.range.count }
      #expect(deleted <= prose.utf8.count / 2)
    }
  }
}

@Suite struct LostWordTests {
  @Test(arguments: [
    ("one two three", [TextEdit(4..<8, "")], ["two"]), ("one two", [TextEdit(2..<3, "")], ["one"]),
    ("a b", [TextEdit(0..<1, "b"), TextEdit(2..<3, "a")], []), ("ab", [TextEdit(1..<1, " ")], ["ab"]),
    ("ab cd", [TextEdit(0..<1, ""), TextEdit(1..<2, "")], ["ab"]), ("x(y", [TextEdit(3..<3, ")")], []),
    ("a\nb", [TextEdit(1..<2, "\\n")], []), ("\\data", [TextEdit(0..<0, "\\")], []),
    ("a\nb", [TextEdit(1..<3, "\\n")], ["b"]),
  ])
  func wordsThatEditsLose(_ text: String, _ edits: [TextEdit], _ lost: [String]) {
    #expect(PieceScanner.lostWords(by: edits, from: Array(text.utf8)) == lost)
  }
}

@Suite struct TextHabitsTests {
  private let text = Array("if (a == 1) b(a);\nif (c == 2) b(c);\nif (d == 3) b(d);\n".utf8)
  private var habits: TextHabits {
    TextHabits(text, around: 0, PieceScanner(symbols: [Array("==".utf8)]), keywords: [Array("if".utf8)])
  }

  @Test func whatIsLikeTheRestIsLikelier() {
    let broken = Array("if (a == 1) b(a);\nif (e 2) b(e);\nif (d == 3) b(d);\n".utf8)
    let place = Array("if (a == 1) b(a);\nif (e ".utf8).count
    let good = habits.gain([TextEdit(place..<place, "== ")], of: broken)
    let bad = habits.gain([TextEdit(place..<place, ", ")], of: broken)
    #expect(good > bad)
  }

  @Test func guessesAreWhatStandsAtLikePlaces() {
    let guesses = habits.guesses(after: Array("x;\nif (".utf8)[...], before: Array(" == 2) b(e);".utf8)[...], limit: 3)
    #expect(Set(guesses.map { String(decoding: $0, as: UTF8.self) }) == ["a", "c", "d"])
  }

  @Test func blanksAreThoseOfTheText() {
    let broken = Array("if (e2) x;\n".utf8)
    let edits = habits.spaced([TextEdit(5..<5, "==")], of: broken)
    #expect(String(decoding: EditScript.apply(edits, to: broken), as: UTF8.self) == "if (e == 2) x;\n")
  }

  @Test func emptyTextHasNoHabits() {
    let empty = TextHabits([], around: 0, PieceScanner(symbols: []), keywords: [])
    #expect(empty.gain([TextEdit(0..<0, "x")], of: []).isFinite)
    #expect(empty.guesses(after: [], before: [], limit: 3).isEmpty)
    #expect(empty.spaced([TextEdit(0..<0, "x")], of: []) == [TextEdit(0..<0, "x")])
  }
}
