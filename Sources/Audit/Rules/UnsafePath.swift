import PackageFiles

/// Finds archive entries whose names lead out of the package, or mean something else elsewhere.
///
/// Why: Names that are absolute, hold `..` or backslashes, or go through a link may be refused, or land somewhere else than in
/// `/var/task`.
///
/// Mend: Make the archive anew from inside the package's directory, with a tool that stores plain relative names.
///
/// Example: The name would leave the package: it goes up through `..`.
enum UnsafePath: Rule {
  static let id = "unsafe-path"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    context.problems.compactMap { problem in
      guard case .unsafePath(let reason) = problem.problem.kind else { return nil }
      return finding(path: Text.name(problem.problem.name), "An unsafe name: \(reason).")
    }
  }
}
