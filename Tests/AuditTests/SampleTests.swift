import Constraint
import Foundation
import Grammar
import Syntax
import Testing
import Vocabulary

@testable import Audit
@testable import Recognition

/// The samples of the languages that are installed: small files with the odd corners of their grammars.
enum Samples {
  static let store = ProcessInfo.processInfo.environment["ESPALIER_HOME"] == nil ? nil : GrammarStore.default

  /// Names of the languages that have samples, sorted.
  static let languages: [String] = (store?.list() ?? []).map(\.name).filter { !files(of: $0).isEmpty }.sorted()

  static func files(of language: String) -> [URL] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let folder = root.standardizedFileURL.appendingPathComponent("grammars/\(language)/samples")
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (files ?? []).sorted { $0.path < $1.path }
  }

  static func inputs(of language: String) throws -> [AuditInput] {
    try files(of: language).map {
      AuditInput(name: $0.lastPathComponent, language: language, bytes: Array(try Data(contentsOf: $0)))
    }
  }
}

@Suite(.enabled(if: Samples.store != nil, "ESPALIER_HOME names no grammar store: run make test"))
struct SampleTests {
  @Test func thereAreSamples() { #expect(Samples.languages.count > 3) }

  @Test(arguments: Samples.languages)
  func samplesAreClean(_ language: String) throws {
    let grammar = try GrammarStore.default.open(language)
    let parser = try SyntaxParser(grammar)
    let judge = try SyntaxJudge(grammar)
    let recogniser = Recogniser(try Language(grammar))
    for input in try Samples.inputs(of: language) {
      #expect(parser.accepts(input.bytes), "\(input.name): the grammar")
      #expect(judge.accepts(input.bytes), "\(input.name): the dialect's queries")
      let accepted = input.bytes.withUnsafeBufferPointer { recogniser.accepts($0) }
      #expect(accepted, "\(input.name): the dialect, at \(recogniser.failure?.position ?? 0)")
    }
  }

  /// What spoils few stacks makes few doubtful: nine of ten that samples lead to are proven, in all languages together. In
  /// HTML, where the scanner knows which tags are open, it is few.
  @Test func nearlyAllStacksOfSamplesAreProven() throws {
    var (proven, all) = (0, 0)
    for name in Samples.languages {
      let language = try Language(try GrammarStore.default.open(name))
      for input in try Samples.inputs(of: name) {
        for end in stride(from: 0, to: input.bytes.count, by: 7) {
          let session = HoleRecogniser(language, prefix: Array(input.bytes[..<end]), segments: [[]])
          all += session.frontier.heads.count
          proven += session.frontier.heads.count { session.completion.isProven($0.node) }
        }
      }
    }
    #expect(proven * 10 > all * 9, "\(proven) of \(all)")
  }

  /// Masks are the check of every single token, of some that are pieces of the sample and some that are nothing.
  @Test(arguments: Samples.languages)
  func masksOfSamplesAreTheCheck(_ name: String) throws {
    let language = try Language(try GrammarStore.default.open(name))
    for input in try Samples.inputs(of: name).prefix(1) {
      let bytes = input.bytes
      let pieces = stride(from: 0, to: bytes.count, by: 11).map { Array(bytes[$0..<min($0 + 2 + $0 % 5, bytes.count)]) }
      let others = ["T_", "------", "((((", "++!", "<<<<", "\n\n  a", "'\"`", "*/", "x", "1", " ", "\n", "}", ";"]
      let tokens = Set(pieces.filter { String(validating: $0, as: UTF8.self) != nil } + others.map { Array($0.utf8) })
      let vocabulary = Vocabulary(tokens: tokens.sorted { $0.lexicographicallyPrecedes($1) })
      let paths = TokenPaths(language, vocabulary)
      let lines = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
      var compared = 0
      for frontier in stride(from: 3, to: bytes.count, by: max(bytes.count / 400, 1)) {
        let start = lines.prefix { $0 < frontier }.suffix(3).first ?? 0
        let recogniser = HoleRecogniser(language, prefix: Array(bytes[..<start]), segments: [[]])
        guard recogniser.isViable, recogniser.append(bytes[start..<frontier]) else { continue }
        let constraint = TokenConstraint(recogniser, paths)
        let mask = constraint.mask()
        compared += 1
        for token in (0..<vocabulary.count).map({ TokenID($0) }) where mask.contains(token) != constraint.permits(token)
        {
          let text = String(decoding: vocabulary.bytes(of: token), as: UTF8.self)
          Issue.record("\(input.name), behind byte \(frontier) of a hole from \(start): \(text.debugDescription)")
        }
      }
      #expect(compared > 0, "\(input.name)")
    }
  }

  @Test(arguments: Samples.languages)
  func verdictIsTheRuntimesOnDamagedSamples(_ language: String) throws {
    var audit = RecognitionAudit(store: .default)
    let report = try audit.run(try Samples.inputs(of: language), mutations: 200, seed: 1)
    for disagreement in report.disagreements {
      let text = String(decoding: disagreement.bytes, as: UTF8.self)
      Issue.record("\(disagreement.name), \(disagreement.mutation): the runtime says otherwise of:\n\(text)")
    }
  }

  @Test(arguments: Samples.languages)
  func holesInSamplesAreFilledClean(_ language: String) throws {
    let audit = try SoundnessAudit(GrammarStore.default.open(language), tokenizer: .bytes)
    let report = try audit.run(try Samples.inputs(of: language), count: 4, seed: 1)
    for failure in report.failures { Issue.record("\(failure.name): \(failure.reason)") }
    #expect(report.clean == report.count)
  }

  @Test(arguments: Samples.languages)
  func trueTextIsPermittedInSamples(_ language: String) throws {
    var audit = CompletenessAudit(store: .default, tokenizer: .bytes, applyingDialect: true)
    let report = try audit.run(try Samples.inputs(of: language), holes: 3, seed: 1)
    #expect(report.tokens > 0 && report.unclean == 0 && report.narrowed.isEmpty)
    for refusal in report.refusals {
      Issue.record("\(refusal.name), \(refusal.format): hole \(refusal.hole) of \(refusal.holes) at \(refusal.offset)")
    }
  }
}
