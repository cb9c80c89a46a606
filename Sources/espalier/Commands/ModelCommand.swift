import ArgumentParser
import Denoiser
import Foundation
import Reporting
import Vocabulary

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Look at the language models that can fill and repair code.",
    subcommands: [Info.self])

  /// `--model`: the default model, or a checkpoint.
  struct ModelOption: ParsableArguments {
    @Option(
      name: .customLong("model"),
      help: "A folder with config.json, tokenizer.json and safetensors files, instead of the default model.",
      completion: .directory)
    var folder: String?

    func load() throws -> Denoiser {
      guard let folder else { return try DefaultModel.denoiser() }
      return try Denoiser(folder: folder)
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info",
      abstract: "Show what a model is made of.")

    @OptionGroup var model: ModelOption
    @OptionGroup var output: FormatOption

    func run() throws {
      let denoiser = try model.load()
      guard let configuration = denoiser.configuration else { return }
      let report = Report(denoiser, configuration)
      switch output.format {
      case .json: try StandardOutput.write(JSONText.document(report))
      case .text: try StandardOutput.write(report.text)
      }
    }
  }

  struct Report: Encodable {
    struct Special: Encodable {
      var id: Int32
      var name: String?
    }

    var model: String
    var family: String
    var parameters: Int
    var layers: Int
    var hidden: Int
    var heads: Int
    var keyValueHeads: Int
    var headSize: Int
    var intermediate: Int
    var attention: String
    var output: String
    var errorHead: Bool
    var maximumLength: Int
    var vocabulary: Int
    /// Tokens that text is made of.
    var textTokens: Int
    var longestToken: Int
    var mask: Special
    var pad: Special?
    var end: Special?

    init(_ denoiser: Denoiser, _ configuration: ModelConfiguration) {
      let vocabulary = denoiser.vocabulary
      func special(_ token: TokenID) -> Special {
        Special(id: token.rawValue, name: vocabulary.specials.first { $0.value == token }?.key)
      }
      model = denoiser.name
      family = configuration.family.rawValue
      parameters = denoiser.parameterCount
      layers = configuration.layerCount
      hidden = configuration.hiddenSize
      heads = configuration.headCount
      keyValueHeads = configuration.keyValueHeadCount
      headSize = configuration.headSize
      intermediate = configuration.intermediateSize
      attention = configuration.isCausal ? "causal" : "full"
      output = configuration.isShifted ? "shifted by one" : "in place"
      errorHead = denoiser.hasErrorHead
      maximumLength = denoiser.maximumLength
      self.vocabulary = vocabulary.count
      textTokens = (0..<vocabulary.count).count { !vocabulary.isSpecial(TokenID($0)) }
      longestToken = vocabulary.longestToken
      mask = special(denoiser.maskToken)
      pad = denoiser.padToken.map(special)
      end = denoiser.endToken.map(special)
    }

    var text: String {
      func shown(_ special: Special?) -> String {
        special.map { "\($0.id)\($0.name.map { " \($0)" } ?? "")" } ?? "none"
      }
      return """
        model       \(model) (\(family))
        parameters  \(parameters)
        layers      \(layers) of width \(hidden), feed-forward \(intermediate)
        attention   \(attention), \(heads) heads of \(headSize), \(keyValueHeads) for keys and values
        output      \(output)
        error head  \(errorHead ? "yes" : "no")
        length      at most \(maximumLength) tokens
        vocabulary  \(vocabulary) tokens, \(textTokens) of text, the longest of \(longestToken) bytes
        mask        \(shown(mask))
        pad         \(shown(pad))
        end         \(shown(end))

        """
    }
  }
}
