/// `require-addon`, by which Holepunch's packages (`"addon": true`) find prebuilt binaries.
///
/// Convention: `prebuilds/<platform>-<arch>[-musl]/<name>.node`, the name with `__` for a scope's slash; with `@<version>` behind it
/// for one version only.
///
/// Precedence: In the package's directory and every one above it up to `/`: the file with the version, then the one without. Each
/// is required, whatever it throws is passed over. Last come names of libraries linked to the program, which never fit in Node.js.
///
/// Source: holepunchto/require-addon `lib/node.js` 1.2.0 and holepunchto/bare-addon-resolve `index.js`.
enum RequireAddon: LibraryLoader {
  static let id = "require-addon"
  static let libraries: Set<String> = ["require-addon"]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard call.member == nil || call.member == "addon", let specifier = call.arguments.first?.string else {
      return .unknown
    }
    search.use(id)
    // A specifier that is no path names an installed package.
    let isPath = ModuleResolution.isPath(specifier)
    let directory =
      isPath ? NodePath.resolve(call.directory, specifier) : search.home(of: specifier, from: call.directory) ?? ""
    let url = "file://\(call.file)"
    guard let manifest = search.process.manifest(in: directory), let name = manifest.name, !name.isEmpty else {
      return .error(notFound(specifier, url, []))
    }
    if name.contains("__") { return .error(NodeError("INVALID_PACKAGE_NAME: Package name '\(name)' is invalid")) }
    let flat = name.replacing("/", with: "__").trimmingPrefix("@")
    let host = search.process.platform.tuple + (search.process.exists("/etc/alpine-release") ? "-musl" : "")
    let version = manifest.version.flatMap { $0.isEmpty ? nil : $0 }
    var candidates: [String] = []
    for folder in folders(from: directory) {
      for file in [version.map { "\(flat)@\($0)" }, String(flat)].compactMap({ $0 }) {
        let path = "\(folder == "/" ? "" : folder)/prebuilds/\(host)/\(file).node"
        candidates.append("file://" + path)
        if case .success(let module) = try search.require(path, from: call.directory) { return .module(module.path) }
      }
    }
    if let version { candidates.append("linked:lib\(flat).\(version).so") }
    candidates.append("linked:lib\(flat).so")
    return .error(notFound(specifier, url, candidates))
  }

  /// The directory and all above it, down to the root.
  private static func folders(from directory: String) -> [String] {
    var folders = [directory]
    while let last = folders.last, last != "/" { folders.append(NodePath.directory(of: last)) }
    return folders
  }

  private static func notFound(_ specifier: String, _ url: String, _ candidates: [String]) -> NodeError {
    let list = candidates.isEmpty ? "" : "\nCandidates:\n" + candidates.map { "- " + $0 }.joined(separator: "\n")
    return NodeError(
      code: "ADDON_NOT_FOUND", "Cannot find addon '\(specifier)' imported from '\(url)'" + list)
  }
}
