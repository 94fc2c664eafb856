import NodeModules
import PackageFiles

/// Finds a native npm package that stands in the function and in a layer in different versions.
///
/// Why: `require` looks through the function's `node_modules` before `NODE_PATH`, which leads to the layers. The layer's copy
/// is weight then, and whoever mends the layer mends nothing.
///
/// Mend: Keep it in one place.
///
/// Example: sharp is 0.33.5 in the function and 0.32.6 in a layer: the function's is loaded.
enum LayerConflict: Rule {
  static let id = "layer-conflict"
  static let severity = AuditReport.Severity.warning

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let layered = context.packages.filter { package in
      package.mount == "/opt" && package.installed.isNative && !package.package.isPlatformPackage
        && isSearched(package, context)
    }
    if layered.isEmpty { return [] }
    let function = context.packages.filter { $0.mount == "/var/task" }
    // By the directory that `require` looks for: the manifest in it may say another name.
    let installed = Dictionary(function.map { ($0.package.path.description, $0) }) { first, _ in first }
    return layered.compactMap { layer in
      guard let own = installed["node_modules/" + layer.package.name],
        let ownVersion = own.package.version, let layerVersion = layer.package.version, ownVersion != layerVersion
      else { return nil }
      let name = layer.package.name
      var found = finding(
        path: layer.package.path.description, npmPackage: name,
        "\(name) is \(ownVersion) in the function and \(layerVersion) in a layer: the function's is loaded.",
        evidence: ["Loaded: \(own.installed.deployedPath)", "Not loaded: \(layer.installed.deployedPath)"],
        remedy: AuditReport.Remedy(
          summary: "Keep it in one place: leave it out of the function, or take the layer off.", commands: []))
      found.mount = layer.mount
      return found
    }
  }

  /// Whether `NODE_PATH` leads to it.
  private static func isSearched(_ package: AuditedNPMPackage, _ context: AuditContext) -> Bool {
    context.modulePath.contains { $0 + "/" + package.package.name == package.installed.deployedPath }
  }
}
