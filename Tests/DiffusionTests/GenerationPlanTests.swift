import Diffusion
import Generation
import Syntax
import Testing

@Suite struct MarkerTests {
  @Test func markersAreTakenOutOfTheText() throws {
    let plan = try #require(try Markers.plan(Array("a<<fill>>b\n<<fill:3>>".utf8), length: 9))
    #expect(plan.canvas.prefix == Array("a".utf8))
    #expect(plan.canvas.segments == [Array("b\n".utf8), []])
    #expect(plan.canvas.lengths == [9, 3])
    #expect(plan.lines == [1, 2])
  }

  @Test(arguments: ["a", "a <<fill", "a <<fill: b", "1 <<fill:\n>> 2", "<<filler>>"])
  func otherTextIsNoMarker(_ text: String) throws {
    #expect(try Markers.plan(Array(text.utf8), length: 9) == nil)
  }

  @Test(arguments: ["<<fill:0>>", "<<fill:>>", "<<fill:-3>>", "<<fill:99999>>", "<<fill:x>>"])
  func malformedMarkersAreErrorsWithTheirLine(_ text: String) throws {
    let error = #expect(throws: GenerationError.self) { try Markers.plan(Array("\n\(text)".utf8), length: 9) }
    #expect(error?.line == 2)
    #expect(error?.isUsage == true)
  }
}

@Suite(.enabled(if: storeIsThere, storeHint)) struct FunctionPlanTests {
  @Test(arguments: [
    ("python", "def f(a):\n    pass\n", "def f(a):\n    ", "\n"),
    ("python", "def f(a): ...\n", "def f(a):\n    ", "\n"),
    ("python", "def f(a):\n  \"\"\"Doc.\"\"\"\n\n\nx = 1\n", "def f(a):\n  \"\"\"Doc.\"\"\"\n  ", "\n\n\nx = 1\n"),
    ("python", "def f(a):\n", "def f(a):\n    ", "\n"), ("python", "def f(a):", "def f(a):\n    ", ""),
    ("c", "int f(int a) {}\n", "int f(int a) {\n    ", "\n}\n"),
    ("c", "int f(int a) {}\r\n", "int f(int a) {\r\n    ", "\r\n}\r\n"),
    ("c", "int f(int a)", "int f(int a) {\n    ", "\n}"),
    (
      "c", "int f(int a)\n\nint g(void) {\n  return f(1);\n}\n", "int f(int a) {\n  ",
      "\n}\n\nint g(void) {\n  return f(1);\n}\n"
    ),
    ("c", "static char **f(int a) {\n}\n", "static char **f(int a) {\n    ", "\n}\n"),
  ])
  func theBodyBecomesTheHole(_ language: String, _ text: String, _ before: String, _ behind: String) throws {
    let setting = try Setting(language)
    let plan = try FunctionPlan(setting.language).plan(Array(text.utf8), name: "f", length: 6)
    #expect(String(decoding: plan.canvas.prefix, as: UTF8.self) == before)
    #expect(plan.canvas.segments.map { String(decoding: $0, as: UTF8.self) } == [behind])
    let result = try setting.fill(plan)
    #expect(try SyntaxParser(setting.language.grammar).accepts(result.text))
    #expect(fixedText(result.text, result.holes) == [before, behind])
    #expect(result.text[result.holes[0]].contains { $0 > 0x20 })
  }

  @Test(arguments: [
    ("python", "def f(a):\n    return a\n"), ("c", "int f(int a)\n{\n  return a;\n}\n"),
    ("c", "int f(int a) { return a; }"),
  ])
  func aBodyIsNotReplaced(_ language: String, _ text: String) throws {
    let error = #expect(throws: GenerationError.self) {
      try FunctionPlan(try Setting(language).language).plan(Array(text.utf8), name: "f", length: 6)
    }
    guard case .functionHasBody("f", line: 1) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
  }

  @Test func anUnknownFunctionIsAnError() throws {
    let plan = try FunctionPlan(try Setting("python").language)
    let error = #expect(throws: GenerationError.self) { try plan.plan(Array("x = 1\n".utf8), name: "f", length: 6) }
    #expect(error?.isUsage == true)
  }

  @Test func linesEndAsThoseOfTheFile() throws {
    let setting = try Setting("c")
    for seed in 1...4 as ClosedRange<UInt64> {
      let result = try setting.generate("int f(void) {\r\n  <<fill:20>>\r\n}\r\n", seed: seed)
      for (index, byte) in result.text.enumerated() where byte == 0x0A {
        #expect(index > 0 && result.text[index - 1] == 0x0D)
      }
    }
  }
}
