/// Finds a runtime that Lambda has deprecated, blocks, or has only in preview.
///
/// Why: After deprecation a runtime gets no more security updates. Later Lambda refuses to create functions with it, then to update
/// them: a deployment fails whatever is in the package.
///
/// Mend: Deploy to a current runtime, after checking the package for it.
///
/// Example: nodejs18.x is deprecated since 2025-09-01; from 2027-03-03 on its functions cannot be updated.
enum RuntimeDeprecated: Rule {
  static let id = "runtime-deprecated"
  static let severity = AuditReport.Severity.warning

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let target = context.target
    guard let runtime = target.runtimeID, let (message, severity) = judge(runtime, target) else { return [] }
    let current = context.remedies.runtimes { _ in true }
    let remedy = current.map { AuditReport.Remedy(summary: "Deploy to a current runtime: \($0).", commands: []) }
    return [finding(path: nil, message, remedy: remedy, severity: severity)]
  }

  private static func judge(_ runtime: String, _ target: AuditTarget) -> (String, AuditReport.Severity)? {
    func isPast(_ date: String?) -> Bool { date.map { $0 <= target.today } ?? false }
    if isPast(target.blockUpdate), let date = target.blockUpdate {
      return ("\(runtime) is blocked: since \(date) its functions can be neither created nor updated.", .error)
    }
    let update = target.blockUpdate.map { "; from \($0) on its functions cannot be updated" } ?? ""
    if isPast(target.blockCreate), let date = target.blockCreate {
      return ("\(runtime) is deprecated: since \(date) no function can be created with it\(update).", .warning)
    }
    if isPast(target.deprecated), let date = target.deprecated {
      let create = target.blockCreate.map { "; from \($0) on no function can be created with it" } ?? ""
      return ("\(runtime) is deprecated since \(date)\(create.isEmpty ? update : create).", .warning)
    }
    return target.isPreview ? ("\(runtime) is a public preview, not meant for production.", .note) : nil
  }
}
