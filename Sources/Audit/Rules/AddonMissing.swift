import NodeModules
import PackageFiles

/// Finds an npm package whose loader finds no addon for the target.
///
/// Why: Loaders such as bindings, node-gyp-build and node-pre-gyp look in certain places for a binary that suits platform,
/// architecture, C library and module version; where nothing is there, they throw, and so does what requires the package.
/// Often its install script never ran: `--ignore-scripts`, pnpm 10's script policy, or a bundler that copied only JavaScript.
///
/// Mend: Install the dependencies where Lambda's platform is and with install scripts, or let npm add the target's platform
/// package.
///
/// Example: None of its 2 addons is for linux-x64.
enum AddonMissing: Rule {
  static let id = "addon-missing"
  static let severity = AuditReport.Severity.error

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let addons = Dictionary(grouping: context.binaries.filter { $0.load != nil }) { Owner($0) }
    let searched = context.packages.compactMap { Self.searched($0, addons, context) }
    let decided = Set(
      context.packages.filter { $0.selection != nil }.map { Owner(mount: $0.mount, path: $0.package.path) })
    let others = addons.filter { !decided.contains($0.key) }
    return searched + others.compactMap { guessed($0.key, $0.value, context) }
  }

  /// A package whose loader was followed, and opened nothing.
  private static func searched(
    _ package: AuditedNPMPackage, _ all: [Owner: [AuditedBinary]], _ context: AuditContext
  ) -> AuditReport.Finding? {
    guard let selection = package.selection, case .throwsError(let error) = selection.outcome,
      selection.decisivePaths.isEmpty, !WrongPlatformPackage.isAbout(package, context)
    else { return nil }
    let name = package.package.name
    let addons = (all[Owner(mount: package.mount, path: package.package.path)] ?? []).filter { $0.npmPackage != nil }
    let cause = MissingCause(of: package, context)
    var evidence = ["On Lambda: \(thrown(error))"]
    evidence += triedLines(selection)
    evidence += Text.firstLines(addons.map { "\($0.path): \($0.roleReason ?? "nothing loads it")" }, limit: 4)
    evidence += [cause.sentence].compactMap(\.self)
    var found = finding(
      path: package.place, npmPackage: name, message(selection, addons, context), evidence: evidence,
      remedy: cause.remedy ?? context.remedies.install(for: package.package))
    soften(&found, package)
    found.mount = package.mount
    return found
  }

  private static func message(
    _ selection: AddonSelection, _ addons: [AuditedBinary], _ context: AuditContext
  ) -> String {
    let tuple = context.target.nodePlatform.tuple
    switch addons.count {
    case 0: return "It has no addon: \(selection.loader) finds none for \(tuple)."
    case 1: return "Its only addon is not for \(tuple)."
    default: return "None of its \(addons.count) addons is for \(tuple)."
    }
  }

  /// The first line that says something: some texts begin with an empty one.
  static func thrown(_ error: NodeError) -> String {
    let lines = error.message.split(separator: "\n", omittingEmptySubsequences: true)
    return "Error: " + (lines.first.map(String.init) ?? "")
  }

  /// The places that were looked at, where the message does not name them.
  private static func triedLines(_ selection: AddonSelection) -> [String] {
    let missing = selection.attempts.filter { $0.outcome == .missing }.map { "Not there: \($0.path)" }
    return selection.loader == "bindings" ? Text.firstLines(missing, limit: 3) : Text.firstLines(missing, limit: 4)
  }

  /// An error that the package or its users catch is none.
  static func soften(_ finding: inout AuditReport.Finding, _ package: AuditedNPMPackage) {
    if OptionalAddons.isBuildTool(package.package.name) {
      finding.severity = .note
      finding.evidence.append("It is needed to build the project, and rarely to run it.")
    } else if let fallback = package.fallback {
      finding.severity = .warning
      finding.evidence.append("Not fatal: the error is caught, and \(fallback).")
    }
  }

  /// Addons of which only their names tell what they are for.
  private static func guessed(
    _ owner: Owner, _ members: [AuditedBinary], _ context: AuditContext
  ) -> AuditReport.Finding? {
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

  /// What one loader looks through: an npm package, or a folder where there is none.
  private struct Owner: Hashable {
    var mount: String
    var path: TreePath

    init(mount: String, path: TreePath) {
      self.mount = mount
      self.path = path
    }

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
