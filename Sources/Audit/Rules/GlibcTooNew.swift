import LoadSimulation
import NodeModules

/// Finds a binary that needs a newer glibc than the runtime has.
///
/// Why: A binary needs at least the glibc of the machine it was linked on, for every function that changed since.
/// Amazon Linux 2023 has glibc 2.34 and Amazon Linux 2 has 2.26; Ubuntu 22.04 has 2.35 and 24.04 has 2.39.
///
/// Mend: Compile it in Lambda's own image. A binary that was downloaded stays the same wherever it is installed: there, take
/// an older release of the npm package or a newer runtime.
///
/// Example: It needs glibc 2.38; nodejs20.x has 2.34.
enum GlibcTooNew: Rule {
  static let id = "glibc-too-new"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .versionMissing(let library, let version, let requiredBy) = binary.failure, isGlibc(version) else {
      return []
    }
    let isSelf = binary.isSelf(requiredBy)
    let number = String(version.dropFirst("GLIBC_".count))
    let needed = isSelf ? Text.highest([number, binary.facts?.requires.glibc]) : number
    let subject = isSelf ? "It needs glibc \(needed)" : "It needs \(requiredBy), which needs glibc \(needed)"
    let has = context.target.glibc.map { "\(context.target.name) has \($0)" } ?? "\(library) does not define \(version)"
    return [
      finding(
        binary, "\(subject); \(has).", evidence: [binary.lambdaMessage, meaning],
        remedy: remedy(binary, needed, context))
    ]
  }

  static func isGlibc(_ version: String) -> Bool { version.hasPrefix("GLIBC_") && version != "GLIBC_PRIVATE" }

  private static func remedy(_ binary: AuditedBinary, _ needed: String, _ context: AuditContext) -> AuditReport.Remedy {
    let remedies = context.remedies
    let runtimes = remedies.runtimes { $0.glibc.map { SymbolVersion($0) >= SymbolVersion(needed) } ?? false }
    return remedies.forNewerLibrary(binary.npmPackage, runtimes: runtimes, library: "glibc \(needed)")
  }

  private static let meaning = "Meaning: it was built on a newer Linux distribution than the one that Lambda runs."
}

extension Remedies {
  /// For a binary that is right in all but the age of the libraries it was linked against.
  func forNewerLibrary(_ package: NPMPackage?, runtimes: String?, library: String) -> AuditReport.Remedy {
    if let compile = compile(package) { return compile }
    let name = package.map { "an older release of \($0.name)" } ?? "an older build of it"
    let newer = runtimes.map { ", or deploy to a runtime that has \(library): \($0)" } ?? ""
    return AuditReport.Remedy(
      summary: "Take \(name)\(newer), or build it from source in Lambda's own image.", commands: [])
  }
}
