import Reporting

/// `fix --interactive`: asks for each file which repair to write.
struct FixDialogue {
  /// Goes through the files that can be repaired; the end of standard input is an answer too: leave the rest.
  func run(_ files: inout [FixReport.File]) throws {
    for index in files.indices where files[index].outcome == .repaired {
      try show(files[index])
      switch ask(files[index].proposals.count) {
      case .take(let choice):
        files[index].choose(choice)
        write(&files[index])
      case .leave: continue
      case .end: return
      }
    }
  }

  private enum Answer {
    case take(Int)
    case leave
    case end
  }

  private func show(_ file: FixReport.File) throws {
    try StandardOutput.write("\(file.path): \(file.found) repair\(file.found == 1 ? "" : "s")\n")
    for (index, proposal) in file.proposals.enumerated() {
      try StandardOutput.write(proposal.heading(index + 1, of: file.found) + "\n" + proposal.diff)
    }
  }

  /// Asks until there is an answer.
  private func ask(_ count: Int) -> Answer {
    while true {
      StandardError.write("write which: 1\(count > 1 ? " to \(count)" : ""), [s]kip, [q]uit? ")
      guard let line = readLine() else { return .end }
      switch line.split(separator: " ").first ?? "" {
      case "s", "skip": return .leave
      case "q", "quit": return .end
      case let word:
        if let number = Int(word), 1...count ~= number { return .take(number - 1) }
      }
    }
  }

  private func write(_ file: inout FixReport.File) {
    guard let new = file.repairedText else { return }
    do {
      try AtomicFile.replace(file.path, old: file.original, with: new)
      file.isWritten = true
    } catch {
      file = FixReport.File(path: file.path, problem: "\(error)")
    }
  }
}
