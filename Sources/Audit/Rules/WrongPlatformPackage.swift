import NodeModules

/// Finds an npm package whose part for the target's platform is not installed.
///
/// Why: sharp, napi-rs packages and many others come as one npm package for each platform, of which npm installs the one
/// for the machine it runs on. The others are weight; but where the target's own is missing, `require` throws. It is missing
/// after an installation on macOS or Windows, with `--omit=optional`, from a lock file that npm/cli issue 4828 has cut, or because a
/// bundler left it out.
///
/// Mend: Let the package manager add the target's package, or install in Lambda's own image.
///
/// Example: sharp has @img/sharp-darwin-arm64, and nothing for linux-x64.
enum WrongPlatformPackage: Rule {
  static let id = "wrong-platform-package"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let missing = context.packages.compactMap { package -> AuditReport.Finding? in
      guard isAbout(package, context) else { return nil }
      return Self.missing(package, context)
    }
    return missing + foreign(in: context)
  }

  /// Whether a package's search ended because none of its platform packages fits.
  static func isAbout(_ package: AuditedNPMPackage, _ context: AuditContext) -> Bool {
    guard let selection = package.selection, case .throwsError = selection.outcome, selection.decisivePaths.isEmpty
    else { return false }
    return package.package.optionalDependencies.contains(where: PlatformTokens.isPlatformPackage)
  }

  private static func missing(_ package: AuditedNPMPackage, _ context: AuditContext) -> AuditReport.Finding? {
    let name = package.package.name
    let platform = context.target.nodePlatform
    let parts = installedParts(of: package, context)
    if let fitting = parts.first(where: { isFor(platform, $0) }) { return unreachable(fitting, package) }
    let installed = Set(parts.map(\.name)).sorted()
    let what =
      installed.isEmpty
      ? "\(name) has none of its platform packages installed, and needs the one for \(platform.tuple)."
      : "\(name) has \(Text.list(installed, limit: 4)), and nothing for \(platform.tuple)."
    var evidence: [String] = []
    if case .throwsError(let error)? = package.selection?.outcome {
      evidence.append("On Lambda: \(AddonMissing.thrown(error))")
    }
    let wanted = package.selection?.attempts.last { !$0.path.hasPrefix("/") }?.path
    if let wanted { evidence.append("Not there: \(wanted)") }
    let cause = MissingCause(of: package, context)
    evidence += [cause.sentence].compactMap(\.self)
    var found = finding(
      path: package.place, npmPackage: name, what, evidence: evidence,
      remedy: cause.remedy ?? context.remedies.install(for: package.package))
    AddonMissing.soften(&found, package)
    found.mount = package.mount
    return found
  }

  /// The right platform package is there, but not where `require` looks for it.
  private static func unreachable(_ part: NPMPackage, _ package: AuditedNPMPackage) -> AuditReport.Finding {
    let isPnpm = part.path.components.contains { $0.elementsEqual(".pnpm".utf8) }
    var evidence: [String] = []
    if case .throwsError(let error)? = package.selection?.outcome {
      evidence.append("On Lambda: \(AddonMissing.thrown(error))")
    }
    if isPnpm {
      evidence.append(
        "Reason: pnpm's node_modules is made of links, which became copies, or got lost, when it was packed.")
    }
    let remedy =
      isPnpm
      ? AuditReport.Remedy(
        summary: "Keep the links when packing (zip -y), or install without them:",
        commands: ["pnpm install --frozen-lockfile --config.node-linker=hoisted", "zip -ry function.zip ."])
      : AuditReport.Remedy(
        summary: "Install it beside \(package.package.name), in the same node_modules.", commands: [])
    var found = finding(
      path: package.place, npmPackage: package.package.name,
      "\(package.package.name) does not find \(part.name), which stands at \(part.path).", evidence: evidence,
      remedy: remedy)
    AddonMissing.soften(&found, package)
    found.mount = package.mount
    return found
  }

  /// The platform packages of `package` that are in the tree.
  static func installedParts(of package: AuditedNPMPackage, _ context: AuditContext) -> [NPMPackage] {
    context.packages(named: package.package.optionalDependencies).map(\.package).filter(isPlatformSpecific)
  }

  /// Packages whose loader is not known, judged by what stands beside them.
  private static func foreign(in context: AuditContext) -> [AuditReport.Finding] {
    if context.platformParents.isEmpty { return [] }
    let platform = context.target.nodePlatform
    var seen: Set<NPMPackage> = Set(context.packages.filter { $0.selection != nil }.map(\.package))
    return context.npmPackages.compactMap { package in
      guard let parent = context.platformParents[package.path], !isFor(platform, package), !seen.contains(parent),
        !OptionalAddons.isBuildTool(parent.name), OptionalAddons.fallback(of: parent.name) == nil
      else { return nil }
      let installed = context.platformSiblings[package.path] ?? [package]
      guard !installed.contains(where: { isPlatformSpecific($0) && isFor(platform, $0) }) else { return nil }
      seen.insert(parent)
      let names = installed.filter { isPlatformSpecific($0) }.map(\.name)
      return finding(
        path: package.path.description, npmPackage: parent.name,
        "\(parent.name) has \(Text.list(names, limit: 4)), and nothing for \(platform.tuple).",
        evidence: ["On Lambda: require('\(parent.name)') throws, unless something else catches it."],
        remedy: context.remedies.install(for: package))
    }
  }

  private static func isFor(_ platform: NodePlatform, _ package: NPMPackage) -> Bool {
    guard package.isInstallable(on: platform) else { return false }
    if case .foreign = PlatformTokens([package.name]).match(platform) { return false }
    return true
  }

  private static func isPlatformSpecific(_ package: NPMPackage) -> Bool {
    !package.os.isEmpty || !package.cpu.isEmpty || PlatformTokens.isPlatformPackage(package.name)
  }
}
