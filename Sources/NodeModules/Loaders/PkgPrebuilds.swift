/// `pkg-prebuilds`, for what cmake-js and node-gyp build.
///
/// Convention: `require('pkg-prebuilds')(__dirname, { name, napi_versions })` looks for
/// `prebuilds/<name>-<platform>-<arch>[-musl]/node-napi-v<N>.node`.
///
/// Precedence: `build/Debug/<name>.node`, `build/Release/<name>.node`, then the prebuilt file of each version in `napi_versions`, in
/// that order: the first that is a file is required.
///
/// Source: Julusian/pkg-prebuilds `bindings.js` and `lib/prebuild.js` of 0.2 and 1.0.
enum PkgPrebuilds: LibraryLoader {
  static let id = "pkg-prebuilds"
  static let libraries: Set<String> = ["pkg-prebuilds", "pkg-prebuilds/bindings", "pkg-prebuilds/bindings.js"]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard call.member == nil || call.member == "resolve", let base = call.arguments.first?.string else {
      return .unknown
    }
    guard call.arguments.count > 1, case .object(let options) = call.arguments[1] else { return .unknown }
    guard let name = options["name"]?.string, !name.isEmpty else {
      return .error(NodeError("Invalid name to pkg-prebuilds"))
    }
    search.use(id)
    guard case .array(let versions)? = options["napi_versions"] else {
      return .error(NodeError("Not implemented for NAN!"))
    }
    let libc = search.process.exists("/etc/alpine-release") ? "-musl" : ""
    let folder = "\(name)-\(search.process.platform.tuple)\(libc)"
    var places = ["build/Debug/\(name).node", "build/Release/\(name).node"]
    for version in versions {
      guard let number = version.text else { return .unknown }
      places.append("prebuilds/\(folder)/node-napi-v\(number).node")
    }
    let paths = places.map { NodePath.resolve("/var/task", base + "/" + $0) }
    for path in paths where search.exists(path) && search.process.located(path)?.status.kind == .file {
      if call.member == "resolve" { return .string(path) }
      if let error = try search.open(path) { return .error(error) }
      return .module(path)
    }
    let list = paths.map { " - " + $0 }.joined(separator: "\n")
    return .error(NodeError("Failed to find binding for \(name)\nTried paths:\n\(list)"))
  }
}
