import NodeModules
import PackageFiles

/// Finds an npm package with native binaries that is installed in another version than the lock file says.
///
/// Why: A `node_modules` from before the last change of the lock file is what gets deployed, with yesterday's binaries. The
/// build seems to be mended, and the error stays.
///
/// Mend: Install from the lock file into an empty `node_modules`, and pack anew.
///
/// Example: bcrypt 5.1.1 is installed, but package-lock.json says 6.0.0.
enum StalePackage: Rule {
  static let id = "stale-package"
  static let severity = AuditReport.Severity.warning

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    guard let versions = context.lock?.versions, !versions.isEmpty else { return [] }
    return context.npmPackages.compactMap { package in
      guard let installed = package.version, let locked = versions[package.path], locked != installed else {
        return nil
      }
      return finding(
        path: package.path.description, npmPackage: package.name,
        "\(package.name) \(installed) is installed, but package-lock.json says \(locked).",
        evidence: ["The package was made from a node_modules that is older than its lock file, or newer."],
        remedy: context.remedies.reinstall(compiling: context.remedies.isCompiledAtInstallation(package)))
    }
  }
}
