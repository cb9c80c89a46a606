public import Grammar
public import Reporting
import Synchronization
import Syntax

/// Checks many files on all cores.
///
/// Rules are compiled once per task, as parsers and queries belong to one task at a time.
public struct Checker: Sendable {
  private let rules: [Rule]
  /// By language.
  private let grammars: [String: Grammar]

  /// A file and its language, which must be one of the checker's grammars.
  public struct Input: Sendable {
    public var path: String
    public var language: String
    public init(path: String, language: String) {
      self.path = path
      self.language = language
    }
  }

  /// What came of one file.
  public struct Outcome: Sendable {
    public var findings: [Finding]
    /// Why the file could not be checked, as a sentence that names it.
    public var problem: String?
  }

  /// Compiles the rules for each grammar, to find mistakes before any file is read. Throws what
  /// `CompiledRules.init` throws.
  public init(rules: [Rule], grammars: [String: Grammar]) throws(CompiledRules.Mistake) {
    for name in grammars.keys.sorted() {
      guard let grammar = grammars[name] else { continue }
      _ = try CompiledRules(rules, grammar: grammar)
    }
    self.rules = rules
    self.grammars = grammars
  }

  /// Checks `inputs` with as many tasks as `tasks`, at least one; the outcomes have the order of the inputs.
  public func check(_ inputs: [Input], tasks: Int, progress: Progress) async -> [Outcome] {
    let queue = IndexQueue(count: inputs.count)
    return await withTaskGroup(of: [(Int, Outcome)].self) { group in
      for _ in 0..<max(1, min(tasks, inputs.count)) {
        group.addTask {
          var compiled: [String: CompiledRules] = [:]
          var outcomes: [(Int, Outcome)] = []
          while let index = queue.take() {
            outcomes.append((index, outcome(of: inputs[index], &compiled)))
            progress.advance()
          }
          return outcomes
        }
      }
      var outcomes = [Outcome](repeating: Outcome(findings: []), count: inputs.count)
      for await part in group {
        for (index, outcome) in part { outcomes[index] = outcome }
      }
      return outcomes
    }
  }

  private func outcome(of input: Input, _ compiled: inout [String: CompiledRules]) -> Outcome {
    do {
      let source = try InputFile.read(input.path)
      let rules = try compiledRules(for: input.language, &compiled)
      return Outcome(findings: try rules.findings(in: source, path: input.path))
    } catch let error as FileError {
      return Outcome(findings: [], problem: error.description)
    } catch {
      return Outcome(findings: [], problem: "\(input.path): \(error)")
    }
  }

  private func compiledRules(
    for language: String, _ compiled: inout [String: CompiledRules]
  ) throws -> CompiledRules {
    if let known = compiled[language] { return known }
    guard let grammar = grammars[language] else {
      preconditionFailure("no grammar was given for \(language)")
    }
    let rules = try CompiledRules(rules, grammar: grammar)
    compiled[language] = rules
    return rules
  }
}

/// Hands out the numbers below a count, each once, to any task that asks.
private final class IndexQueue: Sendable {
  private let count: Int
  private let next = Mutex(0)

  init(count: Int) { self.count = count }

  func take() -> Int? {
    next.withLock { next in
      guard next < count else { return nil }
      next += 1
      return next - 1
    }
  }
}
