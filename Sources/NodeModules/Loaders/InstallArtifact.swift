/// install-artifact-from-github, which fetches one binary when a package such as re2 is installed.
///
/// Convention: The release's file `<platform>-<arch>-<ABI>` (with the C library behind the platform on musl) becomes the file that
/// `--artifact` names: `build/Release/re2.node`.
///
/// Precedence: Nothing of it runs later: the package requires the fixed path. Where nothing can be fetched the package is built.
///
/// Source: uhop/install-artifact-from-github `bin/install-from-cache.js`; uhop/node-re2 `package.json`.
enum InstallArtifact: InstalledLayout {
  static let id = "install-artifact-from-github"

  static func isUsed(by package: NPMPackage) -> Bool {
    package.installs(with: "install-artifact-from-github") || package.installs(with: "install-from-cache")
  }
}
