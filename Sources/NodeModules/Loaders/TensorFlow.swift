/// @tensorflow/tfjs-node, which looks for its addon before it requires it.
///
/// Convention: node-pre-gyp's `lib/napi-v<N>/tfjs_binding.node`; `libtensorflow.so.2` lies in `deps/lib`, which the addon's
/// `DT_RUNPATH` finds.
///
/// Precedence: There is one place, N being the highest of `binary.napi_versions` that the running Node.js has.
///
/// Source: tensorflow/tfjs `tfjs-node/src/index.ts` (the look for the file in releases since 1.2.10).
enum TensorFlow: PackageLoader {
  static let id = "tfjs-node"

  static let packageNames = ["@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"]

  /// Before 1.2.10 the package calls `bindings`.
  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(1, 2, 10) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let place: String
    switch NodePreGyp.find(search.directory + "/package.json", search.process) {
    case .success(let found): place = found
    case .failure(let error): return .fails(error)
    }
    if search.exists(place) { return try search.open(place).map { .fails($0) } ?? .found(place) }
    return .fails(
      NodeError(
        "The Node.js native addon module (tfjs_binding.node) can not be found at path: \(place). \nPlease run command 'npm rebuild @tensorflow/tfjs-node build-addon-from-source' to rebuild the native addon module. \nIf you have problem with building the addon module, please check https://github.com/tensorflow/tfjs/blob/master/tfjs-node/WINDOWS_TROUBLESHOOTING.md or file an issue."
      ))
  }
}
