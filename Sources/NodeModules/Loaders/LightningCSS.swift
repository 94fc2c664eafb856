/// lightningcss, which comes as one npm package for each platform.
///
/// Convention: `lightningcss-<tuple>`, such as `lightningcss-linux-x64-gnu`.
///
/// Precedence: The platform's package, then `lightningcss.<tuple>.node` in the npm package itself, whose error is the one that is
/// seen. Up to 1.30 `CSS_TRANSFORMER_WASM` leads to the WebAssembly build in `pkg/` instead.
///
/// Source: parcel-bundler/lightningcss `node/index.js` of 1.15.0, 1.30.1 and 1.31.0.
enum LightningCSS: PackageLoader {
  static let id = "lightningcss"

  static let packageNames = ["lightningcss"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let tuple = search.process.platform.gnuTuple
    let isWebAssembly = search.variable("CSS_TRANSFORMER_WASM") != nil && !search.package.isAtLeast(1, 31)
    let requests = isWebAssembly ? ["../pkg"] : ["lightningcss-" + tuple, "../lightningcss.\(tuple).node"]
    let (module, errors) = try search.first(of: requests, from: search.directory + "/node")
    if let module { return .found(module.path) }
    return .fails(errors.last ?? .moduleNotFound(requests[0]))
  }
}
