/// onnxruntime-node, which carries the binaries of all platforms.
///
/// Convention: `bin/napi-v<N>/<platform>/<arch>/onnxruntime_binding.node`, with `libonnxruntime.so.1` beside it (`DT_RUNPATH`
/// `$ORIGIN`). N is 3 in older releases and 6 in newer ones.
///
/// Precedence: There is one place, whose N stands in `dist/binding.js`.
///
/// Source: microsoft/onnxruntime `js/node/lib/binding.ts` and the published `dist/binding.js`.
enum OnnxRuntime: PackageLoader {
  static let id = "onnxruntime-node"

  static let packageNames = ["onnxruntime-node"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = search.process.platform
    let version = version(search)
    let request = "../bin/napi-v\(version)/\(platform.platform)/\(platform.architecture)/onnxruntime_binding.node"
    switch try search.require(request, from: search.directory + "/dist") {
    case .success(let module): return .found(module.path)
    case .failure(let error): return .fails(error)
    }
  }

  /// The N of the package's script, or else of what lies in `bin/`.
  private static func version(_ search: AddonSearch) -> String {
    if let text = search.process.text(of: search.directory + "/dist/binding.js", limit: 1 << 20),
      let rest = text.rest(behind: "bin/napi-v")
    {
      return String(rest.prefix { $0.isNumber })
    }
    let folder = search.process.names(in: search.directory + "/bin").last { $0.hasPrefix("napi-v") }
    return folder.map { String($0.dropFirst("napi-v".count)) } ?? "6"
  }
}
