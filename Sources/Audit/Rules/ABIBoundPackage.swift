import NodeModules

/// Finds a native npm package that ties the function to one line of Node.js, or whose later releases come without trouble.
///
/// Why: A package that uses V8's own interface needs a build for every `NODE_MODULE_VERSION`: each new runtime of Lambda breaks
/// it until somebody builds it anew. Packages on Node-API load on all of them.
///
/// Mend: Move to the release or the package named, when there is time; nothing is broken yet.
///
/// Example: canvas 2.11.2 is bound to V8: it needs a build for every Node.js line; 3 uses Node-API.
enum ABIBoundPackage: Rule {
  static let id = "abi-bound-package"
  static let severity = AuditReport.Severity.note

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    context.packages.compactMap { package in
      guard let advisory = Advisory.find(package.package), advisory.kind != .abandoned else { return nil }
      let name = package.package.name + (package.package.version.map { " " + $0 } ?? "")
      var found = finding(
        path: package.place, npmPackage: package.package.name, "\(name) is \(advisory.status).",
        evidence: ["Source: \(advisory.source)"], remedy: context.remedies.replace(package.package, advisory))
      found.mount = package.mount
      return found
    }
  }
}
