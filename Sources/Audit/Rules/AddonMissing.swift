import NodeModules
import PackageFiles

/// Finds an npm package, or a folder outside of npm packages, whose addons are all for something else than the target.
///
/// Why: Loaders such as node-gyp-build and node-pre-gyp choose by platform, architecture, C library and module version; where
/// nothing fits, they throw, and so does what requires the package.
///
/// Mend: Install the dependencies where Lambda's platform is, or let npm add the target's platform package.
///
/// Example: None of its 2 addons is for linux-x64.
enum AddonMissing: Rule {
  static let id = "addon-missing"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let addons = context.binaries.filter { $0.load != nil }
    return Dictionary(grouping: addons) { Owner($0) }.compactMap { owner, members in
      guard members.allSatisfy({ $0.role == .unused }), let first = members.first, isNeeded(first.npmPackage) else {
        return nil
      }
      let tuple = context.target.nodePlatform.tuple
      let count = members.count == 1 ? "Its only addon is not" : "None of its \(members.count) addons is"
      let lines = members.sorted { $0.path < $1.path }.map { "\($0.path): \($0.roleReason ?? "nothing loads it")" }
      var found = finding(
        path: owner.path.description, npmPackage: first.npmPackage?.name, "\(count) for \(tuple).",
        evidence: [consequence(first.npmPackage)] + Text.firstLines(lines, limit: 4),
        remedy: context.remedies.install(for: first.npmPackage))
      found.mount = owner.mount
      return found
    }
  }

  /// What one loader looks through: an npm package, or a folder where there is none.
  private struct Owner: Hashable {
    var mount: String
    var path: TreePath

    init(_ binary: AuditedBinary) {
      mount = binary.mount
      path = binary.npmPackage?.path ?? binary.path.parent ?? .root
    }
  }

  /// Platform packages are judged with the package that wants them; some packages go on without their addon.
  private static func isNeeded(_ package: NPMPackage?) -> Bool {
    guard let package else { return true }
    return package.os.isEmpty && package.cpu.isEmpty && !PlatformTokens.isPlatformPackage(package.name)
      && !OptionalAddons.isBuildTool(package.name) && OptionalAddons.fallback(of: package.name) == nil
  }

  private static func consequence(_ package: NPMPackage?) -> String {
    guard let package else { return "On Lambda: whatever loads them throws." }
    return
      "On Lambda: its loader finds nothing that fits, and require('\(package.name)') throws unless it has a fallback."
  }
}
