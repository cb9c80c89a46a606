// Masks the logits of one position between two pieces of fixed text.
//
//     ESPALIER_HOME=build/share/espalier swift run --package-path examples/masking masking tokenizer.json

import Constraint
import Grammar
import Recognition
import Vocabulary

let tokenizer =
  CommandLine.arguments.count > 1 ? try Tokenizer(contentsOf: CommandLine.arguments[1]) : Tokenizer.bytes
// Once for a language and a vocabulary.
let paths = TokenPaths(try Language(GrammarStore.default.open("json")), tokenizer.vocabulary)
// Once for a text with a hole, here the one behind the comma; `commit` moves the frontier through it.
let constraint = TokenConstraint(
  HoleRecogniser(paths.language, prefix: Array("[1,".utf8), segments: [Array("]".utf8)]), paths)
var logits = [Float](repeating: 0, count: tokenizer.vocabulary.count)
let mask = constraint.mask()
for token in logits.indices where !mask.contains(TokenID(token)) { logits[token] = -.infinity }
print("\(mask.count) of \(logits.count) tokens may come next")

// Several texts in one call: a row of 32-bit words for each, computed on several threads.
let batch = MaskBatch(
  ["[", "{", "[true"].map { prefix in
    TokenConstraint(HoleRecogniser(paths.language, prefix: Array(prefix.utf8), segments: [[]]), paths)
  })
print("\(batch.rowCount) rows of \(batch.wordsPerRow) words")

// A text with gaps that is written in any order: what is taken leaves the whole completable.
let canvas = CanvasRecogniser(paths.language, prefix: Array("[".utf8), segments: ["], 1", "]"].map { Array($0.utf8) })
let isTaken = canvas.commit(Array("true".utf8), in: 1, leavesLeft: true, leavesRight: false)
print("taken: \(isTaken); for example \(String(decoding: canvas.completion, as: UTF8.self))")
