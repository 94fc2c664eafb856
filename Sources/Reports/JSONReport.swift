import Audit

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reports for programs. Keys are sorted, absent facts are absent keys, and slashes stand as they are.
public enum JSONReport {
  /// One report as it is; several, of one package against several targets, as one `airworthy/check-set/1`.
  public static func text(for reports: [AuditReport]) throws -> String {
    if reports.count == 1, let report = reports.first { return try encode(report) }
    return try encode(ReportSet(reports: reports))
  }

  /// Any other value as JSON in the same form, with a line break at its end.
  public static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// What `check` prints for several targets.
  public struct ReportSet: Codable, Hashable, Sendable {
    public var schema = "airworthy/check-set/1"
    public var reports: [AuditReport]
  }
}
