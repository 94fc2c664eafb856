/// deasync, which carries the binaries of several versions of Node.js.
///
/// Convention: `bin/<platform>-<arch>-node-<version>/deasync.node`.
///
/// Precedence: The directory of Node.js's major and minor version, then (since 0.1.10) that of its major version: the first that
/// exists is required. If nothing is there or it does not load, `bindings` looks for `deasync`, and its error is the one that is
/// seen.
///
/// Source: abbr/deasync `index.js` of 0.1.0, 0.1.10 and 0.1.31.
enum Deasync: PackageLoader {
  static let id = "deasync"

  static let packageNames = ["deasync"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = search.process.platform
    guard platform.nodeVersion != nil else { return .unknown("the target's version of Node.js is not known") }
    let (major, minor) = platform.nodeNumbers
    var names = ["node-\(major).\(minor)"]
    if search.package.isAtLeast(0, 1, 10) { names.append("node-\(major)") }
    for name in names {
      let place = "\(search.directory)/bin/\(platform.tuple)-\(name)/deasync.node"
      guard search.exists(place) else { continue }
      // The ending is left to `require`, which takes no directory for the file.
      if case .success = try search.require(String(place.dropLast(".node".count)), from: search.directory) {
        return .found(place)
      }
      break
    }
    let call = LibraryCall(
      library: "bindings", member: nil, arguments: [.string("deasync")], file: search.directory + "/index.js")
    switch try Bindings.call(call, &search) {
    case .module(let path): return .found(path)
    case .error(let error): return .fails(error)
    default: return .unknown("what bindings finds could not be told")
    }
  }
}
