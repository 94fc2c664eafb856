/// sharp 0.33 and later, which comes as one npm package for each platform.
///
/// Convention: `@img/sharp-<platform>/sharp.node` by the package's exports; the addon needs libvips from
/// `@img/sharp-libvips-<platform>`, which its `DT_RUNPATH` finds. The platform is `linux-x64`, `linuxmusl-x64`, `linux-arm64` ….
///
/// Precedence: `src/build/Release/sharp-<platform>.node` (from 0.35 on with the version behind it), the WebAssembly build beside
/// it, `@img/sharp-<platform>`, `@img/sharp-wasm32`.
///
/// Source: lovell/sharp `lib/sharp.js`, 0.33 to 0.35.3.
enum Sharp: PackageLoader {
  static let id = "sharp"

  static func isUsed(by package: NPMPackage) -> Bool { package.name == "sharp" && package.isAtLeast(0, 33) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = search.process.platform
    let name = "\(platform.platform)\(platform.libc == "musl" ? "musl" : "")-\(platform.architecture)"
    let version = search.package.isAtLeast(0, 35) ? "-" + (search.package.version ?? "") : ""
    let requests = [
      "../src/build/Release/sharp-\(name)\(version).node", "../src/build/Release/sharp-wasm32\(version).node",
      "@img/sharp-\(name)/sharp.node", "@img/sharp-wasm32/sharp.node",
    ]
    var errors: [NodeError] = []
    for request in requests {
      switch try search.require(request, from: search.directory + "/lib") {
      case .success(let module): return .found(module.path)
      case .failure(let error): errors.append(error)
      }
    }
    return .fails(NodeError(message(name, errors, search)))
  }

  private static func message(_ name: String, _ errors: [NodeError], _ search: AddonSearch) -> String {
    let lines = errors.filter { $0.code != "MODULE_NOT_FOUND" }.map { "\($0.code ?? "undefined"): \($0.message)" }
    return (["Could not load the \"sharp\" module using the \(name) runtime"] + lines).joined(separator: "\n")
  }
}
