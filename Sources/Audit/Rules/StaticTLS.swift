import LoadSimulation

/// Finds a binary whose static thread-local storage does not fit.
///
/// Why: Code compiled with `-ftls-model=initial-exec` takes its thread-local variables from a small reserve that is set up when
/// the process starts; a library that is loaded later may find too little left.
///
/// Mend: Compile it with `-ftls-model=global-dynamic`, or load it before other such libraries.
///
/// Example: Its static thread-local storage does not fit into what the process has left.
enum StaticTLS: Rule {
  static let id = "static-tls"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .staticTLS(let path) = binary.failure else { return [] }
    let subject = binary.isSelf(path) ? "Its" : "It needs \(path), whose"
    return [
      finding(
        binary, "\(subject) static thread-local storage does not fit into what the process has left.",
        evidence: [binary.lambdaMessage], remedy: context.remedies.compile(binary.npmPackage))
    ]
  }
}
