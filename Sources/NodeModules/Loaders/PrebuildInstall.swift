/// prebuild-install, which fetches one binary when a package is installed.
///
/// Convention: The archive `<name>-v<version>-<runtime>-v<ABI>-<platform><libc>-<arch>.tar.gz` of the project's releases is
/// unpacked into the package: `build/Release/<name>.node`. With `runtime` `napi` the ABI is the Node-API version.
///
/// Precedence: Nothing of it runs later: the package uses `bindings` or a fixed path. `npm_config_platform`, `npm_config_arch`,
/// `npm_config_libc` and `npm_config_target` choose the binary at installation; a package manager that skips install scripts
/// leaves none.
///
/// Source: prebuild/prebuild-install `rc.js`, `util.js` and `download.js` of 7.1.3; deprecated since February 2026.
enum PrebuildInstall: InstalledLayout {
  static let id = "prebuild-install"

  static func isUsed(by package: NPMPackage) -> Bool { package.installs(with: "prebuild-install") }
}
