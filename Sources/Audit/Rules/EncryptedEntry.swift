import PackageFiles

/// Finds archive entries that Lambda cannot unpack: encrypted, or compressed with another method than deflate.
///
/// Why: Lambda's unpacker has no password and knows only stored and deflated entries.
///
/// Mend: Make the archive anew without a password and with deflate, as `zip` does by default.
///
/// Example: Encrypted: Lambda cannot unpack it.
enum EncryptedEntry: Rule {
  static let id = "encrypted-entry"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    context.problems.compactMap { problem in
      let name = Text.name(problem.problem.name)
      switch problem.problem.kind {
      case .encrypted: return finding(path: name, "Encrypted: Lambda cannot unpack it.", remedy: remedy)
      case .unknownMethod(let method):
        return finding(
          path: name, "Compressed with method \(method); Lambda unpacks stored (0) and deflated (8) entries.",
          remedy: remedy)
      default: return nil
      }
    }
  }

  private static let remedy = AuditReport.Remedy(
    summary: "Pack the archive again without a password and with deflate, as `zip -r` does by default.", commands: [])
}
