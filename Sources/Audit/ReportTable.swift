/// How the tables of reports show what they count.
enum ReportTable {
  /// A share in per cent with one digit, 0 of nothing.
  static func share(_ count: Int, of total: Int) -> String { share(Double(count), of: total) }

  /// The same of a count that is a mean.
  static func share(_ count: Double, of total: Int) -> String {
    let tenths = Int((1000 * count / Double(max(total, 1))).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }

  /// `text` at the right of a cell.
  static func cell(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
