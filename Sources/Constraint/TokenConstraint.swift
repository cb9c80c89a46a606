public import Recognition
public import Vocabulary

/// Which tokens of a vocabulary may stand at the frontier of a text with holes.
///
/// Two interfaces, one meaning: `permits` decides one token, `mask` all of them. Drawing candidates in the order of
/// their (perturbed) logits and taking the first that `permits` allows is drawing from the masked and renormalised
/// distribution.
public final class TokenConstraint {
  public let recogniser: HoleRecogniser
  public let vocabulary: Vocabulary
  private let trie: TokenTrie

  /// - Parameter trie: that of `vocabulary`; shared between constraints, since it costs most to build.
  public init(_ recogniser: HoleRecogniser, _ vocabulary: Vocabulary, trie: TokenTrie) {
    self.recogniser = recogniser
    self.vocabulary = vocabulary
    self.trie = trie
  }

  /// Whether `token` may come next. A token without bytes may not.
  public func permits(_ token: TokenID) -> Bool {
    !vocabulary.isSpecial(token) && recogniser.canAppend(vocabulary.bytes(of: token))
  }

  /// Appends `token` if it may come next.
  public func commit(_ token: TokenID) -> Bool {
    !vocabulary.isSpecial(token) && recogniser.append(vocabulary.bytes(of: token))
  }

  /// All tokens that may come next, special ones left out.
  ///
  /// Walks the trie; a byte that cannot stand prunes all tokens below it. O(bytes visited).
  public func mask() -> TokenMask {
    var mask = TokenMask(capacity: vocabulary.count)
    recogniser.beginWalk()
    trie.withHandle { trie in
      var node = 1
      while node < trie.count {
        let entry = trie[node]
        recogniser.ascend(to: Int(entry.depth) - 1)
        if recogniser.descend(entry.byte) {
          for token in trie.tokens(at: node) { mask.insert(token) }
          node += 1
        } else {
          node = Int(entry.end)
        }
      }
    }
    recogniser.endWalk()
    return mask
  }
}
