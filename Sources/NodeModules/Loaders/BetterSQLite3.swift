/// better-sqlite3 13 and later, which carries the binaries of all platforms.
///
/// Convention: `prebuilds/<linux|linuxmusl|…>-<x64|arm64>.node`, flat files; a binary built in place lies in `build/`.
///
/// Precedence: The prebuilt file, `build/Debug/better_sqlite3.node`, `build/Release/better_sqlite3.node`: the first that exists is
/// required, when the first `Database` is opened.
///
/// Source: WiseLibs/better-sqlite3 `lib/binding.js` of 13.0.0 to 13.0.3. Up to 12 the package calls `bindings`.
enum BetterSQLite3: PackageLoader {
  static let id = "better-sqlite3"

  static let packageNames = ["better-sqlite3"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(13) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = search.process.platform
    let prebuild = "../prebuilds/\(search.isMusl ? "linuxmusl" : platform.platform)-\(platform.architecture).node"
    let debug = "../build/Debug/better_sqlite3.node"
    let lib = search.directory + "/lib"
    let found = [prebuild, debug].first { search.exists(NodePath.resolve(lib, $0)) }
    let place = NodePath.resolve(lib, found ?? "../build/Release/better_sqlite3.node")
    switch try search.require(place, from: lib) {
    case .success(let module): return .found(module.path)
    case .failure(let error): return .fails(error)
    }
  }
}
