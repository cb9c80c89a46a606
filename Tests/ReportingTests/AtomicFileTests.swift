import Foundation
import Reporting
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func replace(_ path: String, _ old: String, _ new: String) throws {
    try AtomicFile.replace(path, old: Array(old.utf8), with: Array(new.utf8))
  }

  @Test func contentIsReplacedAndTheModeKept() throws {
    let path = try folder.write("f", "old")
    #expect(chmod(path, 0o751) == 0)
    try replace(path, "old", "new")
    #expect(try folder.read("f") == "new")
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o751)
    #expect(folder.names == ["f"])
  }

  @Test func aSymbolicLinkStaysOne() throws {
    try folder.write("deep/target", "old")
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "deep/target")
    try replace(folder.path("link"), "old", "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "deep/target")
    #expect(try folder.read("deep/target") == "new")
  }

  @Test func aFileThatChangedIsNotReplaced() throws {
    let path = try folder.write("f", "somebody else's")
    #expect(throws: FileError.changedMeanwhile(path: path)) { try replace(path, "old", "new") }
    #expect(try folder.read("f") == "somebody else's")
    #expect(throws: FileError.notFound(path: folder.path("none"))) { try replace(folder.path("none"), "", "new") }
    #expect(folder.names == ["f"])
  }
}
