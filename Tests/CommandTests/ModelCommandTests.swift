import Foundation
import Testing

@Suite(.enabled(if: Tool.isThere, Tool.hint)) struct ModelCommandTests {
  let folder: TemporaryFolder
  /// A checkpoint of random weights.
  let llada = Tool.repository.appending(path: "Tests/DenoiserTests/Data/llada").path
  init() throws { folder = try TemporaryFolder() }

  @Test func infoShowsACheckpoint() throws {
    let outcome = try Tool.run(["model", "info", "--model", llada], in: folder.url)
    #expect(outcome.code == 0 && outcome.errors == "")
    #expect(
      outcome.output == """
        model       \(llada) (llada)
        parameters  32928
        layers      2 of width 32, feed-forward 40
        attention   full, 4 heads of 8, 4 for keys and values
        output      in place
        error head  no
        length      at most 64 tokens
        vocabulary  264 tokens, 256 of text, the longest of 1 bytes
        mask        256 <|mask|>
        pad         257 <pad>
        end         258 <eos>

        """)
  }

  @Test func infoOfTheDefaultModelIsJSON() throws {
    struct Info: Decodable {
      var model: String
      var family: String
      var errorHead: Bool
      var parameters: Int
    }
    let outcome = try Tool.run(["model", "info", "--format", "json"], in: folder.url)
    #expect(outcome.code == 0)
    let info = try JSONDecoder().decode(Info.self, from: Data(outcome.output.utf8))
    #expect(info.model == "default" && info.family == "espalier" && info.errorHead && info.parameters > 100_000)
  }

  @Test func benchMeasuresAModel() throws {
    struct Bench: Decodable {
      var tokens: Int
      var positions: Int
      var layersMilliseconds: Double
      var peakGigaflops: Double
    }
    let outcome = try Tool.run(
      ["bench", "model", "--model", llada, "--tokens", "32", "--positions", "4", "--passes", "2", "--format", "json"],
      in: folder.url)
    #expect(outcome.code == 0)
    let bench = try JSONDecoder().decode(Bench.self, from: Data(outcome.output.utf8))
    #expect(bench.tokens == 32 && bench.positions == 4 && bench.layersMilliseconds > 0 && bench.peakGigaflops > 0)
  }

  @Test func aMissingModelIsAFailure() throws {
    let outcome = try Tool.run(["model", "info", "--model", "nowhere"], in: folder.url)
    #expect(outcome.code == 2 && outcome.output == "")
    #expect(outcome.errors.contains("nowhere/config.json: cannot be read"))
  }

  @Test func aDamagedModelIsAFailure() throws {
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
      let bytes = try Data(contentsOf: URL(filePath: llada).appending(path: name))
      try folder.write("model/\(name)", Array(name == "model.safetensors" ? bytes.dropLast(5) : bytes))
    }
    let outcome = try Tool.run(["model", "info", "--model", "model"], in: folder.url)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("model/model.safetensors: data: expected"))
  }

  @Test(arguments: [
    (["--tokens", "0"], "must be positive"), (["--passes", "0"], "must be positive"),
    (["--tokens", "4", "--positions", "5"], "--positions must be at most --tokens, 4, found 5"),
    (["--tokens", "65"], "takes at most 64 tokens at once, found 65"),
  ])
  func impossibleMeasurementsAreFailures(_ arguments: [String], _ message: String) throws {
    let outcome = try Tool.run(["bench", "model", "--model", llada] + arguments, in: folder.url)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
