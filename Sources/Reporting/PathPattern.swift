import Glibc

/// A pattern for paths: `*`, `?` and `[…]` within one name, `**` for any number of folders.
public struct PathPattern: Sendable {
  /// The folder from which on names are matched; empty for the working folder.
  public let folder: String
  private let names: [String]

  /// nil if `path` has no sign of a pattern.
  public init?(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    let isPattern = { (name: String) in name.contains { "*?[".contains($0) } }
    guard let first = parts.firstIndex(where: isPattern) else { return nil }
    let head = parts[..<first].joined(separator: "/")
    folder = path.hasPrefix("/") ? "/" + head : head
    names = Array(parts[first...])
  }

  /// Whether a path below `folder` is meant, spelled from there on. O(names in the path × names in the pattern), more
  /// with several `**`.
  public func matches(_ path: String) -> Bool {
    matches(path.split(separator: "/").map(String.init)[...], names[...])
  }

  private func matches(_ path: ArraySlice<String>, _ pattern: ArraySlice<String>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == "**" {
      let rest = pattern.dropFirst()
      // At the end it stands for all files below.
      if rest.isEmpty { return !path.isEmpty }
      return path.indices.contains { matches(path[$0...], rest) }
    }
    guard let name = path.first, fnmatch(first, name, FNM_PERIOD) == 0 else { return false }
    return matches(path.dropFirst(), pattern.dropFirst())
  }
}
