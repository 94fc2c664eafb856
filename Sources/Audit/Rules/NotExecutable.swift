/// Finds a program that nobody but its owner may execute.
///
/// Why: Lambda's user does not own the files: starting a program without the execute permission for others fails with
/// `EACCES`, and `/var/task` is read-only, so that the function cannot mend it. Zips made on Windows record no permissions.
/// Addons need only to be readable.
///
/// Mend: Set the permission before packaging, on Linux or macOS.
///
/// Example: Its permissions are 0644: starting it fails.
enum NotExecutable: Rule {
  static let id = "not-executable"
  static let severity = AuditReport.Severity.warning

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard binary.role == .executable, binary.status.kind == .file, binary.facts?.format == .elf,
      binary.facts?.architectures == [context.target.architecture]
    else { return [] }
    let what: String
    if let permissions = binary.status.permissions {
      guard permissions & 0o001 == 0 else { return [] }
      what = "Its permissions are \(Text.octal(permissions)): starting it fails."
    } else {
      what = "The archive records no permissions for it, so that Lambda may not make it executable."
    }
    let path = binary.path.description
    let argument = Remedies.quoted(path.first == "-" ? "./" + path : path)
    return [
      finding(
        binary, what, evidence: ["On Lambda, if the function starts it: Error: spawn \(binary.deployedPath) EACCES"],
        remedy: AuditReport.Remedy(
          summary: "Set it before packaging, in the package's directory:", commands: ["chmod a+x \(argument)"]))
    ]
  }
}
