import LoadSimulation

/// Finds a binary that needs a version of some other library than the one it gets.
///
/// Why: glibc checks the symbol versions of every library before any code runs. The directories of `LD_LIBRARY_PATH` come
/// first on Lambda, so that a package's own copy can lose against an older one of the system.
///
/// Mend: Build against the library that the runtime has, or ship the right one under another soname beside the addon.
///
/// Example: It needs OPENSSL_3.4.0 of /var/lang/lib/libcrypto.so.3, which does not define it.
enum LibraryVersion: Rule {
  static let id = "library-version"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .versionMissing(let library, let version, let requiredBy) = binary.failure,
      !GlibcTooNew.isGlibc(version), !LibstdcxxTooNew.isLibstdcxx(version)
    else { return [] }
    let subject = binary.isSelf(requiredBy) ? "It needs" : "It needs \(requiredBy), which needs"
    let found = binary.load?.objects.first { $0.path == library }
    let place = found.map { "\(library) was found through \($0.via.rawValue)." }
    return [
      finding(
        binary, "\(subject) \(version) of \(library), which does not define it.",
        evidence: [binary.lambdaMessage, place], remedy: context.remedies.compile(binary.npmPackage))
    ]
  }
}
