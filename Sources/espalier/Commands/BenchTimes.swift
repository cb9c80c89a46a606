import Foundation

/// Times of something that was done many times, in microseconds.
struct BenchTimes: Encodable {
  var count: Int
  var median = 0.0
  var p99 = 0.0
  var mean = 0.0

  init(_ durations: [Duration]) {
    let sorted = durations.sorted()
    count = sorted.count
    guard count > 0 else { return }
    mean = sorted.reduce(.zero, +) / .microseconds(1) / Double(count)
    median = sorted[sorted.count / 2] / .microseconds(1)
    p99 = sorted[sorted.count * 99 / 100] / .microseconds(1)
  }

  func line(_ name: String) -> String {
    String(format: "%@ %7d times, median %9.1f µs, p99 %9.1f µs, mean %9.1f µs\n", name, count, median, p99, mean)
  }
}
