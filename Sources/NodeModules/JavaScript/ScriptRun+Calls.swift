extension ScriptRun {
  /// Calls a value that is no method of a string or an array.
  mutating func call(_ callee: JavaScriptValue, _ arguments: [JavaScriptValue]) throws(Flow) -> JavaScriptValue {
    guard skipping == 0 else { return .unknown }
    switch callee {
    case .require:
      guard let request = arguments.first?.string else {
        requiredUnknown = true
        return .unknown
      }
      return try require(request)
    case .requireResolve:
      guard let request = arguments.first?.string else { return .unknown }
      switch search.resolution(of: request, from: module.directory, in: nil) {
      case .success(.file(let path)): return .string(path)
      case .success(.builtIn(let name)): return .string(name)
      case .failure(let error): throw .thrown(.error(error))
      }
    case .function(let number): return try call(number, arguments)
    case .module(let path):
      guard case .function(let number)? = modules[path]?.exports else { return .unknown }
      return try call(number, arguments)
    case .library("process", member: "dlopen"):
      guard arguments.count > 1, let path = arguments[1].string else { return .unknown }
      return try dlopen(path)
    case .library(let name, let member):
      if let loader = Loaders.library(named: name) {
        return try library(
          loader, LibraryCall(library: name, member: member, arguments: arguments, file: module.file.path))
      }
      if name == "fs", member == "existsSync", let path = arguments.first?.string, path.hasSuffix(".node") {
        return .bool(search.exists(NodePath.resolve(search.process.workingDirectory, path)))
      }
      return BuiltInModules(process: search.process, file: module.file.path).call(name, member, arguments)
    default: return .unknown
    }
  }

  /// `process.dlopen(module, path)`: unlike `require` it takes the path as it is.
  private mutating func dlopen(_ path: String) throws(Flow) -> JavaScriptValue {
    let thrown: NodeError?
    do throws(AddonSearch.End) {
      thrown = try search.open(path)
    } catch {
      throw .end(error)
    }
    if let thrown { throw .thrown(.error(thrown)) }
    return .undefined
  }

  private mutating func library(_ loader: any LibraryLoader.Type, _ call: LibraryCall) throws(Flow) -> JavaScriptValue {
    search.use(loader.id)
    let value: JavaScriptValue
    do throws(AddonSearch.End) {
      value = try loader.call(call, &search)
    } catch {
      throw .end(error)
    }
    if case .error = value {
      libraryThrew = true
      throw .thrown(value)
    }
    if value == .unknown { requiredUnknown = true }
    return value
  }

  /// `require(request)` in the file that is gone through.
  mutating func require(_ request: String) throws(Flow) -> JavaScriptValue {
    let directory = module.directory
    if Loaders.library(named: request) != nil {
      // `pkg-prebuilds/bindings` is a file of the library.
      if search.home(of: ModuleResolution.split(request).name, from: directory) != nil {
        return .library(request, member: nil)
      }
      search.miss(request)
      throw .thrown(.error(.moduleNotFound(request)))
    }
    switch search.resolution(of: request, from: directory, in: module.file.path) {
    case .success(.builtIn(let name)): return .library(name, member: nil)
    case .success(.file(let path)) where path.hasSuffix(".node"): break
    case .success(.file(let path)):
      return follows(path, request) ? try exports(path) : .unknown
    case .failure:
      // What may not be reached and looks like JavaScript, such as a build for another environment, tells nothing of addons.
      if speculation > 0, ModuleResolution.isPath(request), !mayMeanBinary(request) { return .unknown }
      // A dependency without a binary is not this package's matter.
      guard ModuleResolution.isPath(request) || namesBinary(request) || request.hasPrefix("#") else { return .unknown }
    }
    let result: Result<AddonSearch.Module, NodeError>
    do throws(AddonSearch.End) {
      result = try search.require(request, from: directory, in: module.file.path, isOpen: speculation > 0)
    } catch {
      throw .end(error)
    }
    switch result {
    case .success(let module): return .module(module.path)
    case .failure(let error): throw .thrown(.error(error))
    }
  }

  private mutating func exports(_ path: String) throws(Flow) -> JavaScriptValue {
    let exports = try load(path)
    // A file in the middle of a circle has no exports yet.
    if case .object(let members) = exports, members.isEmpty { return .module(path) }
    return exports
  }

  /// Whether the code of the file is gone through: the package's own, and that of a platform package.
  private func follows(_ path: String, _ request: String) -> Bool {
    let own = search.directory == "/" ? "/" : search.directory + "/"
    if path.hasPrefix(own), !path.dropFirst(own.count).split(separator: "/").contains("node_modules") { return true }
    return !ModuleResolution.isPath(request) && namesBinary(request)
  }

  /// Whether a path without an ending is likely an addon's.
  private func mayMeanBinary(_ request: String) -> Bool {
    let words = [".node", "build", "Release", "Debug", "prebuil", "bind", "native", "addon", "binar"]
    return words.contains { request.firstRange(of: $0) != nil } || PlatformTokens.isPlatformPackage(request)
  }

  /// Whether a request names a platform package or an addon.
  private func namesBinary(_ request: String) -> Bool {
    request.hasSuffix(".node") || PlatformTokens.isPlatformPackage(ModuleResolution.split(request).name)
  }
}
