import NodeModules
import PackageFiles

/// Why a package's binary is not there, as far as the deployment package tells, and what mends just that.
struct MissingCause {
  var sentence: String?
  var remedy: AuditReport.Remedy?

  init(of package: AuditedNPMPackage, _ context: AuditContext) {
    let owned = package.package
    if owned.optionalDependencies.contains(where: PlatformTokens.isPlatformPackage) {
      self.init(platformPackageOf: package, context)
    } else if context.remedies.isCompiledAtInstallation(owned) {
      self.init(scriptOf: package, context)
    } else {
      self.init()
    }
  }

  /// A part of the package for the target that was not installed.
  private init(platformPackageOf package: AuditedNPMPackage, _ context: AuditContext) {
    let name = package.package.name
    let platform = context.target.nodePlatform
    remedy = context.remedies.platformPackage(for: package.package)
    let installed = WrongPlatformPackage.installedParts(of: package, context)
    let fitting = package.package.optionalDependencies.filter { dependency in
      PlatformTokens.isPlatformPackage(dependency) && PlatformTokens([dependency]).match(platform) == .matches
    }.sorted()
    let locked = context.lock.map { lock in fitting.filter { lock.names.contains($0) } }
    let lockedParts = context.lock.map { lock in
      package.package.optionalDependencies.filter { PlatformTokens.isPlatformPackage($0) && lock.names.contains($0) }
    }
    if let locked, locked.isEmpty, let lockedParts, !lockedParts.isEmpty, !fitting.isEmpty {
      sentence =
        "Reason: package-lock.json lists \(Text.list(lockedParts.sorted(), limit: 2)) and not \(Text.list(fitting, limit: 2)): npm wrote it with node_modules in place (npm/cli issue 4828), and npm ci keeps to it."
      remedy = context.remedies.repairLock(package.package)
    } else if installed.isEmpty {
      sentence =
        "Reason: no platform package of \(name) is there: it was installed with --omit=optional or --no-optional, or a bundler copied only JavaScript."
    } else {
      sentence = "Reason: it was installed on \(Self.machine(installed.map(\.name)))."
    }
  }

  private static func machine(_ names: [String]) -> String {
    if names.contains(where: { $0.contains("darwin") }) { return "macOS" }
    if names.contains(where: { $0.contains("win32") }) { return "Windows" }
    return "a machine of another architecture or C library"
  }

  /// A binary that an install script makes or downloads.
  private init(scriptOf package: AuditedNPMPackage, _ context: AuditContext) {
    let name = package.package.name
    let hasBuild = context.files.resolve(package.installed.deployedPath + "/build").located != nil
    guard !hasBuild, package.package.isInNodeModules else { return }
    switch context.packageManager {
    case let manager? where manager.kind == .pnpm && (manager.lockVersion ?? 9) >= 9:
      sentence = "Reason: pnpm 10 and later run no install script that the project does not allow; \(name)'s never ran."
      if package.package.hasValidName {
        remedy = context.remedies.allowScript(of: package.package)
      }
    case let manager? where manager.kind == .bun:
      sentence = "Reason: bun runs install scripts of trustedDependencies only; \(name)'s never ran."
    default:
      sentence =
        "Reason: \(name)'s install script left nothing: it was installed with --ignore-scripts, its build failed, or a bundler copied only JavaScript."
    }
  }

  private init(sentence: String? = nil) { self.sentence = sentence }
}
