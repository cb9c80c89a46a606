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
      struct Measurement: Decodable {
        struct Pass: Decodable {
          var positions: Int
          var canvases: Int
          var open: Int
          var layersMilliseconds: Double
          var layersShare: Double
        }
        var precision: String
        var threads: Int
        var productPeakGigaflops: Double
        var bufferMegabytes: Double
        var passes: [Pass]
      }
      var measurements: [Measurement]
    }
    let outcome = try Tool.run(
      [
        "bench", "model", "--checkpoint", llada, "--lengths", "32,100", "--threads", "2", "--seconds", "0.01",
        "--format", "json",
      ], in: folder.url)
    #expect(outcome.code == 0)
    let bench = try JSONDecoder().decode(Bench.self, from: Data(outcome.output.utf8))
    #expect(bench.measurements.first?.precision == "float32")
    for measurement in bench.measurements {
      #expect(measurement.threads == 2 && measurement.productPeakGigaflops > 0 && measurement.bufferMegabytes > 0)
      #expect(measurement.passes.map(\.positions) == [32, 100] && measurement.passes.map(\.open) == [16, 50])
      // The checkpoint takes 64 tokens at once.
      #expect(measurement.passes.map(\.canvases) == [1, 2])
      #expect(measurement.passes.allSatisfy { $0.layersMilliseconds > 0 && 0..<1 ~= $0.layersShare })
    }
  }

  @Test func aMissingModelIsAFailure() throws {
    let outcome = try Tool.run(["model", "info", "--model", "nowhere"], in: folder.url)
    #expect(outcome.code == 2 && outcome.output == "")
    #expect(outcome.errors.contains("nowhere/config.json: cannot be read"))
  }

  @Test func aPrecisionThatIsNoneIsAFailure() throws {
    let outcome = try Tool.run(["model", "info"], in: folder.url, environment: ["ESPALIER_PRECISION": "float8"])
    #expect(outcome.code == 2 && outcome.output == "")
    #expect(outcome.errors.contains("precision: expected one of float32"))
    #expect(outcome.errors.contains("found 'float8'"))
  }

  @Test func benchComparesPrecisions() throws {
    struct Bench: Decodable {
      struct Row: Decodable {
        var precision: String
        var crossEntropySeventh: Double
        var greatestError: Double
        var sameLikeliest: Double
      }
      var rows: [Row]
    }
    let outcome = try Tool.run(
      ["bench", "precision", "--language", "c", "--windows", "2", "--format", "json", "examples/project/queue.c"],
      in: Tool.repository)
    #expect(outcome.code == 0)
    let rows = try JSONDecoder().decode(Bench.self, from: Data(outcome.output.utf8)).rows
    let first = try #require(rows.first)
    #expect(first.precision == "float32" && first.greatestError == 0 && first.sameLikeliest == 1)
    for row in rows {
      #expect(row.greatestError < 0.06 && row.sameLikeliest > 0.9)
      #expect(abs(row.crossEntropySeventh - first.crossEntropySeventh) < 0.05 && row.crossEntropySeventh > 0.1)
    }
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

  /// One bit of the weights is flipped: the file has the right form, and only its checksum tells.
  @Test func aModelThatIsNotWhatItsChecksumsSayIsAFailure() throws {
    let model = Tool.repository.appending(path: "Sources/CModel/model")
    for name in ["config.json", "tokenizer.json", "model.safetensors", "SHA256SUMS"] {
      var bytes = try Array(Data(contentsOf: model.appending(path: name)))
      if name == "model.safetensors" { bytes[bytes.count - 1_000] ^= 1 }
      try folder.write("model/\(name)", bytes)
    }
    let outcome = try Tool.run(["model", "info", "--model", "model"], in: folder.url)
    #expect(outcome.code == 2 && outcome.output == "")
    #expect(outcome.errors.contains("model/model.safetensors: sha256: expected "), "\(outcome.errors)")
    try FileManager.default.removeItem(at: folder.url.appending(path: "model/SHA256SUMS"))
    #expect(try Tool.run(["model", "info", "--model", "model"], in: folder.url).code == 0)
  }

  @Test(arguments: [
    (["--lengths", "0"], "must be numbers from 1 to 1000000, found 0"),
    (["--lengths", "64,x"], "must be numbers from 1 to 1000000, found 64,x"),
    (["--threads", "0"], "must be from 1 to 256, found 0"), (["--seconds=-1"], "must be from 0 to 1000"),
    (["--precision", "float8"], "The value 'float8' is invalid for '--precision"),
  ])
  func impossibleMeasurementsAreFailures(_ arguments: [String], _ message: String) throws {
    let outcome = try Tool.run(["bench", "model", "--model", llada] + arguments, in: folder.url)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
