/// `bindings`, which looks for what node-gyp and others build, place after place.
///
/// Convention: `require('bindings')('name')` tries thirteen places below the nearest directory above the calling file that has a
/// `package.json` or a `node_modules`: `build/name.node`, `build/Debug`, `build/Release`, `out/Debug`, `Debug`, `out/Release`,
/// `Release`, `build/default`, `compiled/<version>/<platform>/<arch>`, `addon-build/…/install-root`,
/// `lib/binding/node-v<abi>-<platform>-<arch>`.
///
/// Precedence: in that order; Debug comes before Release. A file that is there but does not load ends the search with its error.
/// Up to version 1.3.1 only the first nine are tried.
///
/// Source: TooTallNate/node-bindings `bindings.js` 1.5.0, 1.3.1.
enum Bindings: LibraryLoader {
  static let id = "bindings"
  static let libraries: Set<String> = ["bindings"]

  /// Where it looks below the module's root; a name in brackets is an option's.
  private static let places: [[String]] = [
    ["build", "[bindings]"], ["build", "Debug", "[bindings]"], ["build", "Release", "[bindings]"],
    ["out", "Debug", "[bindings]"], ["Debug", "[bindings]"], ["out", "Release", "[bindings]"],
    ["Release", "[bindings]"],
    ["build", "default", "[bindings]"], ["[compiled]", "[version]", "[platform]", "[arch]", "[bindings]"],
    ["addon-build", "release", "install-root", "[bindings]"], ["addon-build", "debug", "install-root", "[bindings]"],
    ["addon-build", "default", "install-root", "[bindings]"], ["lib", "binding", "[nodePreGyp]", "[bindings]"],
  ]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard call.member == nil, let options = options(call) else { return .unknown }
    let root: String
    if let given = options["module_root"]?.string {
      root = given
    } else {
      switch moduleRoot(of: call.file, search.process) {
      case .success(let found): root = found
      case .failure(let error): return .error(error)
      }
    }
    let version = search.version(of: call.library, from: call.directory)
    let isOld = version.map { $0 < PackageVersion(1, 4) } ?? false
    var tried: [String] = []
    for place in isOld ? Array(places.prefix(9)) : places {
      let path = NodePath.resolve(root, place.map { value($0, options, search.process) }.joined(separator: "/"))
      tried.append(path)
      switch try search.require(path, from: root) {
      case .success(let module): return .module(module.path)
      case .failure(let error):
        if !isOld, error.code == "MODULE_NOT_FOUND" { continue }
        if !saysNotFound(error.message) { return .error(error) }
      }
    }
    let arrow = search.process.variables["NODE_BINDINGS_ARROW"] ?? " → "
    let lines = tried.map { arrow + $0 }
    return .error(NodeError("Could not locate the bindings file. Tried:\n" + lines.joined(separator: "\n")))
  }

  private static func options(_ call: LibraryCall) -> [String: JavaScriptValue]? {
    switch call.arguments.first {
    case .string(let name)?: ["bindings": .string(name)]
    case .object(let members)? where members["try"] == nil: members
    case nil, .undefined?, .null?: [:]
    default: nil
    }
  }

  private static func value(_ part: String, _ options: [String: JavaScriptValue], _ process: NodeProcess) -> String {
    guard part.hasPrefix("[") else { return part }
    let name = String(part.dropFirst().dropLast())
    if name == "bindings" {
      let file = options[name]?.string ?? "bindings.node"
      return NodePath.suffix(of: file) == ".node" ? file : file + ".node"
    }
    if let given = options[name]?.string { return given }
    let platform = process.platform
    switch name {
    case "compiled": return process.variables["NODE_BINDINGS_COMPILED_DIR"] ?? "compiled"
    case "version": return platform.nodeVersion ?? ""
    case "platform": return platform.platform
    case "arch": return platform.architecture
    default: return "node-v\(platform.moduleVersion ?? 0)-\(platform.platform)-\(platform.architecture)"
    }
  }

  /// `getRoot`: the nearest directory above the file with a `package.json` or a `node_modules`.
  static func moduleRoot(of file: String, _ process: NodeProcess) -> Result<String, NodeError> {
    var directory = NodePath.directory(of: file)
    while true {
      if process.exists(directory + "/package.json") || process.exists(directory + "/node_modules") {
        return .success(directory)
      }
      if directory == "/" {
        return .failure(
          NodeError("Could not find module root given file: \"\(file)\". Do you have a `package.json` file? "))
      }
      directory = NodePath.directory(of: directory)
    }
  }

  /// `/not find/i`
  private static func saysNotFound(_ message: String) -> Bool {
    let text = message.lowercased()
    return text.indices.contains { text[$0...].hasPrefix("not find") }
  }
}
