import ArgumentParser
import Audit
import Grammar
import Recognition
import Vocabulary

struct AuditFuzz: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    abstract: "Search for canvases on which parts of the engine contradict each other.",
    discussion: """
      Texts are mutated and get a hole anywhere. Masks must be the check of every single token, tokens that are taken \
      back must leave nothing behind, and what is closed must parse. What is found is made as small as it can be. The \
      same seed and files give the same canvases.
      """)

  @OptionGroup var options: AuditCorpusOptions

  @Option(help: .init("How long each language is searched.", valueName: "seconds"))
  var seconds = 60.0

  @OptionGroup var tokens: TokenizerOption

  func validate() throws {
    guard seconds > 0 else { throw ValidationError("--seconds must be positive.") }
  }

  func run() async throws {
    let store = GrammarStore.default
    let corpus = try options.corpus(store)
    let vocabulary = try tokens.tokenizer().vocabulary
    var total = FuzzAudit.Report()
    for (name, inputs) in corpus.byLanguage {
      let language = try Language(try store.open(name))
      let end = ContinuousClock.now + .seconds(seconds)
      var seed = options.seed
      while .now < end {
        // Groups and memory of one round do not hide what another one would find.
        var audit = try FuzzAudit(TokenPaths(language, vocabulary), seed: seed)
        for input in inputs where .now < end {
          let known = total.findings.count
          audit.run(input, &total)
          for found in total.findings[known...] {
            print(
              "\(found.name): \(found.property) behind \(text(found.canvas.prefix)), before \(text(found.canvas.right))"
            )
          }
        }
        seed &+= 1
      }
    }
    print(
      #"{"canvases":\#(total.canvases),"viable":\#(total.viable),"closed":\#(total.closed),"#
        + #""findings":\#(total.findings.count)}"#)
    if !total.findings.isEmpty { throw ExitCode(1) }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).debugDescription }
}
