import LoadSimulation

/// Finds a binary that needs a newer x86-64 processor than Lambda promises.
///
/// Why: A binary compiled with `-march=x86-64-v4` says so in its properties, and glibc 2.33 and later refuse it on processors without
/// AVX-512. Lambda promises AVX2, that is x86-64-v3.
///
/// Mend: Compile it with `-march=x86-64-v3` or lower.
///
/// Example: It needs a newer x86-64 processor than Lambda promises.
enum CPUMicroarchitecture: Rule {
  static let id = "cpu-microarchitecture"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .isaLevel(let path) = binary.failure else { return [] }
    let subject = binary.isSelf(path) ? "It needs" : "It needs \(path), which needs"
    return [
      finding(
        binary, "\(subject) a newer x86-64 processor than Lambda promises.", evidence: [binary.lambdaMessage],
        remedy: context.remedies.compile(binary.npmPackage))
    ]
  }
}
