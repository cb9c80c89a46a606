/// Reads the regular expression of a pre-tokenizer.
///
/// Alternatives, groups `(…)`, `(?:…)`, `(?i:…)`, lookahead `(?=…)` and `(?!…)`, classes, `\p{…}`, `\s \d \w` and their
/// negations, and the quantifiers `? * + {n} {n,} {n,m}`, also lazy and possessive. Loops that can match nothing and
/// unbounded loops inside unbounded loops are refused, so that matching takes no exponential time.
struct PiecePatternParser {
  /// Why an expression is refused, and at which scalar.
  struct Failure: Error {
    let position: Int
    let reason: String
  }

  private indirect enum Node {
    case set(ScalarSet)
    case sequence([Node])
    case choice([Node])
    case loop(Node, minimum: Int, maximum: Int?, kind: Kind)
    case lookahead(Node, negated: Bool)
  }

  private enum Kind { case greedy, lazy, possessive }

  private static let greatestProgram = 4096
  private static let deepestGroup = 32

  private let source: [Unicode.Scalar]
  private var position = 0
  private var depth = 0
  private var ignoresCase = false

  static func parse(_ expression: String) throws(Failure) -> PiecePattern {
    var parser = PiecePatternParser(source: Array(expression.unicodeScalars))
    let node = try parser.choice()
    guard parser.position == parser.source.count else { throw parser.failure("unbalanced )") }
    var program: [PiecePattern.Instruction] = []
    try parser.emit(node, into: &program)
    program.append(.accept)
    return PiecePattern(program: program)
  }

  private init(source: [Unicode.Scalar]) { self.source = source }

  private func failure(_ reason: String) -> Failure { Failure(position: position, reason: reason) }

  private var next: Unicode.Scalar? { position < source.count ? source[position] : nil }

  private mutating func take(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard source[position...].starts(with: scalars) else { return false }
    position += scalars.count
    return true
  }

  // MARK: Expressions

  private mutating func choice() throws(Failure) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestGroup else { throw failure("groups nested deeper than \(Self.deepestGroup)") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(Failure) -> Node {
    var items: [Node] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      items.append(try quantified(try atom()))
    }
    return .sequence(items)
  }

  private mutating func atom() throws(Failure) -> Node {
    guard let scalar = next else { throw failure("an expression that ends too early") }
    switch scalar {
    case "(": return try group()
    case "[":
      position += 1
      return .set(ScalarSet(try characterClass()))
    case ".":
      position += 1
      return .set(ScalarSet(.not(.range(10...10))))
    case "\\":
      position += 1
      return .set(ScalarSet(try escape()))
    case "^", "$", "*", "+", "?", "{": throw failure("the construct '\(scalar)'")
    default:
      position += 1
      return .set(ScalarSet(.any(folded(scalar).map { .range($0.value...$0.value) })))
    }
  }

  private mutating func group() throws(Failure) -> Node {
    let outer = ignoresCase
    defer { ignoresCase = outer }
    var negated: Bool?
    if take("(?i:") {
      ignoresCase = true
    } else if take("(?=") {
      negated = false
    } else if take("(?!") {
      negated = true
    } else if !take("(?:") {
      position += 1
      if next == "?" { throw failure("the group '(?'") }
    }
    let body = try choice()
    guard take(")") else { throw failure("a group without )") }
    return negated.map { .lookahead(body, negated: $0) } ?? body
  }

  private mutating func quantified(_ atom: Node) throws(Failure) -> Node {
    var minimum = 0
    var maximum: Int?
    let isCounted = next == "{"
    switch next {
    case "?": maximum = 1
    case "*": break
    case "+": minimum = 1
    case "{":
      position += 1
      minimum = try number()
      maximum = minimum
      if take(",") { maximum = next == "}" ? nil : try number() }
      guard next == "}", maximum.map({ $0 >= minimum }) ?? true else { throw failure("a malformed count") }
    default: return atom
    }
    position += 1
    var kind = Kind.greedy
    if take("?") {
      kind = .lazy
    } else if take("+") {
      // Oniguruma reads `{n,m}+` as a loop around a loop, not as possessive.
      guard !isCounted else { throw failure("a '+' after a count") }
      kind = .possessive
    }
    if let scalar = next, "?*+{".unicodeScalars.contains(scalar) { throw failure("a quantifier on a quantifier") }
    guard !Self.canBeEmpty(atom) else { throw failure("a loop that can match nothing") }
    guard maximum != nil || !Self.isUnbounded(atom) else { throw failure("an unbounded loop in an unbounded loop") }
    return .loop(atom, minimum: minimum, maximum: maximum, kind: kind)
  }

  private mutating func number() throws(Failure) -> Int {
    var value = 0
    let start = position
    while let scalar = next, let digit = Int(String(scalar)), value < Self.greatestProgram {
      value = value * 10 + digit
      position += 1
    }
    guard position > start, value < Self.greatestProgram else { throw failure("a malformed count") }
    return value
  }

  // MARK: Sets

  private func folded(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard ignoresCase else { return [scalar] }
    switch scalar {
    // Two letters outside ASCII fold to one inside.
    case "s", "S": return ["s", "S", "\u{17F}"]
    case "k", "K": return ["k", "K", "\u{212A}"]
    default:
      let forms = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
      return [scalar] + forms.flatMap { $0.unicodeScalars.count == 1 ? Array($0.unicodeScalars) : [] }
    }
  }

