import Foundation
import Reporting
import Testing

@Suite struct InputTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func textIsReadAsItIs() throws {
    #expect(try InputFile.read(try folder.write("a", "é\r\nb")) == Array("é\r\nb".utf8))
    #expect(try InputFile.read(try folder.write("empty", "")) == [])
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 300_001)
    #expect(try InputFile.read(try folder.write("large", large)) == large)
  }

  @Test func whatIsNoTextIsRefused() throws {
    let binary = try folder.write("binary", [0x61, 0x00])
    #expect(throws: FileError.binary(path: binary, offset: 1)) { try InputFile.read(binary) }
    let invalid = try folder.write("invalid", [0x61, 0x0A, 0x62, 0xC3, 0x28])
    #expect(throws: FileError.invalidUTF8(path: invalid, offset: 3, line: 2, byte: 0xC3)) {
      try InputFile.read(invalid)
    }
    #expect(throws: FileError.isFolder(path: folder.url.path)) { try InputFile.read(folder.url.path) }
    #expect(throws: FileError.notFound(path: folder.path("none"))) { try InputFile.read(folder.path("none")) }
  }

  @Test func whatIsTooLargeIsRefusedBeforeItIsRead() throws {
    let path = try folder.write("huge", "")
    #expect(truncate(path, InputFile.byteLimit + 1) == 0)
    #expect(throws: FileError.tooLarge(path: path, given: InputFile.byteLimit + 1, limit: InputFile.byteLimit)) {
      try InputFile.read(path)
    }
  }

  @Test func messagesNameFileLineExpectedAndFound() {
    #expect(
      FileError.invalidUTF8(path: "f", offset: 3, line: 2, byte: 0xC3).description
        == "f:2: expected UTF-8, found the byte 0xC3 at offset 3")
    #expect(FileError.notFound(path: "f").description == "f: expected a file or folder, found nothing")
  }

  @Test func foldersStandForTheirVisibleFiles() throws {
    for name in ["b.py", "a/z.c", "a/y.c", ".git/x", "a/.hidden/x", ".x"] { try folder.write(name, "") }
    try FileManager.default.createSymbolicLink(atPath: folder.path("loop"), withDestinationPath: folder.url.path)
    let list = FileList([folder.url.path, folder.path(".x"), folder.path("b.py"), folder.path("missing")])
    #expect(list.entries.map(\.path) == [".x", "a/y.c", "a/z.c", "b.py"].map(folder.path))
    #expect(list.entries.map(\.isExplicit) == [true, false, false, true])
    #expect(list.problems == [.notFound(path: folder.path("missing"))])
  }
}
