/// oracledb, which carries the binaries of all platforms and since version 6 needs none of them.
///
/// Convention: `build/Release/oracledb-<version>-<platform>-<arch>.node`.
///
/// Precedence: Since 6.0 the Thin mode is JavaScript and loads nothing; only `initOracleClient()` loads the binary. Up to 5 it
/// is required at once: the prebuilt file, `build/Release/oracledb.node`, `build/Debug/oracledb.node`, and the first two below
/// `node_modules/oracledb/` for bundled code. An error other than `MODULE_NOT_FOUND` ends the search.
///
/// Source: oracle/node-oracledb `lib/oracledb.js` and `lib/util.js` of 5.5.0, 6.0.0 and 7.0.1.
enum OracleDB: PackageLoader {
  static let id = "oracledb"

  static let packageNames = ["oracledb"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if search.package.isAtLeast(6) {
      return .goesWithout("its Thin mode is JavaScript; only initOracleClient() loads a binary")
    }
    let lib = search.directory + "/lib"
    let name = "oracledb-\(search.package.version ?? "")-\(search.process.platform.tuple).node"
    let files = ["build/Release/" + name, "build/Release/oracledb.node"]
    let requests =
      files.map { "../" + $0 } + ["../build/Debug/oracledb.node"] + files.map { "./node_modules/oracledb/" + $0 }
    for request in requests {
      switch try search.require(request, from: lib) {
      case .success(let module): return .found(module.path)
      case .failure(let error) where error.code != "MODULE_NOT_FOUND":
        return .fails(
          message("\n  Node.js require('oracledb') error was:\n  \(error.message)\n  \(help(search))\n", search))
      case .failure: continue
      }
    }
    let places = requests.map { NodePath.resolve(lib, $0) }.joined(separator: ", ")
    return .fails(message("\n  Looked for \(places)\n  \(page)\n", search))
  }

  private static let page =
    "Node-oracledb installation instructions: https://oracle.github.io/node-oracledb/INSTALL.html"

  private static func message(_ detail: String, _ search: AddonSearch) -> NodeError {
    let platform = search.process.platform
    let node = platform.nodeVersion ?? platform.nodeMajor.map(String.init) ?? ""
    return NodeError(
      "NJS-045: cannot load a node-oracledb binary for Node.js \(node) (\(platform.platform) \(platform.architecture)) \(detail)"
    )
  }

  private static func help(_ search: AddonSearch) -> String {
    let isX64 = search.process.platform.architecture == "x64"
    let bits = isX64 ? "64-bit" : search.process.platform.architecture
    let url = "https://www.oracle.com/database/technologies/instant-client"
    return "\(page)\nYou must have \(bits) Oracle Client libraries configured with ldconfig, or in LD_LIBRARY_PATH.\n"
      + "If you do not have Oracle Database on this computer, then install the Instant Client Basic or Basic Light package from \n"
      + (isX64 ? url + "/linux-x86-64-downloads.html\n" : url + ".html\n")
  }
}
