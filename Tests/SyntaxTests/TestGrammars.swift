import Foundation
import Grammar
import Testing

/// Whether there is a grammar store to test with; `make test` sets one up.
let storeIsThere = ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil
let storeHint: Comment = "ESPALIER_HOME names no grammar store: run make test"

func grammar(_ name: String) throws -> Grammar { try GrammarStore.default.open(name) }
