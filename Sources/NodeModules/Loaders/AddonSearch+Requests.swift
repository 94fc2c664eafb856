extension AddonSearch {
  /// `require` of each request in turn until one does not throw: what it gave, and what those before it threw.
  mutating func first(
    of requests: [String], from directory: String
  ) throws(End) -> (module: Module?, errors: [NodeError]) {
    var errors: [NodeError] = []
    for request in requests {
      switch try require(request, from: directory) {
      case .success(let module): return (module, errors)
      case .failure(let error): errors.append(error)
      }
    }
    return (nil, errors)
  }

  /// `require.resolve(request)`, with the place noted where there is nothing; the file is not loaded.
  mutating func resolve(_ request: String, from directory: String) -> Swift.Result<String, NodeError> {
    switch ModuleResolution(process: process).resolve(request, from: directory) {
    case .success(.builtIn(let name)): return .success(name)
    case .success(.file(let path)): return .success(path)
    case .failure(let error):
      miss(ModuleResolution.isPath(request) ? NodePath.resolve(directory, request) : request)
      return .failure(error)
    }
  }

  /// Whether detect-libc, `process.report` and `ldd --version` would say that Node.js runs on musl.
  var isMusl: Bool { process.platform.libc == "musl" }

  /// `process.env[name]`; an empty value counts as none, as in a JavaScript condition.
  func variable(_ name: String) -> String? { process.variables[name].flatMap { $0.isEmpty ? nil : $0 } }
}
