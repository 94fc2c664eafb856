import LoadSimulation

/// Finds a binary built for musl, Alpine's C library.
///
/// Why: Lambda's images are Amazon Linux with glibc. An addon installed in an `alpine` container asks for
/// `libc.musl-x86_64.so.1` (or, from other musl toolchains, `libc.so`), which is not there.
///
/// Mend: Install the dependencies in Lambda's own image or in any glibc distribution that is not newer, or with npm's
/// `--libc=glibc`.
///
/// Example: ELF x86_64 (Linux, musl). Lambda needs ELF x86_64 (Linux, glibc ≤ 2.34).
enum MuslBuild: Rule {
  static let id = "musl-build"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    let need = "Lambda needs \(context.target.wantedFormat)."
    let remedy = context.remedies.install(for: binary.npmPackage)
    if let neededBy = muslUser(binary) {
      let summary = binary.facts?.summary ?? "Built for musl"
      let what = binary.isSelf(neededBy) ? summary : "It needs \(neededBy), which is built for musl"
      return [finding(binary, "\(what). \(need)", evidence: [binary.lambdaMessage, meaning(binary)], remedy: remedy)]
    }
    return []
  }

  /// Generic musl toolchains write `libc.so`; where a glibc's development files are installed, that is a text file.
  static func isLinkerScript(_ path: String) -> Bool { path.hasSuffix("/libc.so") }

  static func isMuslLibrary(_ name: String) -> Bool {
    name.hasPrefix("libc.musl-") || name == "libc.so" || name.hasPrefix("/lib/ld-musl-")
  }

  private static func muslUser(_ binary: AuditedBinary) -> String? {
    switch binary.failure {
    case .missingLibrary(let name, let neededBy, _) where isMuslLibrary(name): neededBy
    // Another library is missing first, but the addon could not load with it either.
    case .missingLibrary(_, let neededBy, _) where binary.isSelf(neededBy) && binary.facts?.libc == "musl": neededBy
    case .notELF(let path) where isLinkerScript(path): binary.deployedPath
    default: nil
    }
  }

  private static func meaning(_ binary: AuditedBinary) -> String {
    let origin = "Meaning: it was installed on Alpine Linux or built with a musl toolchain"
    if case .missingLibrary(let name, _, _) = binary.failure, isMuslLibrary(name) {
      if name.hasPrefix("/") { return origin + "; its interpreter, musl's loader, is not there." }
      return origin + "; the library it misses is musl itself."
    }
    return origin + "."
  }
}
