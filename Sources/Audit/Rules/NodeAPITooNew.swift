import LoadSimulation

/// Finds an addon compiled for a newer Node-API than the runtime's Node.js has.
///
/// Why: Node.js 18.17 and later check the version when the addon registers, and a bug in the check kills the process
/// with SIGSEGV instead of throwing. Nothing is printed, and `try`/`catch` does not help.
///
/// Mend: Take a release of the npm package that is compiled for the runtime's Node-API, or a newer runtime.
///
/// Example: Compiled for Node-API 10; nodejs20.x has 9, and the process crashes.
enum NodeAPITooNew: Rule {
  static let id = "node-api-too-new"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .nodeAPITooNew(let built, let supported) = binary.failure else { return [] }
    let remedies = context.remedies
    let runtimes = remedies.runtimes { $0.nodeAPIMaximum.map { $0 >= built } ?? false }
    let newer = runtimes.map { ", or deploy to a runtime that has Node-API \(built): \($0)" } ?? ""
    let name = binary.npmPackage.map { "an older release of \($0.name)" } ?? "an older build of it"
    return [
      finding(
        binary, "Compiled for Node-API \(built); \(context.target.name) has \(supported), and the process crashes.",
        evidence: [binary.lambdaMessage, meaning],
        remedy: AuditReport.Remedy(summary: "Take \(name)\(newer).", commands: []))
    ]
  }

  private static let meaning =
    "Meaning: Node.js means to throw an error about the version here, and crashes before it can."
}
