import LoadSimulation
import NativeBinaries

/// Finds a binary that is no Linux binary at all: Mach-O, PE, text, a Git LFS pointer.
///
/// Why: Lambda runs Linux. Native npm packages are compiled, or downloaded, for the machine on which they are installed,
/// so a `node_modules` from macOS or Windows does not load there. glibc says only `invalid ELF header`.
///
/// Mend: Install the dependencies where Lambda's platform is: in Lambda's own container image, or with npm's `--os`,
/// `--cpu` and `--libc` where the npm package ships one package for each platform.
///
/// Example: Mach-O arm64 (macOS). Lambda needs ELF x86_64 (Linux, glibc ≤ 2.34).
enum ForeignFormat: Rule {
  static let id = "foreign-format"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    if let path = refusedPath(binary) {
      return [binary.isSelf(path) ? addon(binary, in: context) : dependency(binary, path, in: context)]
    }
    return []
  }

  /// The file that glibc refuses because it is of another format.
  private static func refusedPath(_ binary: AuditedBinary) -> String? {
    switch binary.failure {
    case .notELF(let path) where !MuslBuild.isLinkerScript(path): path
    case .fileTooShort(let path) where binary.facts?.format == .other && binary.status.byteCount > 0: path
    case .damaged(let path, "ELF file OS ABI invalid"): path
    default: nil
    }
  }

  private static func addon(_ binary: AuditedBinary, in context: AuditContext) -> AuditReport.Finding {
    let facts = binary.facts ?? BinaryFacts(format: .other)
    return finding(
      binary, wanted(facts, context), evidence: [binary.lambdaMessage, origin(facts)],
      remedy: remedy(binary, facts, context))
  }

  private static func dependency(
    _ binary: AuditedBinary, _ path: String, in context: AuditContext
  ) -> AuditReport.Finding {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? path } ?? path
    let facts = context.binaries(named: name).first { $0.isSelf(path) }?.facts
    return finding(
      binary, "It needs \(path), which is \(facts?.summary ?? "no ELF file"). \(need(context))",
      evidence: [binary.lambdaMessage], remedy: context.remedies.install(for: binary.npmPackage))
  }

  private static func wanted(_ facts: BinaryFacts, _ context: AuditContext) -> String {
    let summary = facts.summary
    return summary.prefix(1).uppercased() + summary.dropFirst() + ". " + need(context)
  }

  private static func need(_ context: AuditContext) -> String { "Lambda needs \(context.target.wantedFormat)." }

  private static func origin(_ facts: BinaryFacts) -> String? {
    switch facts.format {
    case .macho: "Meaning: it was installed or built on macOS; glibc calls every file that is not ELF an invalid one."
    case .pe: "Meaning: it was installed or built on Windows; glibc calls every file that is not ELF an invalid one."
    case .elf: "Meaning: it was built for \(facts.os ?? "another system"), which uses ELF as Linux does."
    case .other: lookAlikeOrigin(facts.lookAlike)
    case .ar, .wasm: nil
    }
  }

  private static func lookAlikeOrigin(_ lookAlike: LookAlike?) -> String {
    switch lookAlike?.kind {
    case .gitLFSPointer: "Meaning: Git LFS left its pointer in place of the file."
    case .html: "Meaning: a download got a page instead of the file, and was saved under its name."
    case .linkTargetText: "Meaning: a symbolic link was checked out or unpacked as a text file."
    case .gzip, .zip, .xz, .zstd, .bzip2: "Meaning: a download was not unpacked."
    default: "Meaning: the file is named as an addon, but holds something else."
    }
  }

  private static func remedy(
    _ binary: AuditedBinary, _ facts: BinaryFacts, _ context: AuditContext
  ) -> AuditReport.Remedy {
    if isLFSPointer(facts) {
      return AuditReport.Remedy(
        summary: "Fetch the files from Git LFS before packaging:", commands: ["git lfs pull"])
    }
    return context.remedies.install(for: binary.npmPackage)
  }

  private static func isLFSPointer(_ facts: BinaryFacts) -> Bool {
    if case .gitLFSPointer = facts.lookAlike?.kind { true } else { false }
  }
}
