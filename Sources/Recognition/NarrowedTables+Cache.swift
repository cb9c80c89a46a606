import Foundation
import Grammar

/// Tables that rules about children have split take longer to make than all else of a language, so they are kept in a file
/// beside those of the grammar.
extension NarrowedTables {
  private static let fileName = "split.bin"
  /// Raised with every change of what is stored or of how tables are split.
  private static let format = 2

  /// The tables as `StateSplitter` splits them by `kinds`, from the file if it has them, which else is written.
  ///
  /// Nil if they outgrow their numbers. O(tables) where the file has them.
  func split(_ grammar: Grammar, _ kinds: [StateSplitter.Kind]) -> NarrowedTables? {
    let signature = signature(grammar, kinds)
    if let file = grammar.cache?.read(Self.fileName, signature: signature), let known = try? reading(file) {
      return known
    }
    var splitter = StateSplitter(self, grammar, kinds)
    guard let split = splitter.split() else { return nil }
    grammar.cache?.write(Self.fileName, signature: signature, body: split.encoded())
    return split
  }

  /// Of all that the splitter looks at, and of the layout in the file.
  private func signature(_ grammar: Grammar, _ kinds: [StateSplitter.Kind]) -> UInt64 {
    var signature = CacheSignature()
    signature.add([Self.format, MemoryLayout<Language.Action>.stride, symbolCount, grammar.tables.terminalCount])
    signature.add(cells)
    signature.add(listStarts)
    signature.add(actions)
    signature.add(origins)
    signature.add(grammar.tables.lexStates)
    signature.add(grammar.tables.symbols.map(\.isVisible))
    for kind in kinds {
      signature.add(kind.parents.sorted())
      signature.add(kind.children.sorted())
      signature.add(kind.carriers.sorted())
      signature.add(kind.notBehind.sorted())
      signature.add([kind.isForbidden, kind.isRequired])
    }
    return signature.value
  }

  private func encoded() -> Data {
    var body = ArrayWriter()
    body.append([UInt64(symbolCount)])
    body.append(origins)
    body.append(cells)
    body.append(listStarts)
    body.append(actions)
    return body.data
  }

  private func reading(_ file: MappedBytes) throws(ArrayReader.Mismatch) -> NarrowedTables {
    var reader = ArrayReader(bytes: file.bytes)
    var result = self
    result.symbolCount = Int(try reader.elements(UInt64.self).first ?? 0)
    result.origins = Array(try reader.elements(UInt16.self))
    result.cells = Array(try reader.elements(UInt16.self))
    result.listStarts = Array(try reader.elements(UInt32.self))
    result.actions = Array(try reader.elements(Language.Action.self))
    if result.cells.count != result.stateCount * result.symbolCount {
      throw ArrayReader.Mismatch(
        expected: "\(result.stateCount) states of \(result.symbolCount) symbols", found: "\(result.cells.count) cells")
    }
    return result
  }
}
