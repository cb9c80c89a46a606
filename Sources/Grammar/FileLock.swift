import Foundation

/// An exclusive lock on a file, between processes and threads; the kernel drops it if the holder dies.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until the lock is free. Throws `fileAccess` if the file cannot be opened or locked.
  init(path: String) throws(GrammarError) {
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .fileAccess(path: path, reason: String(cString: strerror(errno))) }
    while flock(descriptor, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw .fileAccess(path: path, reason: reason)
    }
  }

  func unlock() { close(descriptor) }
}
