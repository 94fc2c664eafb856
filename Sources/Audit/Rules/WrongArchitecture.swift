import LoadSimulation
import NativeBinaries

/// Finds a binary for another processor than the function's.
///
/// Why: An x86_64 addon does not load in an arm64 function, nor the other way round. glibc skips a file for another machine
/// and then reports that it found none, so the message says that a file is missing which is there.
///
/// Mend: Install the dependencies for the function's architecture (`--platform linux/arm64` or `linux/amd64`), or change the
/// function's architecture to the one that the package was built for.
///
/// Example: ELF x86_64 (Linux, glibc). nodejs20.x on arm64 needs ELF aarch64 (Linux, glibc ≤ 2.34).
enum WrongArchitecture: Rule {
  static let id = "wrong-architecture"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    let target = context.target
    let need = "\(target.name) on \(target.architecture) needs \(target.wantedFormat)."
    let remedy = context.remedies.install(for: binary.npmPackage)
    switch binary.failure {
    case .wrongMachine(let path, let machine):
      let name = AuditTarget.elfMachine(ELF.architectureName(machine: machine))
      let what = binary.isSelf(path) ? binary.facts?.summary ?? "ELF \(name)" : "It needs \(path), which is ELF \(name)"
      let meaning = binary.load == nil ? nil : misleading
      return [finding(binary, "\(what). \(need)", evidence: [binary.lambdaMessage, meaning], remedy: remedy)]
    case .wrongByteOrder(let path):
      let what = binary.isSelf(path) ? binary.facts?.summary ?? "ELF" : "It needs \(path), which is ELF"
      return [
        finding(binary, "\(what), big-endian. \(need)", evidence: [binary.lambdaMessage], remedy: remedy)
      ]
    default: return []
    }
  }

  private static let misleading =
    "Meaning: the file is there. glibc passes over a file for another machine, and then reports that it found none."
}
