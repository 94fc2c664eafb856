import PackageFiles

/// One thing that can be wrong with a package on Lambda.
///
/// Its documentation comment is its page: the first sentence says what it finds, then `Why:` it matters on Lambda,
/// `Mend:` how to mend it, and `Example:` a message. `Scripts/generate-rules` collects them.
public protocol Rule: Sendable {
  /// Kebab-case, and never changed once released.
  static var id: String { get }
  /// What its findings are where nothing in the package softens them.
  static var severity: AuditReport.Severity { get }
  /// What is wrong with one binary.
  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding]
  /// What is wrong with the package as a whole.
  static func findings(in context: AuditContext) -> [AuditReport.Finding]
}

extension Rule {
  public static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] { [] }
  public static func findings(in context: AuditContext) -> [AuditReport.Finding] { [] }
}

/// All rules, and what they find together.
public enum Rules {
  /// In the order in which they are documented.
  public static let all: [any Rule.Type] = [
    ForeignFormat.self, WrongArchitecture.self, WrongClass.self, DamagedBinary.self, MuslBuild.self, GlibcTooNew.self,
    LibstdcxxTooNew.self, MissingLibrary.self, LibraryVersion.self, UndefinedSymbol.self, LazySymbols.self,
    ModuleVersionMismatch.self, NodeAPITooNew.self, NotAnAddon.self, BrokenLink.self, UnreadableFile.self,
    NotExecutable.self, KernelTooOld.self, ExecutableStack.self, StaticTLS.self, CPUMicroarchitecture.self,
    AddonMissing.self, WrongPlatformPackage.self, ContextUnaware.self, AbandonedPackage.self, ABIBoundPackage.self,
    RuntimeDeprecated.self,
    SizeLimit.self, LayerConflict.self, LayerMismatch.self, LibraryShadowed.self,
    StalePackage.self, UnusedBinaries.self, DuplicateEntry.self, UnsafePath.self, EncryptedEntry.self,
    DamagedArchive.self, Undecided.self,
  ]

  /// Every finding of every rule: those of the package itself first, then by path, the worst first.
  public static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let findings = ConcurrentMap.map(all) { rule in
      var findings = rule.findings(in: context)
      // As they stand: each copy of one counts a dozen references, at the same time as the other threads.
      let binaries = context.binaries.span
      for index in binaries.indices { findings += rule.findings(for: binaries[index], in: context) }
      return findings
    }
    let ranked = findings.joined().enumerated().sorted { a, b in
      if a.element.path != b.element.path { return (a.element.path ?? "") < (b.element.path ?? "") }
      if a.element.severity != b.element.severity { return a.element.severity > b.element.severity }
      return a.offset < b.offset
    }
    return ranked.map(\.element)
  }
}

extension Rule {
  /// A finding of this rule about `binary`.
  ///
  /// An error becomes a warning where the npm package goes on without the addon, with that said in the evidence.
  static func finding(
    _ binary: AuditedBinary, _ message: String, evidence: [String?], remedy: AuditReport.Remedy?,
    severity: AuditReport.Severity? = nil
  ) -> AuditReport.Finding {
    var lines = evidence.compactMap(\.self)
    var level = severity ?? Self.severity
    var remedy = remedy
    // Whether the function starts a program is not known.
    if binary.role == .executable, level == .error { level = .warning }
    if let shadowed = binary.shadowed {
      lines.append("Shadowed: \(shadowed) fits, but the loader takes this one before it.")
      remedy = Remedies.remove(binary)
    }
    if level == .error, let fallback = binary.fallback {
      level = .warning
      lines.append("Not fatal: the package catches this error, and \(fallback).")
    }
    return AuditReport.Finding(
      rule: id, severity: level, path: binary.path.description, mount: binary.mount,
      npmPackage: binary.npmPackage?.name, message: message,
      evidence: lines, remedy: remedy)
  }

  /// A finding of this rule about an entry of the archive or the directory, or about all of it.
  static func finding(
    path: String?, npmPackage: String? = nil, _ message: String, evidence: [String] = [],
    remedy: AuditReport.Remedy? = nil, severity: AuditReport.Severity? = nil
  ) -> AuditReport.Finding {
    AuditReport.Finding(
      rule: id, severity: severity ?? Self.severity, path: path, npmPackage: npmPackage, message: message,
      evidence: evidence, remedy: remedy)
  }
}
