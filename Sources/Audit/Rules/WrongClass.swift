import LoadSimulation

/// Finds a 32-bit binary.
///
/// Why: Lambda's Node.js is a 64-bit process, which cannot load 32-bit code.
///
/// Mend: Install the dependencies for `x64` or `arm64`.
///
/// Example: ELF 32-bit i386 (Linux, glibc). Lambda needs ELF x86_64 (Linux, glibc ≤ 2.34).
enum WrongClass: Rule {
  static let id = "wrong-class"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .wrongClass(let path, let name) = binary.failure else { return [] }
    let isSelf = binary.isSelf(path) || path == binary.fileName
    let what = isSelf ? binary.facts?.summary ?? name : "It needs \(path), which is \(name)"
    return [
      finding(
        binary, "\(what). Lambda needs \(context.target.wantedFormat).", evidence: [binary.lambdaMessage],
        remedy: context.remedies.install(for: binary.npmPackage))
    ]
  }
}
