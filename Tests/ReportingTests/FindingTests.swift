import Reporting
import Testing

@Suite struct FindingTests {
  let finding = Finding(
    path: "a.py", line: 3, column: 7, severity: .warning, message: "a \"message\"", rule: "some-rule")

  @Test func textIsOneLine() {
    #expect(finding.text == "a.py:3:7: warning: a \"message\" [some-rule]")
  }

  @Test func jsonKeysAreSorted() throws {
    #expect(
      String(decoding: try JSONText.line(finding), as: UTF8.self) == """
        {"column":7,"line":3,"message":"a \\"message\\"","path":"a.py","rule":"some-rule","severity":"warning"}

        """)
  }
}
