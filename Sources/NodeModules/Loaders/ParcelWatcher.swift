/// @parcel/watcher 2.2 and later, which comes as one npm package for each platform.
///
/// Convention: `@parcel/watcher-<platform>-<arch>-glibc`, or `-musl`, with `watcher.node` as its main file.
///
/// Precedence: The platform's package, `build/Release/watcher.node`, `build/Debug/watcher.node`. Since 2.5.0 an error other than
/// `MODULE_NOT_FOUND` ends the search and is thrown as it is; before, it was passed over.
///
/// Source: parcel-bundler/watcher `index.js` of 2.2.0, 2.4.0, 2.5.0 and 2.6.0.
enum ParcelWatcher: PackageLoader {
  static let id = "parcel-watcher"

  static let packageNames = ["@parcel/watcher"]

  /// Before 2.2 the package calls `node-gyp-build`.
  static func isUsed(by package: NPMPackage) -> Bool {
    isNamed(package) && package.isAtLeast(2, 2)
  }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let name = "@parcel/watcher-\(search.process.platform.tuple)-\(search.isMusl ? "musl" : "glibc")"
    for request in [name, "./build/Release/watcher.node", "./build/Debug/watcher.node"] {
      switch try search.require(request, from: search.directory) {
      case .success(let module): return .found(module.path)
      case .failure(let error):
        if search.package.isAtLeast(2, 5), error.code != "MODULE_NOT_FOUND" { return .fails(error) }
      }
    }
    return .fails(
      NodeError(
        "No prebuild or local build of @parcel/watcher found. Tried \(name). Please ensure it is installed (don't use --no-optional when installing with npm). Otherwise it is possible we don't support your platform yet. If this is the case, please report an issue to https://github.com/parcel-bundler/watcher."
      ))
  }
}
