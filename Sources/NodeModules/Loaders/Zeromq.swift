/// zeromq 6.1 and later, which carries the binaries of all platforms and module versions.
///
/// Convention: `build/<platform>/<arch>/node/<ABI>/addon.node` up to 6.4.0; since 6.4.1 what `build/manifest.json` says, see cmake-ts.
///
/// Precedence: The highest module version first, whatever Node.js runs: the addons are Node-API's. What does not load is passed over.
///
/// Source: zeromq/zeromq.js `src/load-addon.ts` of 6.1.0, 6.4.1 and 6.5.0; the stack that the texts end with is left out.
/// 6.0 calls a fork of `node-gyp-build`.
enum Zeromq: PackageLoader {
  static let id = "zeromq"

  static let packageNames = ["zeromq"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(6, 1) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let build = search.directory + "/build"
    let failure = "Failed to load zeromq.js addon.node: Error: "
    if search.package.isAtLeast(6, 4, 1) {
      let manifest = build + "/manifest.json"
      if !search.package.isAtLeast(6, 5), !search.exists(manifest) {
        return .fails(NodeError(failure + "ENOENT: no such file or directory, open '\(manifest)'"))
      }
      switch try CMakeTS.load(build, &search) {
      case .module(let path): return .found(path)
      case .error(let error): return .fails(error)
      default: return .unknown("what cmake-ts finds could not be told")
      }
    }
    let platform = search.process.platform
    let parent = "\(build)/\(platform.platform)/\(platform.architecture)/node"
    guard search.process.isDirectory(parent) else {
      search.miss(parent)
      return .fails(NodeError(failure + "ENOENT: no such file or directory, scandir '\(parent)'"))
    }
    let names = search.process.names(in: parent)
    func number(_ name: String) -> Int { Int(name.prefix { $0.isNumber }) ?? 0 }
    // JavaScript's sort keeps the order of equals.
    let order = names.indices.sorted { (number(names[$1]), $0) < (number(names[$0]), $1) }
    for index in order {
      let place = "\(parent)/\(names[index])/addon.node"
      if case .success(let module) = try search.require(place, from: search.directory + "/lib") {
        return .found(module.path)
      }
    }
    return .fails(NodeError("No compatible zeromq.js addon found"))
  }
}
