/// cmake-js, which builds with CMake when a package is installed.
///
/// Convention: `build/<configuration>/<target>.node`, the configuration `Release` or `Debug`.
///
/// Precedence: Nothing of it runs later: the package uses `bindings`, `pkg-prebuilds` or a fixed path. It builds for the system it
/// runs on.
///
/// Source: cmake-js/cmake-js `lib/cMake.js` of 7.4.0.
enum CMakeJS: InstalledLayout {
  static let id = "cmake-js"

  static func isUsed(by package: NPMPackage) -> Bool { package.installs(with: "cmake-js") }
}
