import Foundation
import Glibc

/// Runs a command to its end or to a deadline, with everything that it starts in a process group of its own.
///
/// `Foundation.Process` waits for the children of a child too, and leaves them running when it ends the child: a
/// compiler's driver would outlive its deadline by the whole compilation.
enum ReferenceProcess {
  /// The exit status; nil if the command is not there, is killed or takes more than `timeout` seconds.
  ///
  /// Standard input is empty, both outputs go to the file `output`. Messages are asked for in English, as they are read.
  static func run(_ command: [String], output: String, timeout: Double) -> Int32? {
    guard let name = command.first else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

    let environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, name, &actions, &attributes, arguments, variables) == 0 else { return nil }

    let deadline = ContinuousClock.now + .seconds(timeout)
    var status: Int32 = 0
    while true {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { break }
      if ended < 0, errno != EINTR { return nil }
      if ContinuousClock.now > deadline {
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return nil
      }
      usleep(1_000)
    }
    // The low seven bits are the signal that ended it; 127 is what a spawned shell or loader says of a missing command.
    let code = (status >> 8) & 0xFF
    return status & 0x7F == 0 && code != 126 && code != 127 ? code : nil
  }
}
