/// A tool that only acts at installation: it puts the binary where the package's own JavaScript, or a loader library, finds it.
///
/// It has no part in loading; its section in `Documentation/Loaders.md` says where its binaries lie and why they can be missing.
public protocol InstalledLayout: Loader {
  /// Whether `package` is installed so.
  static func isUsed(by package: NPMPackage) -> Bool
}

extension NPMPackage {
  /// Whether the install script runs the command `name`, or the package depends on the npm package of that name.
  func installs(with name: String) -> Bool {
    if dependencies.contains(name) { return true }
    let words = installScript?.split { " &|;()".contains($0) } ?? []
    return words.contains { $0 == name || $0.hasSuffix("/" + name) }
  }
}
