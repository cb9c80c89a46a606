import Testing

@testable import Repair

@Suite struct EditScriptTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func sumOfEditsIsTheirResult() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let original = (0..<20).map { _ in UInt8.random(in: 97...122, using: &generator) }
      var text = original
      var script = EditScript(count: original.count)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let start = Int.random(in: 0...text.count, using: &generator)
        let end = min(text.count, start + Int.random(in: 0...4, using: &generator))
        let written = (0..<Int.random(in: 0...3, using: &generator)).map { _ in UInt8(ascii: "A") }
        script.add(TextEdit(start..<end, written))
        text.replaceSubrange(start..<end, with: written)
      }
      #expect(EditScript.apply(script.edits, to: original) == text)
      // Bytes between the edits are the original's, and edits do not touch.
      for (a, b) in zip(script.edits, script.edits.dropFirst()) { #expect(a.range.upperBound < b.range.lowerBound) }
    }
  }

  @Test func insertedTextCanBeDeletedAgain() {
    var script = EditScript(count: 3)
    script.add(TextEdit(1..<1, "xyz"))
    script.add(TextEdit(1..<4, ""))
    #expect(script.edits.isEmpty)
    #expect(EditScript.apply(script.edits, to: bytes("abc")) == bytes("abc"))
  }

  @Test func lostWordsAreCounted() {
    #expect(PieceScanner.lostWords(by: [TextEdit(0..<4, "")], from: bytes("a b a 12")) == ["a", "b"])
    let edits = [TextEdit(0..<1, "\""), TextEdit(4..<5, "\""), TextEdit(7..<7, "0")]
    #expect(PieceScanner.lostWords(by: edits, from: bytes("'key': .5")).isEmpty)
  }

  @Test func distanceBetweenWords() {
    #expect(EditCosts.distance(bytes("pritn"), bytes("print")) == 1)
    #expect(EditCosts.distance(bytes("Class"), bytes("class")) == 1)
    #expect(EditCosts.distance(bytes("for"), bytes("for")) == 0)
    #expect(EditCosts.distance(bytes(""), bytes("if")) == 2)
  }
}
