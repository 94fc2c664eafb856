/// farmhash 5 and later, which carries the binaries of all platforms.
///
/// Convention: `build/farmhash-<platform>-<arch>.node`, the platform with `musl` behind it on musl.
///
/// Precedence: `src/build/Release/farmhash-<platform>.node`, `build/farmhash-<platform>.node`. What they throw is replaced by one
/// line.
///
/// Source: lovell/farmhash `index.js` and `platform.js` of 5.0.0 and 5.0.1. Before 5 it requires `build/Release/farmhash.node`.
enum Farmhash: PackageLoader {
  static let id = "farmhash"

  static let packageNames = ["farmhash"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(5) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let node = search.process.platform
    let platform = "\(node.platform)\(search.isMusl ? "musl" : "")-\(node.architecture)"
    let requests = ["./src/build/Release/farmhash-\(platform).node", "./build/farmhash-\(platform).node"]
    if let module = try search.first(of: requests, from: search.directory).module { return .found(module.path) }
    return .fails(NodeError("Unsupported platform: \(platform)"))
  }
}
