import PackageFiles

/// The file that `require` of an npm package gives.
enum PackageEntry: Sendable {
  case addon(String)
  case script(String)
  /// What `require` throws.
  case missing(NodeError)
  /// It exports nothing that could be required.
  case none

  static func find(_ package: NPMPackage, at directory: String, _ process: NodeProcess) -> PackageEntry {
    let conditions = ModuleResolution(process: process).conditions
    return process.scripts.entry(of: directory, conditions) { look(for: package, at: directory, process) }
  }

  private static func look(for package: NPMPackage, at directory: String, _ process: NodeProcess) -> PackageEntry {
    if let exports = package.exports, exports != .null {
      let resolution = ModuleResolution(process: process)
      if let target = PackageExports(conditions: resolution.conditions).target(of: ".", in: exports) {
        let path = NodePath.resolve(directory, target)
        if process.isFile(path) { return Self(process.files.realPath(path) ?? path) }
        return .missing(.moduleNotFound(path))
      }
      // Packages of ES modules alone are imported; an addon as their main file is not, before Node.js 24.
      guard let target = PackageExports(conditions: importConditions).target(of: ".", in: exports) else { return .none }
      let path = NodePath.resolve(directory, target)
      guard process.isFile(path), !path.hasSuffix(".node") else {
        return .missing(
          NodeError(
            code: "ERR_PACKAGE_PATH_NOT_EXPORTED", "No \"exports\" main defined in \(directory)/package.json"))
      }
      return Self(process.files.realPath(path) ?? path)
    }
    switch ModuleResolution(process: process).resolve(directory, from: "/") {
    case .success(.file(let path)): return Self(path)
    case .success(.builtIn): return .none
    case .failure(let error): return package.main == nil ? .none : .missing(error)
    }
  }

  private init(_ path: String) { self = path.hasSuffix(".node") ? .addon(path) : .script(path) }

  private static let importConditions: Set<String> = ["node", "import", "node-addons", "module-sync"]

  /// The scripts of an application that may be its handler: those at the top, and those beside its addons.
  ///
  /// Which of them Lambda's configuration names is not in the package.
  static func applicationScripts(in directory: String, _ process: NodeProcess) -> [String] {
    var scripts: [String] = []
    for folder in ["", "/src", "/dist", "/lib", "/build"] {
      for name in process.names(in: directory + folder)
      where [".js", ".mjs", ".cjs"].contains(NodePath.suffix(of: "/" + name)) {
        let path = directory + folder + "/" + name
        if process.isFile(path) { scripts.append(NodePath.normalize(path)) }
        if scripts.count >= mostScripts { return scripts }
      }
    }
    return scripts
  }

  private static let mostScripts = 64
}
