import LoadSimulation

/// Finds an addon compiled against another major version of Node.js.
///
/// Why: An addon that uses V8 or NAN is bound to one `NODE_MODULE_VERSION`, that is to one major version of Node.js. Addons
/// that use Node-API are not.
///
/// Mend: Install the dependencies with the runtime's Node.js, or deploy to the runtime that the addon was compiled for.
///
/// Example: Compiled for NODE_MODULE_VERSION 127 (Node.js 22); nodejs20.x has 115.
enum ModuleVersionMismatch: Rule {
  static let id = "module-version-mismatch"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard let built = builtVersion(binary) else { return [] }
    let required = context.target.moduleVersion
    let name = releases[built].map { " (\($0))" } ?? ""
    let has = required.map { "\(context.target.name) has \($0)" } ?? "\(context.target.name) has another"
    let runtimes = context.target.alternatives.filter { $0.moduleVersion == built }.map(\.runtimeID)
    let matching = runtimes.isEmpty ? nil : "It would load in \(runtimes.joined(separator: ", "))."
    return [
      finding(
        binary, "Compiled for NODE_MODULE_VERSION \(built)\(name); \(has).",
        evidence: [binary.lambdaMessage, matching],
        remedy: remedy(binary, context))
    ]
  }

  /// What an addon that Node.js does not accept was compiled for.
  static func builtVersion(_ binary: AuditedBinary) -> Int? {
    switch binary.failure {
    case .moduleVersion(let built, _): return built
    case .notSelfRegistered:
      // Only `node_register_module_vN` and no constructor: Node.js looks for its own N and finds nothing.
      let registration = binary.facts?.registration
      return registration?.kind == .v8 ? registration?.registeredVersions.max() ?? registration?.moduleVersion : nil
    default: return nil
    }
  }

  private static func remedy(_ binary: AuditedBinary, _ context: AuditContext) -> AuditReport.Remedy {
    if let package = binary.npmPackage, let replacement = context.remedies.necessaryReplacement(of: package) {
      return replacement
    }
    return context.remedies.reinstall(compiling: true)
  }

  /// Releases of Node.js by module version; see `doc/abi_version_registry.json` in Node.js. Electron's are not among them.
  private static let releases = [
    11: "Node.js 0.10", 14: "Node.js 0.12", 46: "Node.js 4", 47: "Node.js 5", 48: "Node.js 6", 51: "Node.js 7",
    57: "Node.js 8", 59: "Node.js 9", 64: "Node.js 10", 67: "Node.js 11", 72: "Node.js 12", 79: "Node.js 13",
    83: "Node.js 14", 88: "Node.js 15", 93: "Node.js 16", 102: "Node.js 17", 108: "Node.js 18", 111: "Node.js 19",
    115: "Node.js 20", 120: "Node.js 21", 127: "Node.js 22", 131: "Node.js 23", 137: "Node.js 24", 141: "Node.js 25",
    147: "Node.js 26",
  ]
}
