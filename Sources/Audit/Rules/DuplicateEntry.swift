import PackageFiles

/// Finds names that stand twice in an archive, or differ only in capitals.
///
/// Why: Of two entries with one name the last wins when Lambda unpacks them, while other tools show the first. Names that
/// differ in capitals are two files on Lambda, but one on most macOS and Windows machines.
///
/// Mend: Make the archive anew, from an empty file: `zip` adds to an existing archive.
///
/// Example: Two entries have this name; the last one wins.
enum DuplicateEntry: Rule {
  static let id = "duplicate-entry"
  static let severity = AuditReport.Severity.warning

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    context.problems.compactMap { problem in
      let name = Text.name(problem.problem.name)
      switch problem.problem.kind {
      case .duplicate:
        return finding(path: name, "Two entries have this name; the last one wins.")
      case .caseCollision(let other):
        return finding(path: name, "It differs from \(other) only in capitals: two files on Lambda.", severity: .note)
      default: return nil
      }
    }
  }
}
