/// A grammar's generated lexer as a deterministic automaton over bytes.
///
/// States below `lexStateCount` are the states of `ts_lex` (those reachable from a lex mode), the ones behind them stand
/// for unfinished UTF-8 sequences. A state accepts at most one terminal. Two automata exist per grammar, the main one
/// and the keyword one, whose start state is 0.
public struct LexicalAutomaton: Sendable {
  /// The number of states, unfinished sequences included.
  public var stateCount: Int
  /// Shape (256): bytes that no state tells apart share a class.
  public var byteClasses: [UInt8]
  public var classCount: Int
  /// Shape (stateCount, classCount), row-major: the next state in the low 15 bits, `skipBit` if the byte belongs to the
  /// padding before the terminal (for a sequence of several bytes it is set on the last), or `dead`.
  public var transitions: [UInt16]
  /// Shape (stateCount): the next state at the end of input, or `dead`.
  public var endTransitions: [UInt16]
  /// Shape (stateCount): the terminal that the state accepts, or `noTerminal`. `SymbolID.end` (0) is a terminal.
  public var accepts: [UInt16]

  public static let dead: UInt16 = 0xFFFF
  public static let skipBit: UInt16 = 0x8000
  public static let stateMask: UInt16 = 0x7FFF
  public static let noTerminal: UInt16 = 0xFFFF

  /// The transition under `byte`: `dead`, or a state with `skipBit`. O(1).
  @inlinable public func next(_ state: UInt16, _ byte: UInt8) -> UInt16 {
    transitions[Int(state) &* classCount &+ Int(byteClasses[Int(byte)])]
  }
}
