import NodeModules
import PackageFiles

/// Remedies for an npm package of which only the name is known, as out of a log.
///
/// Without a tree it is not known what its `package.json` says; a name that npm would not accept gets into no command.
public struct RemediesByName: Sendable {
  /// The npm package; `nil` where none is named.
  public var name: String?
  /// Whether it comes as one npm package for each platform.
  public var hasPlatformPackages: Bool
  /// Whether it compiles, or can, when it is installed.
  public var isCompiled: Bool
  private let remedies: Remedies

  public init(_ name: String?, target: AuditTarget, hasPlatformPackages: Bool, isCompiled: Bool) {
    self.name = name
    self.hasPlatformPackages = hasPlatformPackages
    self.isCompiled = isCompiled
    remedies = Remedies(target: target, packageManager: nil, parents: [:])
  }

  private var package: NPMPackage? {
    guard let name else { return nil }
    var package = NPMPackage(name: name, version: nil, path: TreePath("node_modules/" + name) ?? .root)
    guard package.hasValidName else { return nil }
    if hasPlatformPackages { package.optionalDependencies = [name + "-linux-x64"] }
    package.gypfile = isCompiled
    return package
  }

  /// Installs it where Lambda's platform is; names the replacement of an abandoned one that cannot be built there.
  public var install: AuditReport.Remedy { remedies.install(for: package) }

  /// Compiles it against the target's own libraries, or installs everything there.
  public var compile: AuditReport.Remedy {
    if let package, let replacement = remedies.necessaryReplacement(of: package) { return replacement }
    return remedies.compile(package) ?? remedies.reinstall(compiling: true)
  }

  /// For a file that asks for newer system libraries than the target has.
  ///
  /// - Parameter glibc: the version of glibc that is asked for, where that is the library.
  public func newerLibrary(glibc: String?) -> AuditReport.Remedy {
    let runtimes = glibc.flatMap { needed in
      remedies.runtimes { $0.glibc.map { SymbolVersion($0) >= SymbolVersion(needed) } ?? false }
    }
    return remedies.forNewerLibrary(package, runtimes: runtimes, library: glibc.map { "glibc \($0)" } ?? "it")
  }

  /// Where a library can come from.
  public func library(_ soname: String) -> AuditReport.Remedy {
    MissingLibrary.remedy(soname, neededBy: package, remedies)
  }

  /// A shell command in the target's own image, with the current directory as `/var/task`; `nil` without an image.
  public func inContainer(_ command: String) -> String? {
    remedies.target.image.map { remedies.container($0, command, compiling: false) }
  }

  /// What is known against the npm package: that it is abandoned, and since which Node.js it is broken.
  public var advisory: Advisory? {
    name.flatMap { Advisory.find(NPMPackage(name: $0, version: nil, path: .root)) }
  }
}
