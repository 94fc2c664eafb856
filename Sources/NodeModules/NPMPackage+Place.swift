import PackageFiles

extension NPMPackage {
  /// Whether it stands in a `node_modules` directory: something that a package manager installed.
  public var isInNodeModules: Bool {
    path.components.contains { $0.elementsEqual("node_modules".utf8) }
  }
}
