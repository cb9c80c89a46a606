import CTensor
import Foundation

/// Threads that work on one task together.
///
/// Not for several tasks at once.
public final class ThreadPool {
  private let pool: OpaquePointer

  /// - Parameter threads: the caller's is one of them
  public init(threads: Int = ThreadPool.defaultThreads) {
    pool = espalier_pool_create(Int32(max(1, threads)))
  }

  deinit { espalier_pool_destroy(pool) }

  /// The number in `ESPALIER_THREADS`, or as many as there are processors.
  public static var defaultThreads: Int {
    let named = ProcessInfo.processInfo.environment["ESPALIER_THREADS"].flatMap(Int.init)
    return named.map { min(max($0, 1), 256) } ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// Threads that take part; fewer than asked for where the system gives no more.
  public var threads: Int { Int(espalier_pool_lanes(pool)) }

  /// Calls `body` on every thread with its number, and returns when all are done. Does not allocate.
  public func run(_ body: (_ thread: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { context in
        espalier_pool_run(
          pool, { context, thread in context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(thread)) },
          UnsafeMutableRawPointer(mutating: context))
      }
    }
  }

  /// Waits, inside a task, until all threads have come here.
  public func barrier() { espalier_pool_barrier(pool) }
}
