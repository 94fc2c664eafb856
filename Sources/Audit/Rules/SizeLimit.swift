/// Finds a package that is too large for Lambda.
///
/// Why: Function and layers together may have 250 MB unzipped (262,144,000 bytes). A zip of more than 50 MB cannot be uploaded
/// directly, but can from S3.
///
/// Mend: Leave out development dependencies (`npm prune --omit=dev`) and binaries for other platforms, or deploy a container
/// image, which may have 10 GB.
///
/// Example: 281.4 MB unzipped; Lambda takes at most 250.0 MB for function and layers together.
enum SizeLimit: Rule {
  static let id = "size-limit"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    guard context.kind != .image else { return [] }
    let target = context.target
    var findings: [AuditReport.Finding] = []
    if context.unzippedBytes >= target.unzippedByteLimit {
      let unused = context.binaries.filter { $0.role == .unused }.reduce(0) { $0 + $1.status.byteCount }
      let share = unused > 0 ? ["Of these, \(Text.bytes(unused)) are binaries that nothing loads."] : []
      findings.append(
        finding(
          path: nil,
          "\(Text.bytes(context.unzippedBytes)) unzipped; Lambda takes less than \(Text.bytes(target.unzippedByteLimit))"
            + " for function and layers together.",
          evidence: [
            "On Lambda: InvalidParameterValueException: Unzipped size must be smaller than \(target.unzippedByteLimit) bytes"
          ] + share,
          remedy: AuditReport.Remedy(summary: "Leave out development dependencies:", commands: ["npm prune --omit=dev"])
        ))
    }
    if let zipped = context.zippedBytes, zipped > target.zippedByteLimit {
      findings.append(
        finding(
          path: nil,
          "\(Text.bytes(zipped)) zipped; more than \(Text.bytes(target.zippedByteLimit)) has to be uploaded through S3.",
          severity: .warning))
    }
    return findings
  }
}
