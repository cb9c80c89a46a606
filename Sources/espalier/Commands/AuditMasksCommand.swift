import ArgumentParser
import Audit
import Grammar
import Recognition
import Vocabulary

struct AuditMasks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "masks",
    abstract: "Compare masks with the check of every single token, at frontiers of real files.",
    discussion: "A hole is cut from each file and filled with its true tokens.")

  @OptionGroup var options: AuditCorpusOptions
  @OptionGroup var workload: MaskWorkloadOptions

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try options.corpus(store)
    let tokenizer = try workload.tokens.tokenizer()
    var total = MaskAudit.Report()
    for (name, inputs) in corpus.byLanguage {
      let paths = TokenPaths(try Language(try store.open(name)), tokenizer.vocabulary)
      var audit = MaskAudit(workload.workload(paths, tokenizer, seed: options.seed), tokenizer.vocabulary)
      let report = audit.run(inputs) { found in
        let place = "behind \(String(decoding: found.prefix.suffix(40), as: UTF8.self).debugDescription)"
        // Tokens may cut characters.
        let token =
          String(validating: found.token, as: UTF8.self)?.debugDescription
          ?? found.token.map { String($0, radix: 16) }.joined(separator: " ")
        print("\(found.name): \(token) \(place) is \(found.isInMask ? "only" : "not") in the mask")
      }
      total.files += report.files
      total.frontiers += report.frontiers
      total.tokens += report.tokens
      total.permitted += report.permitted
      total.disagreements += report.disagreements
    }
    print(
      #"{"files":\#(total.files),"frontiers":\#(total.frontiers),"tokens":\#(total.tokens),"#
        + #""permitted":\#(total.permitted),"disagreements":\#(total.disagreements.count)}"#)
    if !total.disagreements.isEmpty { throw ExitCode(1) }
  }
}
