import LoadSimulation

/// Finds a binary that asks for an executable stack which the runtime's glibc refuses.
///
/// Why: glibc 2.41 and later do not make the stack executable for a library that is loaded later on.
///
/// Mend: Clear the flag, which hardly any code needs: `patchelf --clear-execstack FILE`; or compile it with
/// `-z noexecstack`.
///
/// Example: It asks for an executable stack, which glibc refuses.
enum ExecutableStack: Rule {
  static let id = "executable-stack"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .executableStack(let path) = binary.failure else { return [] }
    let subject = binary.isSelf(path) ? "It asks" : "It needs \(path), which asks"
    return [
      finding(
        binary, "\(subject) for an executable stack, which glibc refuses.", evidence: [binary.lambdaMessage],
        remedy: context.remedies.compile(binary.npmPackage))
    ]
  }
}
