internal import CTreeSitter
import Glibc

/// The memory of the tree-sitter runtime, guarded against a mistake in the runtime itself.
///
/// The runtime (0.20.7, which Debian 12 ships) keeps the number of a node's children in 16 bits. An ERROR node of more
/// children than that, as in a large file that is broken all over, is later freed at an address within its block, which
/// corrupts the heap. Everything else that is done with such a node stays within the block. So each block starts with a
/// mark here, and freeing an address without one does nothing: the block is lost, the process is not.
enum RuntimeAllocator {
  /// Makes the runtime use this allocator; to be evaluated before the runtime allocates anything.
  static let install: Void = ts_set_allocator(
    { RuntimeAllocator.marked(malloc($0 &+ RuntimeAllocator.headerSize)) },
    { RuntimeAllocator.marked(calloc(1, RuntimeAllocator.product($0, $1) &+ RuntimeAllocator.headerSize)) },
    { RuntimeAllocator.resize($0, $1) },
    { RuntimeAllocator.release($0) })

  /// Keeps the alignment of `malloc`.
  private static let headerSize = 16
  private static let mark: UInt = 0x9E37_79B9_7F4A_7C15

  private static func marked(_ block: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let block else { exhausted() }
    block.storeBytes(of: mark, as: UInt.self)
    return block + headerSize
  }

  private static func product(_ count: Int, _ size: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    if overflow || product > Int.max - headerSize { exhausted() }
    return product
  }

  private static func resize(_ address: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    marked(realloc(address.map { $0 - headerSize }, size &+ headerSize))
  }

  private static func release(_ address: UnsafeMutableRawPointer?) {
    guard let address, (address - headerSize).load(as: UInt.self) == mark else { return }
    (address - headerSize).storeBytes(of: 0, as: UInt.self)
    free(address - headerSize)
  }

  /// What the runtime's own allocator does: none of its callers looks at the result.
  private static func exhausted() -> Never { fatalError("the tree-sitter runtime ran out of memory") }
}
