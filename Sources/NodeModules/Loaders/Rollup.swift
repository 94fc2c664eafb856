/// rollup 4, which comes as one npm package for each platform.
///
/// Convention: `@rollup/rollup-<tuple>`, such as `@rollup/rollup-linux-x64-gnu`.
///
/// Precedence: `dist/rollup.<tuple>.node` where it exists, else the platform's package; there is no second attempt. Since 4.6.0
/// whatever is thrown is replaced by one message.
///
/// Source: rollup/rollup `native.js` of 4.0.0 to 4.62.5.
enum Rollup: PackageLoader {
  static let id = "rollup"

  static let packageNames = ["rollup"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(4) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let directory = search.directory + "/dist"
    let base = search.process.platform.gnuTuple
    let local = "./rollup.\(base).node"
    let request = search.exists(NodePath.resolve(directory, local)) ? local : "@rollup/rollup-\(base)"
    switch try search.require(request, from: directory) {
    case .success(let module): return .found(module.path)
    case .failure(let error):
      guard search.package.isAtLeast(4, 6) else { return .fails(error) }
      return .fails(
        NodeError(
          "Cannot find module \(request). npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory."
        ))
    }
  }
}
