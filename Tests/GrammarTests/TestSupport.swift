import Foundation
import Grammar
import Synchronization
import Testing

/// Folders and grammars for these tests.
enum TestSupport {
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let headers = package.appendingPathComponent("Sources/CGrammar/grammar-include")

  /// The unpacked source package of a grammar, where `make` has fetched it.
  static func source(_ name: String) -> URL? {
    let folder = package.appendingPathComponent("build/grammars-src/\(name)")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("src/parser.c").path) ? folder : nil
  }

  /// The grammar, built from its source package on first use by this process, with our description.
  ///
  /// Nil, with a message, if the source package has not been fetched.
  static func grammar(_ name: String) throws -> Grammar? {
    guard let source = source(name) else {
      print("skipped: build/grammars-src/\(name) is missing; run make test")
      return nil
    }
    try installed.withLock { installed in
      if installed.insert(name).inserted {
        try shared.install(folder: source, description: package.appendingPathComponent("grammars/\(name)"))
      }
    }
    return try shared.open(name)
  }

  private static let installed = Mutex<Set<String>>([])
  /// Emptied at the start, so that no test sees what an older version has built.
  private static let shared: GrammarStore = {
    let root = package.appendingPathComponent("build/test-store")
    try? FileManager.default.removeItem(at: root)
    try? FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    try? FileManager.default.createSymbolicLink(
      at: root.appendingPathComponent("include"), withDestinationURL: headers)
    return GrammarStore(roots: [root])
  }()

  /// Calls `body` with a new store that has the headers and no grammar, and removes it afterwards.
  static func withEmptyStore<Result>(_ body: (GrammarStore, URL) throws -> Result) throws -> Result {
    try withFolder { root in
      try FileManager.default.createSymbolicLink(
        at: root.appendingPathComponent("include"), withDestinationURL: headers)
      return try body(GrammarStore(roots: [root]), root)
    }
  }

  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("espalier-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

/// Small deterministic random numbers (SplitMix64).
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
