/// Memory with one owner, aligned for vector instructions.
///
/// Kernels take plain pointers; this class says who frees them.
public final class Buffer<Element: BitwiseCopyable> {
  public let pointer: UnsafeMutablePointer<Element>
  /// Number of elements.
  public let count: Int

  /// Allocates `count` elements, all bits 0.
  public init(count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    pointer = memory.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  deinit { pointer.deallocate() }

  public var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: pointer, count: count) }
}

public typealias FloatBuffer = Buffer<Float>
