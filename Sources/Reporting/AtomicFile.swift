import Glibc

/// Replaces a file so that at every moment, a kill or a full disk included, its path leads to the whole old content or
/// to the whole new one.
public enum AtomicFile {
  /// Replaces the content of the file at `path`, which must still be `old`, by `new`.
  ///
  /// The new content is written to a temporary file in the same folder, synchronised, and renamed over the old one. The
  /// mode is kept, the owner too where the system permits it; a symbolic link stays and its target is replaced. Other
  /// hard links keep the old content. Throws `notFound`, `unreadable`, `changedMeanwhile`, `unwritable`; then the old
  /// file is untouched and the temporary file is removed.
  public static func replace(_ path: String, old: [UInt8], with new: [UInt8]) throws(FileError) {
    guard let resolved = realpath(path, nil) else {
      throw errno == ENOENT ? .notFound(path: path) : .unreadable(path: path, reason: FileError.systemReason)
    }
    let target = String(cString: resolved)
    free(resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw .unreadable(path: path, reason: FileError.systemReason) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unwritable(path: path, reason: "not a regular file") }
    // Renaming asks nothing of the old file: a write-protected one has to be refused here.
    guard access(target, W_OK) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason) }
    guard try InputFile.read(target) == old else { throw .changedMeanwhile(path: path) }

    let folder = String(target.prefix(upTo: target.lastIndex(of: "/") ?? target.startIndex)) + "/"
    var template = Array((folder + ".espalier-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: FileError.systemReason) }
    var isDone = false
    defer {
      if !isDone { unlink(template) }
    }
    do {
      defer { close(descriptor) }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      // Changing the owner clears mode bits, so the mode comes second. Losing the owner is no reason to fail.
      _ = fchown(descriptor, status.st_uid, status.st_gid)
      guard fchmod(descriptor, status.st_mode & 0o7777) == 0, Descriptor.write(new, to: descriptor),
        fsync(descriptor) == 0
      else { throw FileError.unwritable(path: path, reason: FileError.systemReason) }
    }
    guard rename(template, target) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason) }
    isDone = true
    // The rename itself survives a power cut only once the folder is on disk.
    let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folderDescriptor >= 0 {
      fsync(folderDescriptor)
      close(folderDescriptor)
    }
  }
}
