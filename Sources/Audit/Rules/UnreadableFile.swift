import LoadSimulation

/// Finds files that Lambda's user, or airworthy itself, may not read.
///
/// Why: Lambda runs the function as a user that does not own the files, so every file needs the read permission for
/// others, and every directory the execute permission too. What airworthy cannot read it cannot vouch for.
///
/// Mend: Give others the permission before packaging.
///
/// Example: Its permissions are 0600: Lambda's user may not read it.
enum UnreadableFile: Rule {
  static let id = "unreadable-file"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard binary.load != nil, case .permissionDenied(let path) = binary.failure else { return [] }
    let isSelf = binary.isSelf(path)
    if isSelf, binary.status.kind == .file, binary.status.othersMayRead {
      let message = "A directory above it does not let Lambda's user through."
      return [finding(binary, message, evidence: [binary.lambdaMessage], remedy: remedy)]
    }
    let mode = isSelf ? binary.status.permissions.map { "Its permissions are \(Text.octal($0)): " } ?? "" : ""
    let subject = isSelf ? "Lambda's user may not read it" : "It needs \(path), which Lambda's user may not read"
    return [finding(binary, "\(mode)\(subject).", evidence: [binary.lambdaMessage], remedy: remedy)]
  }

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    context.problems.compactMap { problem in
      guard case .unreadable(let reason) = problem.problem.kind else { return nil }
      return finding(
        path: Text.name(problem.problem.name), "airworthy could not read it: \(reason). It was not checked.",
        remedy: remedy)
    }
  }

  /// What AWS's own guide says.
  private static let remedy = AuditReport.Remedy(
    summary: "Let everybody read the files, in the package's directory:", commands: ["chmod -R o+rX ."])
}
