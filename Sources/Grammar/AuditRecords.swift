import Foundation

/// What audits found out about one build of a grammar: the file `audits.json`.
///
/// `espalier audit … --record FILE` writes it, `grammar install` takes it along from the description's folder, and
/// `grammar list` shows it as long as the grammar is still the one that was audited.
public struct AuditRecords: Codable, Equatable, Sendable {
  public static let fileName = "audits.json"

  /// The fingerprint of the audited tables, as `GrammarStore.Entry.fingerprint` has it.
  public var tables: String
  /// By name of the audit.
  public var audits: [String: Record]

  public struct Record: Codable, Equatable, Sendable {
    /// How many inputs, canvases or tokens were looked at.
    public var checked: Int
    /// In how many of them something was wrong.
    public var failed: Int
    /// The version of the tool that looked.
    public var tool: String

    public init(checked: Int, failed: Int, tool: String) {
      self.checked = checked
      self.failed = failed
      self.tool = tool
    }
  }

  public init(tables: String, audits: [String: Record] = [:]) {
    self.tables = tables
    self.audits = audits
  }

  /// Reads a file. Throws `fileAccess`, or `invalidDescription` if it is not what `encoded` makes.
  public init(path: String) throws(GrammarError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .fileAccess(path: path, reason: "cannot be read")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw .invalidDescription(path: path, line: 1, expected: "records of audits", found: "something else")
    }
  }
}

extension GrammarStore {
  /// What is recorded about the installed grammar `entry`; nil if there is nothing, or about another build of it.
  public func audits(of entry: Entry) -> [String: AuditRecords.Record]? {
    let path = entry.folder.appendingPathComponent(AuditRecords.fileName).path
    guard let records = try? AuditRecords(path: path), records.tables == entry.fingerprint else { return nil }
    return records.audits
  }
}
