import Grammar
import Recognition
import Testing

/// The array macros that scanners are compiled with.
@Suite(.enabled(if: TestLanguages.installed.contains("php"), "the store has no grammar for PHP: run make test"))
struct ScannerArrayTests {
  /// The scanner deletes what it pops in one expression, so the macro must not evaluate it more than once.
  @Test func `a heredoc within a heredoc`() throws {
    let php = try TestLanguages.language("php")
    let text = "<?php\n$a = <<<A\nx {$f(<<<B\ny\nB)} z\nA;\n$b = <<<'C'\nw\nC;\n"
    #expect(accepts(php, text))
    #expect(!accepts(php, text.replacing("\nA;", with: "")))
  }
}
