import NodeModules

/// Finds a native npm package that its authors have given up.
///
/// Why: Such a package gets no builds for new versions of Node.js. Sooner or later, often already on the target's
/// Node.js, it can be neither compiled nor loaded.
///
/// Mend: Move to the named replacement; the code that uses the package has to change with it.
///
/// Example: ref is abandoned (last change in 2019) and does not build on Node.js 12 and later.
enum AbandonedPackage: Rule {
  static let id = "abandoned-package"
  static let severity = AuditReport.Severity.warning

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    var seen: Set<String> = []
    return context.npmPackages.compactMap { package in
      guard let advisory = Advisory.find(package), advisory.kind == .abandoned,
        seen.insert(package.path.description).inserted
      else { return nil }
      return finding(
        path: package.path.description, npmPackage: package.name, "\(package.name) is \(advisory.status).",
        evidence: [isBroken(advisory, context), excluded(advisory, context), "Source: \(advisory.source)"].compactMap(
          \.self),
        remedy: context.remedies.replace(package, advisory))
    }
  }

  /// The other runtimes on which it is broken.
  private static func excluded(_ advisory: Advisory, _ context: AuditContext) -> String? {
    guard let broken = advisory.brokenSince else { return nil }
    let runtimes = context.target.alternatives.filter { $0.isCurrent && ($0.nodeMajor ?? 0) >= broken }.map(\.runtimeID)
    return runtimes.isEmpty ? nil : "It excludes \(runtimes.joined(separator: ", ")) as well."
  }

  private static func isBroken(_ advisory: Advisory, _ context: AuditContext) -> String? {
    guard let broken = advisory.brokenSince, let major = context.target.nodeMajor, major >= broken else { return nil }
    return "It cannot be built for the Node.js \(major) of \(context.target.name): rebuilding it does not help."
  }
}

extension Remedies {
  func necessaryReplacement(of package: NPMPackage) -> AuditReport.Remedy? {
    guard let advisory = Advisory.find(package), let broken = advisory.brokenSince, let major = target.nodeMajor,
      major >= broken
    else { return nil }
    return replace(package, advisory)
  }

  func replace(_ package: NPMPackage, _ advisory: Advisory) -> AuditReport.Remedy {
    let names = advisory.replacements.map { replacement in
      switch replacement {
      case .npm(let name): name
      case .builtIn(let name): name
      }
    }
    let summary = "Replace \(package.name) by \(names.joined(separator: " or ")), and the code that uses it"
    guard case .npm(let first) = advisory.replacements.first, package.hasValidName else {
      return AuditReport.Remedy(summary: summary + ".", commands: [])
    }
    var wanted = first
    // A later release of the same package: nothing is removed.
    if first.hasPrefix(package.name + "@") {
      guard let floor = Advisory.nodeAPIFloors[package.name], let maximum = target.nodeAPIMaximum,
        maximum < floor.nodeAPI
      else {
        return AuditReport.Remedy(
          summary: "Move to \(names.joined(separator: " or ")):", commands: ["\(verbs.add) \(first)"])
      }
      return AuditReport.Remedy(
        summary: "On \(target.name) stay with it; its next major release needs Node-API \(floor.nodeAPI).", commands: []
      )
    }
    if let floor = Advisory.nodeAPIFloors[first], let maximum = target.nodeAPIMaximum, maximum < floor.nodeAPI {
      wanted = floor.older
    }
    let (remove, plain) = verbs
    let isNPM = packageManager.map { $0.kind == .npm } ?? true
    let add =
      isNPM && Advisory.platformSpecific.contains(first)
      ? "npm install --os=linux --cpu=\(target.nodeArchitecture) --libc=glibc" : plain
    return AuditReport.Remedy(summary: summary + ":", commands: ["\(remove) \(package.name)", "\(add) \(wanted)"])
  }

  private var verbs: (remove: String, add: String) {
    switch packageManager?.kind {
    case .npm, nil: ("npm uninstall", "npm install")
    case .pnpm: ("pnpm remove", "pnpm add")
    case .yarn: ("yarn remove", "yarn add")
    case .bun: ("bun remove", "bun add")
    }
  }
}
