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
    let temporary = folder + ".espalier-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    // A file without a name vanishes with the process, so a kill while it is written leaves nothing behind.
    var descriptor = open(folder, O_WRONLY | O_CLOEXEC | unnamedFile, 0o600)
    var isNamed = false
    if descriptor < 0 {
      // Not every file system has such files.
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      isNamed = descriptor >= 0
    }
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: FileError.systemReason) }
    defer {
      close(descriptor)
      if isNamed { unlink(temporary) }
    }
    // Changing the owner clears mode bits, so the mode comes second. Losing the owner is no reason to fail.
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0, Descriptor.write(new, to: descriptor),
      fsync(descriptor) == 0
    else { throw .unwritable(path: path, reason: FileError.systemReason) }
    if !isNamed {
      // A link cannot replace the target itself, so the file gets a name first.
      isNamed = linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0
      guard isNamed else { throw .unwritable(path: path, reason: FileError.systemReason) }
    }
    guard rename(temporary, target) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason) }
    isNamed = false
    // The rename itself survives a power cut only once the folder is on disk.
    let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folderDescriptor >= 0 {
      fsync(folderDescriptor)
      close(folderDescriptor)
    }
  }

  /// `O_TMPFILE`, whose definition is too complex to be imported.
  private static let unnamedFile: Int32 = 0o20000000 | O_DIRECTORY
}
