import PackageFiles

extension NPMPackage {
  /// Whether it stands in a `node_modules` directory: something that a package manager installed.
  public var isInNodeModules: Bool {
    path.components.contains { $0.elementsEqual("node_modules".utf8) }
  }

  /// Whether its directory is `node_modules/NAME` or `node_modules/@SCOPE/NAME`.
  public var isRootInNodeModules: Bool {
    let parts = path.components
    guard let nodeModules = parts.lastIndex(where: { $0.elementsEqual("node_modules".utf8) }) else { return false }
    let rest = parts[(nodeModules + 1)...]
    return rest.count == 1 || rest.count == 2 && rest.first?.first == UInt8(ascii: "@")
  }

  /// Whether it is something that can be loaded by its name, or the application itself: no part of another package.
  public var isInstalled: Bool { isRootInNodeModules || !isInNodeModules }

  /// Whether it is the part of another npm package for one platform.
  public var isPlatformPackage: Bool {
    PlatformTokens.isPlatformPackage(name) || !os.isEmpty && !cpu.isEmpty && dependencies.isEmpty
  }
}
