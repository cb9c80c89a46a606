import Diffusion
import Testing

@testable import Audit

@Suite struct MutationTests {
  @Test func sameSeedSameMutations() {
    var first = SeededGenerator(seed: 7)
    var second = SeededGenerator(seed: 7)
    let text = Array("one\n  two\nthree\n".utf8)
    for _ in 0..<50 {
      let (a, b) = (Mutation.apply(to: text, using: &first), Mutation.apply(to: text, using: &second))
      #expect(a.name == b.name)
      #expect(a.bytes == b.bytes)
    }
  }
}
