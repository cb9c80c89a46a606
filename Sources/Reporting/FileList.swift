import Glibc

/// The files that a list of paths stands for.
///
/// A folder stands for the regular files below it; names that start with a dot and symbolic links inside folders are
/// passed over. A path that names a file is taken as it is; one that names nothing may be a pattern (`PathPattern`).
public struct FileList: Sendable {
  public struct Entry: Hashable, Sendable {
    public var path: String
    /// Whether the path was given itself, not found in a folder.
    public var isExplicit: Bool
  }

  /// Sorted by path, each path once.
  public var entries: [Entry]
  /// What could not be listed, in the order in which it was met.
  public var problems: [FileError]

  /// Lists the files of `paths`. A missing path is a problem, not a failure: the others are listed all the same.
  ///
  /// - Parameter passingIgnored: passes over what git ignores inside folders.
  public init(_ paths: [String], passingIgnored: Bool = false) {
    var explicit: Set<String> = []
    var found: Set<String> = []
    problems = []
    entries = []
    for path in paths {
      var status = stat()
      if stat(path, &status) != 0 {
        let isMissing = errno == ENOENT || errno == ENOTDIR
        let problem: FileError =
          isMissing ? .notFound(path: path) : .unreadable(path: path, reason: FileError.systemReason)
        guard isMissing, let pattern = PathPattern(path) else {
          problems.append(problem)
          continue
        }
        let folder = pattern.folder.isEmpty ? "." : pattern.folder
        let prefix = pattern.folder.isEmpty ? 0 : folder.hasSuffix("/") ? folder.utf8.count : folder.utf8.count + 1
        let matching = files(below: folder, passingIgnored).filter { file in
          pattern.matches(String(decoding: file.utf8.dropFirst(prefix), as: UTF8.self))
        }
        if matching.isEmpty { problems.append(problem) }
        found.formUnion(matching)
      } else if status.st_mode & S_IFMT == S_IFDIR {
        found.formUnion(files(below: path, passingIgnored))
      } else {
        explicit.insert(path)
      }
    }
    entries = explicit.map { Entry(path: $0, isExplicit: true) }
    entries += found.subtracting(explicit).map { Entry(path: $0, isExplicit: false) }
    entries.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The files below a folder; what cannot be listed is added to the problems.
  private mutating func files(below top: String, _ passingIgnored: Bool) -> Set<String> {
    var files: Set<String> = []
    var folders = [top]
    while let folder = folders.popLast() {
      do {
        let content = try Self.content(of: folder)
        files.formUnion(content.files)
        folders.append(contentsOf: content.folders)
      } catch {
        problems.append(error)
      }
    }
    return passingIgnored ? files.subtracting(IgnoredFiles.of(files.sorted(), below: top)) : files
  }

  private static func content(of folder: String) throws(FileError) -> (files: [String], folders: [String]) {
    guard let stream = opendir(folder) else { throw .unreadable(path: folder, reason: FileError.systemReason) }
    defer { closedir(stream) }
    let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    var files: [String] = []
    var folders: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
          String(cString: $0)
        }
      }
      guard !name.hasPrefix(".") else { continue }
      var kind = UInt32(entry.pointee.d_type)
      if kind == UInt32(DT_UNKNOWN) {
        // Some file systems do not say.
        var status = stat()
        guard lstat(prefix + name, &status) == 0 else { continue }
        kind = (status.st_mode & S_IFMT) >> 12
      }
      if kind == UInt32(DT_DIR) { folders.append(prefix + name) }
      if kind == UInt32(DT_REG) { files.append(prefix + name) }
    }
    return (files, folders)
  }
}
