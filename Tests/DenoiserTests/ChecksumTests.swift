import CModel
import Foundation
import Testing

@testable import Denoiser

private func digest(_ text: String, isPortable: Bool = false) -> String {
  Array(text.utf8).withUnsafeBytes { Checksums.digest(of: $0, isPortable: isPortable) }
}

/// The first two are the examples of FIPS 180-4; the others come from sha256sum.
@Test(arguments: [
  ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ),
  ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
])
func digestsAreThoseOfTheStandard(_ text: String, _ expected: String) {
  #expect(digest(text) == expected)
  #expect(digest(text, isPortable: true) == expected)
}

@Test func bothWaysToComputeADigestAgreeAtAllLengths() {
  for count in 0..<300 {
    let text = String(repeating: "xyz", count: 100).prefix(count)
    #expect(digest(String(text)) == digest(String(text), isPortable: true), "\(count) bytes")
  }
}

@Test(arguments: [
  ("abc  config.json", "S: line 1: expected 64 hexadecimal digits, two blanks and a name, found 'abc  config.json'"),
  (String(repeating: "a", count: 64) + " x", "found"), (String(repeating: "g", count: 64) + "  x", "found"),
])
func aListThatIsNoneIsAnError(_ line: String, _ message: String) {
  let error = #expect(throws: DenoiserError.self) { try Checksums(Data(line.utf8), file: "S") }
  #expect(error?.description.contains(message) == true)
}

@Test func theDefaultModelIsWhatItsChecksumsSay() throws {
  let bytes = espalier_model_checksums()
  let list = String(decoding: UnsafeRawBufferPointer(start: bytes.start, count: bytes.count), as: UTF8.self)
  for name in ["config.json", "tokenizer.json", "model.safetensors"] { #expect(list.contains("  \(name)\n")) }
  let weights = espalier_model_weights()
  let memory = UnsafeRawBufferPointer(start: weights.start, count: weights.count)
  #expect(list.contains(Checksums.digest(of: memory) + "  model.safetensors\n"))
  var damaged = Array(memory)
  damaged[damaged.count / 2] ^= 1
  let checksums = try Checksums(Data(list.utf8), file: "SHA256SUMS")
  let error = #expect(throws: DenoiserError.self) {
    try checksums.verify(Data(damaged), of: "model.safetensors", folder: "default")
  }
  #expect(error?.description.hasPrefix("default/model.safetensors: sha256: expected ") == true)
}
