import ArgumentParser
import Foundation
import Grammar
import Recognition

struct DebugBytes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bytes")
  @Argument var prefix: String
  @Argument var right: String
  @Option var language: String = "python"
  func run() async throws {
    let language = try Language(try GrammarStore.default.open(language))
    let hole = HoleRecogniser(language, prefix: [], segments: [Array(right.utf8)])
    print("start", hole.isViable)
    for b in prefix.utf8 {
      let ok = hole.append([b])
      print(Character(UnicodeScalar(b)).debugDescription, ok, hole.frontier.heads)
      if !ok { break }
    }
    print("close", hole.canClose(), hole.completeAndClose())
  }
}
