import LoadSimulation

/// Finds a binary that is cut off or broken inside.
///
/// Why: A truncated file gives `file too short` or `cannot read file data`; when its headers are whole but its contents
/// are not, loading kills the process with SIGBUS, without a word, and Lambda reports only that the runtime exited.
///
/// Mend: Delete the npm package and install it again; look for a full disk, an interrupted download or copy, and for tools
/// that change binary files as if they were text.
///
/// Example: The file ends at 40,960 bytes, in the middle of what loading needs.
enum DamagedBinary: Rule {
  static let id = "damaged-binary"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard let (path, what, meaning) = damage(binary) else { return [] }
    let subject = binary.isSelf(path) ? what.prefix(1).uppercased() + what.dropFirst() : "It needs \(path): \(what)"
    return [
      finding(
        binary, subject + ".",
        evidence: [binary.lambdaMessage, meaning, binary.facts?.damage.first.map { "Found: \($0)" }],
        remedy: context.remedies.install(for: binary.npmPackage))
    ]
  }

  private static func damage(_ binary: AuditedBinary) -> (path: String, what: String, meaning: String?)? {
    let bytes = Text.bytes(binary.status.byteCount)
    switch binary.failure {
    case .fileTooShort(let path):
      guard binary.facts?.format != .other || binary.status.byteCount == 0 else { return nil }
      let isEmpty = binary.isSelf(path) && binary.status.byteCount == 0
      return (path, isEmpty ? "the file is empty" : "the file is shorter than an ELF header", nil)
    case .truncated(let path):
      let meaning =
        "Meaning: the kernel maps what the headers promise; touching a page that the file does not have is SIGBUS."
      let length = binary.isSelf(path) ? " at \(bytes)" : ""
      return (path, "the file ends\(length), in the middle of what loading needs", meaning)
    case .damaged(let path, let reason) where !NotAnAddon.isOtherKind(reason) && reason != "ELF file OS ABI invalid":
      return (path, "the ELF file is broken: \(reason)", nil)
    default: return nil
    }
  }
}
