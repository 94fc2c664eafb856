import LoadSimulation

/// Finds a binary whose ABI tag asks for a newer kernel, or another system's.
///
/// Why: glibc ignores a file that asks for a newer kernel than the running one and then reports that it found none, so the
/// message says that a file is missing which is there. Libraries of Qt are known for it.
///
/// Mend: Remove the tag (`strip --remove-section=.note.ABI-tag FILE`) where the binary does not need the newer kernel, or
/// build it on an older distribution.
///
/// Example: Its ABI tag asks for a newer kernel than Lambda's.
enum KernelTooOld: Rule {
  static let id = "kernel-too-old"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .kernelTooOld(let path) = binary.failure else { return [] }
    let subject = binary.isSelf(path) ? "Its" : "It needs \(path), whose"
    return [
      finding(
        binary, "\(subject) ABI tag asks for a newer kernel than Lambda's.",
        evidence: [binary.lambdaMessage, misleading],
        remedy: context.remedies.compile(binary.npmPackage))
    ]
  }

  private static let misleading =
    "Meaning: the file is there. glibc passes it over, and then reports that it found none."
}
