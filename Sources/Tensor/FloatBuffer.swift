/// Float32 memory with one owner, aligned for vector instructions.
///
/// Kernels take plain pointers; this class says who frees them.
public final class FloatBuffer {
  public let pointer: UnsafeMutablePointer<Float>
  /// Number of floats.
  public let count: Int

  /// Allocates `count` floats, all 0.
  public convenience init(count: Int) {
    self.init(unfilled: count)
    pointer.initialize(repeating: 0, count: count)
  }

  /// Allocates `count` floats that the caller writes before anyone reads them.
  public init(unfilled count: Int) {
    self.count = count
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { pointer.deallocate() }

  public var elements: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }
}
