import NodeModules

/// Finds an npm package that has its platform package for another platform only.
///
/// Why: sharp, napi-rs packages and many others come as one npm package for each platform, of which npm installs the one
/// for the machine it runs on. The others are weight; but where the target's own is missing, `require` throws.
///
/// Mend: Let npm add the target's package with `--os`, `--cpu` and `--libc`, or install in Lambda's own image.
///
/// Example: sharp has @img/sharp-darwin-arm64, and nothing for linux-x64.
enum WrongPlatformPackage: Rule {
  static let id = "wrong-platform-package"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let platform = context.target.nodePlatform
    var seen: Set<NPMPackage> = []
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
