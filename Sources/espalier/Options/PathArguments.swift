import ArgumentParser
import Reporting

/// `PATHS…`: files and folders to work on.
struct PathArguments: ParsableArguments {
  @Argument(help: "Files and folders. Hidden files and links inside folders are passed over.")
  var paths: [String]

  /// The files that the paths stand for, with their languages.
  func files(_ languages: LanguageTable) -> AssignedFiles { AssignedFiles(paths, languages) }
}

/// Files with their languages, sorted by path, and what could not be listed or assigned, as sentences.
struct AssignedFiles {
  struct File: Equatable {
    var path: String
    var language: String
  }

  var files: [File] = []
  var problems: [String]

  /// The files that `paths` stand for.
  ///
  /// Inside a folder, files of no installed language are passed over; given themselves, they are a problem.
  init(_ paths: [String], _ languages: LanguageTable, passingIgnored: Bool = false) {
    let list = FileList(paths, passingIgnored: passingIgnored)
    problems = list.problems.map(\.description)
    for entry in list.entries {
      if let language = languages.language(of: entry.path) {
        files.append(.init(path: entry.path, language: language))
      } else if entry.isExplicit {
        problems.append(
          "\(entry.path): expected a file of an installed language (\(languages.names.joined(separator: ", "))), "
            + "found none with this ending")
      }
    }
  }
}
