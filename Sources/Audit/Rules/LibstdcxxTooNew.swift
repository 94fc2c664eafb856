import LoadSimulation

/// Finds a binary that needs a newer libstdc++ than the runtime has.
///
/// Why: C++ addons need at least the libstdc++ of the compiler that built them. On nodejs24.x and later Node.js brings its own
/// in `/var/lang/lib`, which is older than the system's and comes first.
///
/// Mend: Compile it in Lambda's own image, take an older release of the npm package, or link libstdc++ statically
/// (`-static-libstdc++`).
///
/// Example: It needs GLIBCXX_3.4.34 of libstdc++.so.6; nodejs20.x has up to GLIBCXX_3.4.33.
enum LibstdcxxTooNew: Rule {
  static let id = "libstdcxx-too-new"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .versionMissing(let library, let version, let requiredBy) = binary.failure, isLibstdcxx(version) else {
      return []
    }
    let subject = binary.isSelf(requiredBy) ? "It needs" : "It needs \(requiredBy), which needs"
    let limit = context.target.glibcxx.map { "; \(context.target.name) has up to GLIBCXX_\($0)" } ?? ""
    let needed = binary.facts?.requires.glibcxx
    let runtimes = context.remedies.runtimes { alternative in
      guard let needed, let has = alternative.glibcxx else { return false }
      return SymbolVersion(has) >= SymbolVersion(needed)
    }
    return [
      finding(
        binary, "\(subject) \(version) of \(library)\(limit).", evidence: [binary.lambdaMessage, meaning],
        remedy: context.remedies.forNewerLibrary(binary.npmPackage, runtimes: runtimes, library: "it"))
    ]
  }

  static func isLibstdcxx(_ version: String) -> Bool { version.hasPrefix("GLIBCXX_") || version.hasPrefix("CXXABI_") }

  private static let meaning = "Meaning: it was built with a newer GCC than the one whose C++ library the runtime has."
}
