import Foundation

/// What figures are told with.
enum Machine {
  /// Cores and the name of the processor.
  static var description: String {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let name = lines("/proc/cpuinfo").first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return "\(cores) cores" + (name.map { " of\($0)" } ?? "")
  }

  /// The most memory that the process has had, nil where the system does not tell.
  static var peakResidentBytes: Int? { status("VmHWM:") }

  /// The memory that the process has now, nil where the system does not tell.
  static var residentBytes: Int? { status("VmRSS:") }

  private static func status(_ key: String) -> Int? {
    let line = lines("/proc/self/status").first { $0.hasPrefix(key) }
    return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map {
      $0 * 1024
    }
  }

  private static func lines(_ file: String) -> [Substring] {
    (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n") ?? []
  }
}
