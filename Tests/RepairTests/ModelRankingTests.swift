import Denoiser
import Testing

@testable import Repair

struct ModelRankingTests {
  private static let text = """
    import json


    def load_settings(path):
        \"""Read the settings of a file.\"""
        with open(path, encoding="utf-8") as stream:
            settings = json.load(stream)
        for name, value in settings.items():
            if value is None:
                raise ValueError(f"{name} has no value")
        return settings


    def save_settings(path, settings):
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(settings, stream, indent=2)
    """

  /// What a right text may have at the most: a logit of the error head below -1.
  private static let little = 4.0

  /// Replaces the first `old` of the text, and says what the model makes of it.
  private func damage(_ old: String, _ new: String, in text: String = text) throws -> Double? {
    let range = try #require(text.firstRange(of: old))
    let start = text[..<range.lowerBound].utf8.count
    let edit = TextEdit(start..<start + old.utf8.count, new)
    let edited = EditScript.apply([edit], to: Array(text.utf8))
    let ranking = ModelRanking(denoiser: try DefaultModel.denoiser())
    guard case .damage(let logit)? = ranking.judgement(edited, [edit]) else { return nil }
    return logit
  }

  @Test func wrongTokensAreDamageAndRightOnesNone() throws {
    let sound = try #require(try damage("json.load(stream)", "json.load(stream)"))
    #expect(sound < Self.little)
    for (old, new) in [
      ("json.load(stream)", "json.load(stream"), ("items():", "items()"), ("items():", "items(:"),
      ("return settings", "return ] settings"),
    ] {
      #expect(try #require(try damage(old, new)) > sound + 2, "\(new)")
    }
  }

  /// What lies out of the model's sight is no damage.
  @Test func damageFarAwayIsNotSeen() throws {
    let text = "x = ((1\n" + String(repeating: "value = compute(value)\n", count: 60) + Self.text
    #expect(try #require(try damage("json.load(stream)", "json.load(stream)", in: text)) < Self.little)
  }

  @Test func theEndOfATextIsNoDamage() throws {
    let text = "total = sum(values[a:b])"
    let sound = try #require(try damage("b", "b", in: text))
    #expect(sound < Self.little)
    #expect(try #require(try damage("b])", "b])]", in: text)) > sound + 2)
  }

  @Test func aModelWithoutErrorHeadIsAskedForLikelihood() throws {
    let ranking = ModelRanking(denoiser: .uniform(seed: 1))
    let text = Array("a = 1\n".utf8)
    guard case .likelihood(let nats)? = ranking.judgement(text, [TextEdit(4..<5, "1")]) else {
      Issue.record("no likelihood")
      return
    }
    #expect(nats < 0)
  }
}
