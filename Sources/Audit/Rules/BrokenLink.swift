import LoadSimulation

/// Finds an addon that is a link to something that is not in the package.
///
/// Why: Lambda keeps symbolic links as they are in the zip. A link to a path outside the package, or to a file that was
/// left out, leads nowhere there, although it works on the machine that made the package.
///
/// Mend: Package the file that the link leads to, or let the zip tool store files instead of links.
///
/// Example: A link to ../../../build/binding.node, where nothing is in the package.
enum BrokenLink: Rule {
  static let id = "broken-link"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .fileMissing = binary.failure else { return [] }
    guard let target = binary.linkTarget else {
      let isUTF8 = Array(binary.path.description.utf8) == binary.path.bytes
      let why =
        isUTF8 ? "Its path cannot be opened on Linux." : "Its name is not UTF-8: JavaScript cannot name the file."
      return [
        finding(
          binary, why, evidence: [binary.lambdaMessage],
          remedy: AuditReport.Remedy(summary: "Give the file a shorter name in plain ASCII.", commands: []))
      ]
    }
    let message = "A link to \(target), where nothing is in the package."
    return [
      finding(
        binary, message, evidence: [binary.lambdaMessage],
        remedy: AuditReport.Remedy(
          summary:
            "Package the file that the link leads to, or make the zip without -y, so that it stores files for links.",
          commands: []))
    ]
  }
}
