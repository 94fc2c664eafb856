/// `node-gyp-build-optional-packages`, node-gyp-build's way with one npm package for each platform.
///
/// Convention: `@name/name-<platform>-<arch>` (for `@scope/name` `@scope/name-<platform>-<arch>`; before 5.0 always
/// `name-<platform>-<arch>`), with files such as `node.abi115.glibc.node` and `node.napi.glibc.node` beside its main file.
///
/// Precedence: `<NAME>_PREBUILD`, the first `*.node` of `build/Release`, of `build/Debug`, `prebuilds/<platform>-<arch>`, the
/// same beside `node`, the platform's package. Names are read as by node-gyp-build before 4.8. If the package is there and none
/// of its files fits, `require(undefined)` throws.
///
/// Source: the published `index.js` of 4.3 and 5.1.1 and `node-gyp-build.js` of 5.2.
enum NodeGypBuildOptionalPackages: LibraryLoader {
  static let id = "node-gyp-build-optional-packages"
  static let libraries: Set<String> = ["node-gyp-build-optional-packages"]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard [nil, "path", "resolve"].contains(call.member), let given = call.arguments.first?.string else {
      return .unknown
    }
    search.use(id)
    let version = search.version(of: id, from: call.directory) ?? PackageVersion(5)
    let found = resolve(NodePath.resolve("/var/task", given), version, &search)
    switch found {
    case .failure(let error): return .error(error)
    case .success(let path):
      if call.member != nil { return path.map { .string($0) } ?? .undefined }
      guard let path else {
        return .error(
          NodeError(
            code: "ERR_INVALID_ARG_TYPE", "The \"id\" argument must be of type string. Received undefined"))
      }
      switch try search.require(path, from: call.directory) {
      case .success(let module): return .module(module.path)
      case .failure(let error): return .error(error)
      }
    }
  }

  private static func resolve(
    _ given: String, _ version: PackageVersion, _ search: inout AddonSearch
  ) -> Result<String?, NodeError> {
    let process = search.process
    let name = process.manifest(in: given)?.name
    let variable = name?.uppercased().replacing("-", with: "_")
    let home = variable.flatMap { search.variable($0 + "_PREBUILD") } ?? given
    var places: [String?] = []
    if search.variable("PREBUILDS_ONLY") == nil { places.append(NodeGypBuild.ownBuild(home, process)) }
    let rules = PackageVersion(4, 7)
    places.append(NodeGypBuild.prebuild(home, rules, process))
    places.append(NodeGypBuild.prebuild(NodePath.directory(of: process.executable), rules, process))
    if let found = places.lazy.compactMap({ $0 }).first { return .success(found) }
    let base = name ?? (version >= PackageVersion(5) ? "" : "undefined")
    let isScoped = base.hasPrefix("@")
    let scope = version >= PackageVersion(5) && !isScoped ? "@\(base)/" : ""
    let package = "\(scope)\(base)-\(process.platform.tuple)"
    switch search.resolve(package, from: home) {
    case .success(let main): return .success(best(in: NodePath.directory(of: main), process))
    case .failure(let error):
      return .failure(NodeError(message(home, package, error, hasName: name != nil, version, process)))
    }
  }

  /// The file that the tags choose in a platform package's directory.
  private static func best(in directory: String, _ process: NodeProcess) -> String? {
    let folder = process.platform.tuple
    let files = process.names(in: directory).map { NodeGypBuild.Prebuild(directory: folder, file: $0) }
    let winner = NodeGypBuild.select(files, on: process.platform, version: PackageVersion(4, 7))
    return winner.map { directory + "/" + $0.file }
  }

  /// Up to 5.1 without the errors that led there.
  private static func message(
    _ home: String, _ package: String, _ error: NodeError, hasName: Bool, _ version: PackageVersion,
    _ process: NodeProcess
  ) -> String {
    let platform = process.platform
    var words = ["platform=\(platform.platform)", "arch=\(platform.architecture)", "runtime=node"]
    words.append("abi=\(platform.moduleVersion.map(String.init) ?? "")")
    words.append("uv=1")
    if platform.architecture == "arm64" { words.append("armv=8") }
    words += ["libc=\(platform.libc)", "node=\(platform.nodeVersion ?? "")"]
    let start = "No native build was found for \(words.joined(separator: " "))\n    "
    guard version >= PackageVersion(5) else { return start + "loaded from: \(home) and package: \(package)\n" }
    var text = start + "attempted loading from: \(home) and package: \(package)\n"
    if version < PackageVersion(5, 2) { return text }
    if !hasName { text += "Error finding package.json: \(NodeError.moduleNotFound(home + "/package.json").message)\n" }
    return text + "Error resolving package: \(error.message)\n"
  }
}
