import CModel
import Foundation
import Vocabulary

/// The model that is part of the executable.
public enum DefaultModel {
  /// Loads the model, verified by its checksums. Its weights are read where they lie in the executable.
  public static func denoiser(_ options: DenoiserOptions = .init()) throws(DenoiserError) -> Denoiser {
    let weights = espalier_model_weights()
    return try Denoiser(
      name: name, configuration: data(espalier_model_configuration()), tokenizer: data(espalier_model_tokenizer()),
      weights: FileBytes(static: UnsafeRawBufferPointer(start: weights.start, count: weights.count)),
      checksums: try Checksums(data(espalier_model_checksums()), file: name + "/" + Checksums.fileName), options)
  }

  /// Loads the tokenizer alone, for a denoiser without a network.
  public static func tokenizer() throws(DenoiserError) -> Tokenizer {
    do {
      return try Tokenizer(json: data(espalier_model_tokenizer()), file: name + "/tokenizer.json")
    } catch {
      throw .tokenizer(error)
    }
  }

  private static let name = "default"

  private static func data(_ bytes: espalier_bytes) -> Data {
    Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes.start), count: bytes.count, deallocator: .none)
  }
}
