import Testing

@testable import Vocabulary

private func vocabulary(_ words: [String], specials: Int = 0) -> Vocabulary {
  Vocabulary(tokens: words.map { Array($0.utf8) } + Array(repeating: [], count: specials))
}

@Test func trieStandsDepthFirst() {
  let trie = TokenTrie(vocabulary(["ba", "a", "abc", "b", "a"], specials: 2))
  #expect(trie.nodes.map(\.byte) == [0, 97, 98, 99, 98, 97, 0])
  #expect(trie.nodes.map(\.depth) == [0, 1, 2, 3, 1, 2, 0])
  #expect(trie.nodes.map(\.end) == [6, 4, 4, 4, 6, 6, 6])
  #expect(trie.tokens.map(\.index) == [1, 4, 2, 3, 0])
  #expect(trie.depth == 3)
  #expect(Array(trie.tokens(matching: "a".utf8)) == [TokenID(1), TokenID(4)])
  #expect(trie.tokens(matching: "ab".utf8).isEmpty)
  #expect(trie.tokens(matching: "zz".utf8).isEmpty)
  trie.withHandle { handle in
    #expect(Array(handle.tokens(at: 1)) == [TokenID(1), TokenID(4)])
    #expect(Array(handle.tokens(below: 1)) == [TokenID(1), TokenID(4), TokenID(2)])
    #expect(Array(handle.tokens(below: 0)).count == 5)
  }
}

@Test func emptyTrieHasARootOnly() {
  let trie = TokenTrie(vocabulary([], specials: 3))
  #expect(trie.count == 1)
  #expect(trie.tokens.isEmpty)
  trie.withHandle { #expect($0.tokens(below: 0).isEmpty) }
}

/// A walk that refuses bytes finds exactly the tokens without such a byte.
@Test func walkPrunesSubtrees() throws {
  let vocabulary = try TokenizerReferences.base().vocabulary
  let trie = TokenTrie(vocabulary)
  let refused = Set("aeiou \n".utf8)
  var mask = TokenMask(capacity: vocabulary.count)
  var visited = 0
  trie.withHandle { handle in
    var node = 1
    while node < handle.count {
      visited += 1
      if refused.contains(handle[node].byte) {
        node = Int(handle[node].end)
      } else {
        for token in handle.tokens(at: node) { mask.insert(token) }
        node += 1
      }
    }
  }
  for index in 0..<vocabulary.count {
    let bytes = vocabulary.bytes(of: TokenID(index))
    #expect(mask.contains(TokenID(index)) == (!bytes.isEmpty && refused.isDisjoint(with: bytes)))
  }
  #expect(visited < trie.count)
}

@Test func maskIsASet() {
  var mask = TokenMask(capacity: 70)
  #expect(mask.isEmpty)
  for index in [0, 31, 32, 69] { mask.insert(TokenID(index)) }
  #expect(mask.count == 4)
  #expect(mask.contains(TokenID(31)) && !mask.contains(TokenID(30)))
  var other = TokenMask(capacity: 70)
  for index in [31, 69, 5] { other.insert(TokenID(index)) }
  #expect(mask.intersection(other).map(\.index) == [31, 69])
  mask.formUnion(other)
  #expect(mask.count == 5)
  mask.remove(TokenID(69))
  #expect(!mask.contains(TokenID(69)))
  mask.removeAll()
  #expect(mask.isEmpty)
}

@Test func vocabularyIsPaddedWithSpecialTokens() {
  let vocabulary = vocabulary(["ab", "c"]).padded(to: 5)
  #expect(vocabulary.count == 5)
  #expect(vocabulary.isSpecial(TokenID(4)))
  #expect(vocabulary.longestToken == 2)
  #expect(vocabulary.bytes(of: [TokenID(1), TokenID(4), TokenID(0)]) == Array("cab".utf8))
}

/// A subtree has the kinds of all bytes that its tokens go on with.
@Test func nodesKnowTheKindsOfBytesBelowThem() throws {
  func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }
  let vocabulary = try TokenizerReferences.base().vocabulary
  let letters = ByteKinds(allOf: isLetter)
  var (alike, other) = (0, 0)
  TokenTrie(vocabulary).withHandle { trie in
    for node in 1..<trie.count {
      let isAlike = trie.tokens(below: node).allSatisfy { token in
        vocabulary.bytes(of: token).dropFirst(Int(trie[node].depth) - 1).allSatisfy(isLetter)
      }
      #expect(trie.kinds(below: node).isSubset(of: letters) == isAlike)
      if isAlike { alike += 1 } else { other += 1 }
    }
  }
  #expect(alike > 10 && other > 10)
}

/// A kind counts only if all its bytes do.
@Test func kindsOfBytesAreTakenAsAWhole() {
  var digits = ByteKinds()
  digits.insert(UInt8(ascii: "7"))
  #expect(digits.isSubset(of: ByteKinds(allOf: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })))
  #expect(!digits.isSubset(of: ByteKinds(allOf: { UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 })))
  var bracket = ByteKinds()
  bracket.insert(UInt8(ascii: "("))
  #expect(!bracket.isSubset(of: ByteKinds(allOf: { $0 != UInt8(ascii: "(") })))
  #expect(bracket.isSubset(of: ByteKinds(allOf: { $0 != UInt8(ascii: ")") })))
}
