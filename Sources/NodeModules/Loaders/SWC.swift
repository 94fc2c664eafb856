/// @swc/core, which goes on with WebAssembly where its binary does not load.
///
/// Convention: napi-rs's `swc.<tuple>.node` and `@swc/core-<tuple>`, by `binding.js`.
///
/// Precedence: `SWC_BINARY_PATH`, or else `binding.js` as napi-rs generated it; then `@swc/wasm`. Nothing is thrown before the first
/// use.
///
/// Source: @swc/core's published `index.js` and `binding.js` of 1.7.3; napi-rs for the rest.
enum SWC: PackageLoader {
  static let id = "swc-core"

  static let packageNames = ["@swc/core"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let path = search.variable("SWC_BINARY_PATH") {
      if case .success(let module) = try search.require(NodePath.resolve("/var/task", path), from: search.directory) {
        return .found(module.path)
      }
    } else {
      let result = try NapiRs.find(&search)
      if case .fails = result {} else { return result }
    }
    if case .success(let path) = search.resolve("@swc/wasm", from: search.directory) { return .found(path) }
    return .fails(NodeError("Bindings not found"))
  }
}
