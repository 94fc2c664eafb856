import PackageFiles

/// Node.js's `require.resolve`: from a request and the file that makes it to the file that is loaded.
///
/// Source: `lib/internal/modules/cjs/loader.js` (`_resolveFilename`, `_findPath`, `tryPackage`) and the algorithm in Node.js's
/// `doc/api/modules.md`; the same in Node.js 14 to 26.
struct ModuleResolution {
  let process: NodeProcess
  /// The file that requires, where a message names it.
  var file: String?

  enum Resolved: Hashable {
    /// The real path of a file.
    case file(String)
    /// One of Node.js's own modules.
    case builtIn(String)
  }

  /// The extensions that `require` adds, in its order.
  private static let suffixes = [".js", ".json", ".node"]

  /// Resolves `request` made in a file of `directory`.
  func resolve(_ request: String, from directory: String) -> Result<Resolved, NodeError> {
    if request.hasPrefix("node:") || Self.builtIns.contains(request) {
      return .success(.builtIn(request.hasPrefix("node:") ? String(request.dropFirst(5)) : request))
    }
    if request.isEmpty {
      return .failure(
        NodeError(code: "ERR_INVALID_ARG_VALUE", "The argument 'id' must be a non-empty string. Received ''"))
    }
    if Self.isPath(request) { return path(NodePath.resolve(directory, request), request) }
    if request.hasPrefix("#") { return imports(request, from: directory) }
    return bare(request, from: directory)
  }

  static func isPath(_ request: String) -> Bool {
    request == "." || request == ".." || request.hasPrefix("/") || request.hasPrefix("./") || request.hasPrefix("../")
  }

  private func path(_ path: String, _ request: String) -> Result<Resolved, NodeError> {
    let mustBeDirectory =
      request.hasSuffix("/") || request.hasSuffix("/.") || request.hasSuffix("/..") || request == "."
      || request == ".."
    switch load(path, mustBeDirectory: mustBeDirectory) {
    case .success(let found?): return .success(.file(real(found)))
    case .success(nil): return .failure(.moduleNotFound(request))
    case .failure(let error): return .failure(error)
    }
  }

  /// LOAD_AS_FILE and LOAD_AS_DIRECTORY.
  private func load(_ path: String, mustBeDirectory: Bool = false) -> Result<String?, NodeError> {
    if !mustBeDirectory {
      if process.isFile(path) { return .success(path) }
      if let file = withSuffix(path) { return .success(file) }
    }
    guard process.isDirectory(path) else { return .success(nil) }
    let main = process.manifest(in: path)?.main.flatMap { $0.isEmpty ? nil : $0 }
    guard let main else { return .success(withSuffix(path + "/index")) }
    let file = NodePath.resolve(path, main)
    if process.isFile(file) { return .success(file) }
    if let file = withSuffix(file) ?? withSuffix(file + "/index") ?? withSuffix(path + "/index") {
      return .success(file)
    }
    return .failure(
      NodeError(
        code: "MODULE_NOT_FOUND",
        "Cannot find module '\(file)'. Please verify that the package.json has a valid \"main\" entry"))
  }

  private func withSuffix(_ path: String) -> String? {
    Self.suffixes.lazy.map { path + $0 }.first(where: process.isFile)
  }

  private func real(_ path: String) -> String { process.files.realPath(path) ?? path }

  // MARK: Packages

  private func bare(_ request: String, from directory: String) -> Result<Resolved, NodeError> {
    let (name, subpath) = Self.split(request)
    if let own = scope(of: directory), own.manifest.name == name, let exports = own.manifest.exports {
      return exported(subpath, exports, own.directory, request)
    }
    for folder in Self.folders(above: directory) + process.modulePath where process.isDirectory(folder) {
      let home = folder + "/" + name
      if process.isDirectory(home), let exports = process.manifest(in: home)?.exports, exports != .null {
        return exported(subpath, exports, home, request)
      }
      switch load(folder + "/" + request, mustBeDirectory: request.hasSuffix("/")) {
      case .success(let found?): return .success(.file(real(found)))
      case .success(nil): continue
      case .failure(let error): return .failure(error)
      }
    }
    return .failure(.moduleNotFound(request))
  }

  private func exported(
    _ subpath: String, _ exports: JSONValue, _ home: String, _ request: String
  ) -> Result<Resolved, NodeError> {
    let targets = PackageExports(conditions: conditions)
    guard let target = targets.target(of: subpath, in: exports) else {
      let what =
        subpath == "."
        ? "No \"exports\" main defined in \(home)/package.json"
        : "Package subpath '\(subpath)' is not defined by \"exports\" in \(home)/package.json"
      return .failure(NodeError(code: "ERR_PACKAGE_PATH_NOT_EXPORTED", what))
    }
    let file = NodePath.resolve(home, target)
    guard process.isFile(file) else { return .failure(.moduleNotFound(file)) }
    return .success(.file(real(file)))
  }

  private func imports(_ request: String, from directory: String) -> Result<Resolved, NodeError> {
    let own = scope(of: directory)
    let imports = own.flatMap { process.json($0.directory + "/package.json")?["imports"] }
    guard let own, let imports,
      let target = PackageExports(conditions: conditions).target(ofImport: request, in: imports)
    else {
      let place = own.map { " in package \($0.directory)/package.json" } ?? ""
      let importer = file.map { " imported from " + $0 } ?? ""
      return .failure(
        NodeError(
          code: "ERR_PACKAGE_IMPORT_NOT_DEFINED",
          "Package import specifier \"\(request)\" is not defined" + place + importer))
    }
    return target.hasPrefix("./")
      ? path(NodePath.resolve(own.directory, target), target) : bare(target, from: own.directory)
  }

  /// The nearest directory with a `package.json`, up to a `node_modules`.
  private func scope(of directory: String) -> (directory: String, manifest: Manifest)? {
    var current = directory
    while true {
      if let manifest = process.manifest(in: current) { return (current, manifest) }
      if current == "/" || NodePath.name(of: current) == "node_modules" { return nil }
      current = NodePath.directory(of: current)
    }
  }

  /// The conditions that hold for `require`. `module-sync` since Node.js 22.10 and 20.19.
  /// Source: Node.js's `doc/api/packages.md`.
  var conditions: Set<String> {
    let (major, minor) = process.platform.nodeNumbers
    let hasModuleSync = major > 22 || major == 22 && minor >= 10 || major == 20 && minor >= 19
    return hasModuleSync ? ["node", "require", "node-addons", "module-sync"] : ["node", "require", "node-addons"]
  }

  /// `@scope/name/sub/path` as package name and `./sub/path`, or `.`.
  static func split(_ request: String) -> (name: String, subpath: String) {
    let parts = request.split(separator: "/", omittingEmptySubsequences: false)
    let count = request.hasPrefix("@") ? 2 : 1
    let name = parts.prefix(count).joined(separator: "/")
    let rest = parts.dropFirst(count).joined(separator: "/")
    return (name, rest.isEmpty ? "." : "./" + rest)
  }

  /// `node_modules` in `directory` and in every directory above it.
  static func folders(above directory: String) -> [String] {
    var folders: [String] = []
    var current = directory
    while true {
      if NodePath.name(of: current) != "node_modules" {
        folders.append(current == "/" ? "/node_modules" : current + "/node_modules")
      }
      if current == "/" { return folders }
      current = NodePath.directory(of: current)
    }
  }

  /// Source: `require('module').builtinModules` of Node.js 20.
  private static let builtIns: Set<String> = [
    "assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto",
    "dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2",
    "https", "inspector", "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks",
    "process", "punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers",
    "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events", "tty",
    "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib",
  ]
}
