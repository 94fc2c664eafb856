import LoadSimulation

/// Finds an addon of which airworthy cannot tell whether it loads.
///
/// Why: Something that decides it could not be read, such as an encrypted or damaged library. Saying nothing would look as if
/// it loaded.
///
/// Mend: See the finding about the file that could not be read.
///
/// Example: It is not decided whether it loads: lib/libx.so.1 is encrypted.
enum Undecided: Rule {
  static let id = "undecided"
  static let severity = AuditReport.Severity.warning

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard binary.role != .unused, binary.failure == nil, case .unknown(let what) = binary.load?.outcome else {
      return []
    }
    return [finding(binary, "It is not decided whether it loads: \(what).", evidence: [], remedy: nil)]
  }
}
