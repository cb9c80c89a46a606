/// A set of Unicode scalars as a piece pattern names it: ranges and general categories, as a whole possibly negated.
struct ScalarSet: Sendable {
  indirect enum Item: Sendable {
    case range(ClosedRange<UInt32>)
    case categories(Set<Unicode.GeneralCategory>)
    case whitespace
    case alphabetic
    case not(Item)
    case any([Item])

    func contains(_ value: UInt32) -> Bool {
      switch self {
      case .range(let range): range.contains(value)
      case .categories(let categories):
        Unicode.Scalar(value).map { categories.contains($0.properties.generalCategory) } ?? false
      case .whitespace: Unicode.Scalar(value)?.properties.isWhitespace ?? false
      case .alphabetic: Unicode.Scalar(value)?.properties.isAlphabetic ?? false
      case .not(let item): !item.contains(value)
      case .any(let items): items.contains { $0.contains(value) }
      }
    }
  }

  private let item: Item
  /// The answer for ASCII, one bit each.
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(_ item: Item) {
    self.item = item
    for value in UInt32(0)..<64 {
      if item.contains(value) { low |= 1 << UInt64(value) }
      if item.contains(value + 64) { high |= 1 << UInt64(value) }
    }
  }

  @inline(__always) func contains(_ value: UInt32) -> Bool {
    if value < 64 { return low >> UInt64(value) & 1 != 0 }
    if value < 128 { return high >> UInt64(value - 64) & 1 != 0 }
    return item.contains(value)
  }

  /// What `\w` stands for.
  static let word = Item.any([
    .alphabetic,
    .categories([.nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation]),
  ])

  /// The categories behind a name such as `L` or `Nd`, nil where it is none.
  static func categories(named name: String) -> Set<Unicode.GeneralCategory>? {
    let all: [(String, Unicode.GeneralCategory)] = [
      ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
      ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
      ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
      ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
      ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
      ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
      ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
      ("Cn", .unassigned),
    ]
    guard 1...2 ~= name.count else { return nil }
    let found = all.filter { $0.0.hasPrefix(name) }.map(\.1)
    return found.isEmpty ? nil : Set(found)
  }
}