  private mutating func characterClass() throws(Failure) -> ScalarSet.Item {
    let negated = take("^")
    var items: [ScalarSet.Item] = []
    while !take("]") || items.isEmpty {
      guard let scalar = next else { throw failure("a class without ]") }
      guard scalar != "[", !source[position...].starts(with: "&&".unicodeScalars) else {
        throw failure("a class inside a class")
      }
      guard let first = try classScalar(into: &items) else { continue }
      if next == "-", position + 1 < source.count, source[position + 1] != "]" {
        position += 1
        guard let last = try classScalar(into: &items), last.value >= first.value else {
          throw failure("a malformed range")
        }
        guard !ignoresCase else { throw failure("a range in a group that ignores case") }
        items.append(.range(first.value...last.value))
      } else {
        items += folded(first).map { .range($0.value...$0.value) }
      }
    }
    return negated ? .not(.any(items)) : .any(items)
  }

  /// Reads one member of a class: a scalar, or nil after adding a named set such as `\s`.
  private mutating func classScalar(into items: inout [ScalarSet.Item]) throws(Failure) -> Unicode.Scalar? {
    guard let scalar = next else { throw failure("a class without ]") }
    position += 1
    guard scalar == "\\" else { return scalar }
    let item = try escape()
    if case .range(let range) = item, range.count == 1 { return Unicode.Scalar(range.lowerBound) }
    items.append(item)
    return nil
  }

  /// Reads what follows a backslash.
  private mutating func escape() throws(Failure) -> ScalarSet.Item {
    guard let scalar = next else { throw failure("a backslash at the end") }
    position += 1
    switch scalar {
    case "s": return .whitespace
    case "S": return .not(.whitespace)
    case "d": return .categories([.decimalNumber])
    case "D": return .not(.categories([.decimalNumber]))
    case "w": return ScalarSet.word
    case "W": return .not(ScalarSet.word)
    case "n": return .range(10...10)
    case "r": return .range(13...13)
    case "t": return .range(9...9)
    case "p", "P":
      guard take("{"), let close = source[position...].firstIndex(of: "}") else {
        throw failure("a malformed property")
      }
      var name = String(String.UnicodeScalarView(source[position..<close]))
      let negated = name.hasPrefix("^") != (scalar == "P")
      if name.hasPrefix("^") { name.removeFirst() }
      guard let categories = ScalarSet.categories(named: name) else { throw failure("the property '\(name)'") }
      position = close + 1
      return negated ? .not(.categories(categories)) : .categories(categories)
    default:
      guard scalar.isASCII, !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else {
        position -= 1
        throw failure("the escape '\\\(scalar)'")
      }
      return .range(scalar.value...scalar.value)
    }
  }

  // MARK: Program

  private static func canBeEmpty(_ node: Node) -> Bool {
    switch node {
    case .set: false
    case .sequence(let items): items.allSatisfy(canBeEmpty)
    case .choice(let branches): branches.contains(where: canBeEmpty)
    case .loop(_, let minimum, _, _): minimum == 0
    case .lookahead: true
    }
  }

  private static func isUnbounded(_ node: Node) -> Bool {
    switch node {
    case .set: false
    case .sequence(let items): items.contains(where: isUnbounded)
    case .choice(let branches): branches.contains(where: isUnbounded)
    case .loop(let body, _, let maximum, _): maximum == nil || isUnbounded(body)
    case .lookahead(let body, _): isUnbounded(body)
    }
  }

  private func emit(_ node: Node, into program: inout [PiecePattern.Instruction]) throws(Failure) {
    guard program.count < Self.greatestProgram else { throw failure("an expression that is too large") }
    switch node {
    case .set(let set): program.append(.scalar(set))
    case .sequence(let items): for item in items { try emit(item, into: &program) }
    case .choice(let branches):
      var exits: [Int] = []
      for (index, branch) in branches.enumerated() {
        let fork = program.count
        if index < branches.count - 1 { program.append(.accept) }
        try emit(branch, into: &program)
        guard index < branches.count - 1 else { break }
        exits.append(program.count)
        program.append(.accept)
        program[fork] = .fork(fork + 1, program.count)
      }
      for exit in exits { program[exit] = .jump(program.count) }
    case .lookahead(let body, let negated):
      let start = program.count
      program.append(.accept)
      try emit(body, into: &program)
      program.append(.accept)
      program[start] = .lookahead(negated: negated, end: program.count)
    case .loop(let body, let minimum, let maximum, .possessive):
      let start = program.count
      program.append(.accept)
      try emit(.loop(body, minimum: minimum, maximum: maximum, kind: .greedy), into: &program)
      program.append(.accept)
      program[start] = .atomic(end: program.count)
    case .loop(let body, let minimum, let maximum, let kind):
      for _ in 0..<minimum { try emit(body, into: &program) }
      var forks: [Int] = []
      for _ in minimum..<(maximum ?? minimum + 1) {
        forks.append(program.count)
        program.append(.accept)
        try emit(body, into: &program)
      }
      if maximum == nil, let loop = forks.last { program.append(.jump(loop)) }
      for fork in forks {
        program[fork] = kind == .lazy ? .fork(program.count, fork + 1) : .fork(fork + 1, program.count)
      }
    }
  }
}
