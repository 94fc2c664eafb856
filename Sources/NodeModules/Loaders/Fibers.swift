/// fibers, which carries the binaries of several platforms and versions of Node.js.
///
/// Convention: `bin/<platform>-<arch>-<ABI>-<libc>/fibers.node` (since 4.0; before without the C library).
///
/// Precedence: There is one place. What it throws is written to standard error and replaced by one line.
///
/// Source: laverdet/node-fibers `fibers.js` of 3.1.1 to 5.0.3.
enum Fibers: PackageLoader {
  static let id = "fibers"

  static let packageNames = ["fibers"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = search.process.platform
    guard let version = platform.moduleVersion else {
      return .unknown("the target's module version is not known")
    }
    let libc = search.package.isAtLeast(4) ? "-" + platform.libc : ""
    let place = "\(search.directory)/bin/\(platform.tuple)-\(version)\(libc)/fibers"
    switch try search.require(place, from: search.directory) {
    case .success(let module): return .found(module.path)
    case .failure: return .fails(NodeError("Missing binary. See message above."))
    }
  }
}
