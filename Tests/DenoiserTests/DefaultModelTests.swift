import Testing
import Vocabulary

@testable import Denoiser

@Test func defaultModelIsPartOfTheExecutable() throws {
  let denoiser = try DefaultModel.denoiser()
  #expect(denoiser.name == "default" && denoiser.configuration?.family == .espalier)
  #expect(denoiser.padToken != nil && !denoiser.isCausal)
  let text = "def f(x):\n    return [x, 1.5e+10]\r\n\tint main(void) { puts(\"\u{e9}\"); }\n"
  var tokens = denoiser.tokenizer.encode(text)
  #expect(denoiser.tokenizer.decode(tokens) == Array(text.utf8))
  tokens[3] = denoiser.maskToken
  var logits: [Float] = []
  try denoiser.logits(for: tokens, at: [3], into: &logits)
  #expect(logits.count == denoiser.vocabulary.count && logits.allSatisfy(\.isFinite))
}

/// Whatever the default tokenizer is trained on, no token mixes a line break with code or a word with a sign; only a
/// backslash may stand with the character that it escapes.
@Test func tokensOfTheDefaultModelStayInsideLexemes() throws {
  let vocabulary = try DefaultModel.tokenizer().vocabulary
  for index in 0..<vocabulary.count {
    let bytes = vocabulary.bytes(of: TokenID(index))
    let kinds = bytes.map { byte in
      switch byte {
      case 0x30...0x39: 1
      case 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: 2
      case 0x09, 0x0A, 0x0D, 0x20: 3
      default: 4
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let isEscape = text.hasPrefix("\\") && text.unicodeScalars.count == 2 && kinds.last != 3
    #expect(
      isEscape || Set(kinds).count <= 1 && (kinds.first != 4 || bytes.count == 1),
      "token \(index): \(text)")
  }
}
