/// A tokenizer file that cannot be used, and where in it the reason stands.
public struct VocabularyError: Error, Equatable, CustomStringConvertible {
  /// The file, or what stands for it when the bytes came from memory.
  public let file: String
  /// The key inside the file, such as `model.merges[12]`.
  public let key: String
  public let expected: String
  public let found: String

  public init(file: String, key: String, expected: String, found: String) {
    self.file = file
    self.key = key
    self.expected = expected
    self.found = found
  }

  public var description: String { "\(file): \(key): expected \(expected), found \(found)" }
}
