import PackageFiles

/// Finds entries of an archive whose data or headers are broken.
///
/// Why: Lambda refuses an archive that it cannot unpack (`Could not unzip uploaded file`); an archive whose headers disagree may
/// unpack to something else there than here.
///
/// Mend: Make the archive anew, and check it with `unzip -t`.
///
/// Example: The archive's data is damaged here: the deflated data ends early.
enum DamagedArchive: Rule {
  static let id = "damaged-archive"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    context.problems.compactMap { problem in
      let name = problem.problem.name.isEmpty ? nil : Text.name(problem.problem.name)
      switch problem.problem.kind {
      case .damaged(let what): return finding(path: name, "The archive's data is damaged here: \(what).")
      case .headerMismatch(let what):
        return finding(path: name, "The entry's two headers disagree: \(what).")
      case .foreignData(let what):
        return finding(path: name, "Data that is no part of the archive: \(what).", severity: .warning)
      default: return nil
      }
    }
  }
}
