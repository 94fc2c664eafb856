import LoadSimulation

/// Finds a file named as an addon in which Node.js finds nothing to register.
///
/// Why: A valid shared library without a registration gives `Module did not self-register`. It is usually a helper library
/// that was renamed, an addon for Node.js 0.10, an executable or an object file.
///
/// Mend: Point the loader at the addon itself, or install a release of the npm package for this Node.js.
///
/// Example: A shared library that registers nothing with Node.js.
enum NotAnAddon: Rule {
  static let id = "not-an-addon"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard let what = description(binary) else { return [] }
    return [
      finding(
        binary, what, evidence: [binary.lambdaMessage], remedy: context.remedies.install(for: binary.npmPackage))
    ]
  }

  /// Whether glibc refuses a file because it is a whole one of another kind.
  static func isOtherKind(_ reason: String) -> Bool {
    reason == "only ET_DYN and ET_EXEC can be loaded" || reason.hasPrefix("cannot dynamically load")
  }

  private static func description(_ binary: AuditedBinary) -> String? {
    switch binary.failure {
    case .notSelfRegistered where ModuleVersionMismatch.builtVersion(binary) == nil:
      return "A shared library that registers nothing with Node.js."
    case .noEntryPoint: return "It registers with Node.js, but has no entry point."
    case .isDirectory: return "A directory that is named as an addon."
    case .damaged(let path, let reason) where isOtherKind(reason):
      let isObject = reason.hasPrefix("only ET_DYN")
      let what = isObject ? "an object file or a core dump" : "an executable"
      let subject = binary.isSelf(path) ? "It is \(what)" : "It needs \(path), which is \(what)"
      return "\(subject), and only shared libraries can be loaded."
    default: return nil
    }
  }
}
