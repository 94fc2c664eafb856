/// node-pty, which has binaries for macOS and Windows only and is built on Linux.
///
/// Convention: `build/Release/pty.node` and, since 1.1, `prebuilds/<platform>-<arch>/pty.node`.
///
/// Precedence: `build/Release`, `build/Debug`, `prebuilds/<platform>-<arch>`, each in the npm package and then in `lib/` for bundled
/// code; up to 1.0 only the first two, and the error of `build/Release` is thrown.
///
/// Source: microsoft/node-pty `src/utils.ts` (`loadNativeModule`) of 1.1.0 and 1.2.0-beta, `src/unixTerminal.ts` of 1.0.0.
enum NodePty: PackageLoader {
  static let id = "node-pty"

  static let packageNames = ["node-pty"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let lib = search.directory + "/lib"
    guard search.package.isAtLeast(1, 1) else {
      let (module, errors) = try search.first(
        of: ["../build/Release/pty.node", "../build/Debug/pty.node"], from: lib)
      if let module { return .found(module.path) }
      return .fails(errors[0])
    }
    let directories = ["build/Release", "build/Debug", "prebuilds/\(search.process.platform.tuple)"]
    let requests = directories.flatMap { directory in ["..", "."].map { "\($0)/\(directory)/pty.node" } }
    let (module, errors) = try search.first(of: requests, from: lib)
    if let module { return .found(module.path) }
    let last = errors.last.map { "Error: \($0.message)" } ?? "undefined"
    return .fails(
      NodeError(
        "Failed to load native module: pty.node, checked: \(directories.joined(separator: ", ")): \(last)"))
  }
}
