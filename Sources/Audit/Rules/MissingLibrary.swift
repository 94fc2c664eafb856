import LoadSimulation
import NativeBinaries
import NodeModules

/// Finds a binary that needs a shared library which neither Lambda nor the package has.
///
/// Why: Lambda's images are small: many libraries of a desktop or build image are missing, among them libatomic, libgomp,
/// libexpat and libcrypt. Only `/var/task`, `/var/task/lib` and `/opt/lib` are searched besides the system's directories
/// and what the addon's own run path names.
///
/// Mend: Put the library into `lib/` of the function or of a layer, or install the npm package that brings it.
///
/// Example: It needs libgomp.so.1, which is neither in nodejs20.x nor in the package.
enum MissingLibrary: Rule {
  static let id = "missing-library"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .missingLibrary(let name, let neededBy, let skipped) = binary.failure, !MuslBuild.isMuslLibrary(name),
      !(binary.isSelf(neededBy) && binary.facts?.libc == "musl")
    else { return [] }
    let subject = binary.isSelf(neededBy) ? "It needs \(name)" : "It needs \(neededBy), which needs \(name)"
    let place = "which is neither in \(context.target.name) nor where the loader looks in the package"
    let candidates = skipped.map { "Passed over: \($0.path) (\(reason($0.reason)))" }
    return [
      finding(
        binary, "\(subject), \(place).",
        evidence: [binary.lambdaMessage] + candidates + [elsewhere(name, context), origin(name)],
        remedy: remedy(name, binary, context))
    ]
  }

  private static func reason(_ reason: LoadFailure.SkippedCandidate.Reason) -> String {
    switch reason {
    case .wrongMachine(let machine): "for \(AuditTarget.elfMachine(ELF.architectureName(machine: machine)))"
    case .wrongClass: "32-bit"
    case .unreadable: "not readable for Lambda's user"
    case .kernelTooOld: "for a newer kernel"
    }
  }

  /// A file of that name that the package has where nothing looks for it.
  private static func elsewhere(_ name: String, _ context: AuditContext) -> String? {
    let copies = context.binaries(named: name).filter { $0.facts?.format == .elf }
    guard let copy = copies.first(where: { $0.facts?.architectures == [context.target.architecture] }) else {
      return nil
    }
    return "The package has one where the loader does not look: \(copy.deployedPath)"
  }

  private static func origin(_ name: String) -> String? {
    if name.hasPrefix("libnode.so") {
      return "Meaning: it was built on a distribution whose Node.js is a shared library; Lambda's is one executable."
    }
    if name.hasPrefix("libc++") || name == "liblog.so" { return "Meaning: it was not built for Amazon Linux." }
    return nil
  }

  private static func remedy(_ name: String, _ binary: AuditedBinary, _ context: AuditContext) -> AuditReport.Remedy {
    remedy(name, neededBy: binary.npmPackage, context.remedies)
  }

  /// Where the library can come from that a file of `package` needs.
  static func remedy(_ name: String, neededBy package: NPMPackage?, _ remedies: Remedies) -> AuditReport.Remedy {
    if name.hasPrefix("libnode.so") {
      return remedies.compile(package) ?? remedies.reinstall(compiling: true)
    }
    if let package, let platform = remedies.platformPackage(for: package) { return platform }
    if let image = remedies.target.image, let rpm = systemPackages[name] {
      let copy = "mkdir -p lib && cp -L /usr/lib64/\(name) lib/"
      return AuditReport.Remedy(
        summary: "Add \(name) from Amazon Linux to the function's lib/, where Lambda looks for it:",
        commands: [remedies.container(image, "\(remedies.systemInstall(rpm)) && \(copy)", compiling: false)])
    }
    return AuditReport.Remedy(
      summary: "Put \(name), built for \(remedies.target.wantedFormat), into lib/ of the function or of a layer.",
      commands: [])
  }

  /// The packages of Amazon Linux 2 and 2023 (same names in both) with libraries that Lambda's images leave out.
  private static let systemPackages = [
    "libatomic.so.1": "libatomic", "libexpat.so.1": "expat", "libfontconfig.so.1": "fontconfig",
    "libfreetype.so.6": "freetype", "libgomp.so.1": "libgomp", "libX11.so.6": "libX11",
  ]
}
